"""`muntin check`: what a site would show, told in words or as JSON, and in the exit code."""

from __future__ import annotations

import json
import time

import pytest
from core.tests.cli.kit import GOOD, Machine, told


def test_a_check_of_what_is_well_exits_with_0(machine: Machine) -> None:
    machine.install("good", GOOD)
    state = machine.state(nav={"ts": time.time(), "nav": 5})

    result = machine.run("check", str(state), "--json")
    report = json.loads(result.stdout)

    assert result.returncode == 0, result.stderr
    assert report["ok"] is True
    assert report["state"] == str(state)
    assert {key: report["feeds"][0][key] for key in ("name", "status", "problem")} == {
        "name": "nav",
        "status": "live",
        "problem": "",
    }
    assert report["panels"][0]["status"] == "ok"
    assert report["plugins"][0]["state"] == "active"


def test_a_check_tells_in_words_what_is_wrong_and_exits_with_1(machine: Machine) -> None:
    machine.install("good", GOOD.replace('["nav"]', '["gone"]'))
    state = machine.state(nav={"ts": 1, "nav": 5})

    result = machine.run("check", str(state))

    assert result.returncode == 1
    assert "Traceback" not in result.stdout
    assert "stale" in result.stdout
    assert "KeyError: 'gone'" in result.stdout


def test_what_a_view_prints_does_not_spoil_the_json(machine: Machine) -> None:
    machine.install(
        "good", GOOD.replace("    def view(state):", "    def view(state):\n        print(1)")
    )
    state = machine.state(nav={"ts": time.time(), "nav": 5})

    result = machine.run("check", str(state), "--json")

    assert json.loads(result.stdout)["panels"][0]["status"] == "ok"


def test_the_state_may_come_from_the_environment(machine: Machine) -> None:
    state = machine.state()

    report = json.loads(machine.run("check", "--json", STATE_DIR=str(state)).stdout)

    assert report["state"] == str(state)


@pytest.mark.parametrize("command", ["check", "serve"])
def test_a_directory_that_is_not_there_is_told_in_a_sentence(
    machine: Machine, command: str
) -> None:
    machine.install("good", GOOD)

    message = told(machine.run(command, "nowhere"))

    assert f"there is no such directory: {machine.work}/nowhere" in message


@pytest.mark.parametrize("command", ["check", "serve"])
def test_no_state_at_all_is_told_with_what_to_do(machine: Machine, command: str) -> None:
    assert "muntin demo" in told(machine.run(command))


def test_a_view_that_reads_a_file_is_told_what_to_write(machine: Machine) -> None:
    limits = machine.root / "limits.csv"
    limits.write_text("a,1")
    reads = f'open({str(limits)!r}).close(); return str(state[NAV]["nav"])'
    machine.install("good", GOOD.replace('return str(state[NAV]["nav"])', reads))
    state = machine.state(nav={"ts": time.time(), "nav": 5})

    result = machine.run("check", str(state), "--json")
    [note] = json.loads(result.stdout)["notes"]

    assert f"reads the file {limits} while it is drawn" in note
    assert "declare a Feed for it, in needs= or wants=." in note


def test_a_check_of_an_app_tells_what_needs_python_and_what_is_one_viewers_own(
    machine: Machine,
) -> None:
    app = machine.root / "market.py"
    app.write_text(
        "import panel as pn\npn.widgets.Button(label='Go').servable()\ndef f(): pn.state.user\n"
    )

    result = machine.run("check", str(app))

    assert result.returncode == 1
    assert "/market: these controls need Python" in result.stdout
    assert "Button “Go”" in result.stdout
    assert "market.py:3 reads pn.state.user" in result.stdout
