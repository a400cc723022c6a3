"""`muntin plugins`: every plugin with its state, and why; as a table or as JSON."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest
from core.tests.cli.kit import GOOD, OFFERS, Machine, told


def listed(machine: Machine, *words: str) -> dict[str, Any]:
    result = machine.run("plugins", "--json", *words)
    assert result.returncode == 0, result.stderr
    return {found["name"]: found for found in json.loads(result.stdout)}


def test_no_plugins_is_no_error(machine: Machine) -> None:
    assert "No plugins are installed" in machine.run("plugins").stdout
    assert listed(machine) == {}


def test_plugins_are_listed_with_state_and_reason(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.install("bad", "raise RuntimeError('no luck')")
    machine.install("new", GOOD, requires="muntin>=9")

    found = listed(machine)
    table = machine.run("plugins").stdout

    assert found["good"] == {
        "name": "good",
        "distribution": "muntin-good",
        "version": "1.0",
        "state": "active",
        "status": "active",
        "reason": "",
        "pages": ["good"],
    }
    assert found["bad"]["state"] == "broken"
    assert "RuntimeError: no luck" in found["bad"]["reason"]
    assert found["new"]["state"] == "incompatible"
    assert "needs muntin>=9" in table


def test_plugins_that_print_or_exit_do_not_spoil_the_json(machine: Machine) -> None:
    machine.install("loud", "print('[')\n" + textwrap.dedent(GOOD))
    machine.install("leaves", "import sys\nsys.exit(7)")

    found = listed(machine)

    assert found["loud"]["state"] == "active"
    assert "SystemExit: 7" in found["leaves"]["reason"]


def test_settings_decide_over_plugins(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.settings("[plugins]\ndisable = ['good']")

    assert listed(machine)["good"]["state"] == "disabled"


def test_pages_panels_feeds_and_import_times_are_listed_on_request(machine: Machine) -> None:
    machine.install("good", GOOD)

    found = listed(machine, "--pages")["good"]
    text = machine.run("plugins", "--pages").stdout

    assert found["panels"] == [
        {
            "page": "good", "panel": "value", "title": "Value", "plugin": "good", "place": 1,
            "width": 12, "scope": "shared", "audience": None, "feeds": ["nav"],
        }
    ]  # fmt: skip
    assert found["import_seconds"] > 0
    assert "/good  Value  good    1      12     shared  everyone  nav" in text


def test_a_panel_is_listed_where_operators_put_it(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.install("offers", OFFERS)
    machine.settings(
        "[page.good.panels.more]\norder = 1\nwidth = 6\naudience = ['ops']\n"
        "[page.good.panels.value]\nhidden = true\n"
    )

    found = listed(machine, "--pages")
    more, value = found["offers"]["panels"][0], found["good"]["panels"][0]
    text = machine.run("plugins", "--pages").stdout

    assert (more["page"], more["place"], more["width"]) == ("good", 1, 6)
    assert more["audience"] == ["ops"]
    assert value["place"] == 0
    assert "/good  More   offers  1       6      shared  ops" in text
    assert "/good  Value  good    hidden" in text


def test_traces_are_shown_on_request(machine: Machine) -> None:
    machine.install("bad", "raise RuntimeError('no luck')")

    assert "Traceback" in machine.run("plugins", "--traces").stderr
    assert "Traceback" not in machine.run("plugins").stderr


@pytest.mark.parametrize("words", [(), ("--config", "muntin.toml")])
def test_wrong_settings_are_told_all_at_once(machine: Machine, words: tuple[str, ...]) -> None:
    """On the quick road as on the other."""
    machine.settings("prot = 1\n[site]\ntitel = 'x'")

    message = told(machine.run("plugins", *words))

    assert "muntin.toml: prot: unknown, did you mean port?" in message
    assert "muntin.toml: site.titel: unknown, did you mean title?" in message
