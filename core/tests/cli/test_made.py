"""What the command line makes: a plugin's folder, and the schema of the settings."""

from __future__ import annotations

import json

from core.tests.cli.kit import GOOD, Machine, told


def test_a_new_plugin_is_made_without_a_question(machine: Machine) -> None:
    result = machine.run("new", "fees", "--into", "my plugins")

    assert result.returncode == 0, result.stderr
    assert (machine.work / "my plugins" / "fees" / "pyproject.toml").is_file()
    assert "pip install muntin-demo -e 'my plugins/fees'" in result.stdout


def test_a_new_plugin_does_not_take_the_place_of_another(machine: Machine) -> None:
    machine.install("good", GOOD)

    assert "plugin 'good' (muntin-good 1.0) is installed already" in told(
        machine.run("new", "good")
    )
    assert list(machine.work.iterdir()) == []


def test_making_a_plugin_twice_changes_nothing(machine: Machine) -> None:
    machine.run("new", "fees")
    readme = machine.work / "fees" / "README.md"
    readme.write_text("mine")

    assert "fees exists already" in told(machine.run("new", "fees"))
    assert readme.read_text() == "mine"


def test_the_schema_is_written_where_one_wants_it(machine: Machine) -> None:
    machine.install("good", GOOD)

    result = machine.run("schema", "--out", "muntin.schema.json")
    written = json.loads((machine.work / "muntin.schema.json").read_text())

    assert "#:schema muntin.schema.json" in result.stdout
    assert json.loads(machine.run("schema").stdout) == written
    assert list(written["properties"]["page"]["properties"]) == ["good"]
    assert "choose another with --out" in told(machine.run("schema", "--out", "no/where"))
