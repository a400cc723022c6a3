"""`muntin serve`: what it says as it starts, and what keeps it from starting."""

from __future__ import annotations

import pytest
from core.tests.cli.kit import GOOD, Machine, told


def test_without_plugins_there_is_nothing_to_serve(machine: Machine) -> None:
    assert "no installed plugin adds a page" in told(machine.run("serve", str(machine.state())))


def test_with_broken_plugins_only_the_server_starts_and_says_why(machine: Machine) -> None:
    """Operators can look at what is wrong; the server never falls with a plugin."""
    machine.install("bad", "raise RuntimeError('no luck')")
    lines, _ = machine.hear("serve", str(machine.state()), "--port", "0", until="Serving at")
    seen = "".join(lines[:-1])

    assert "no luck" in seen
    assert "no plugin adds a page" in seen


def test_access_open_to_everybody_is_served_on_loopback_only(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.state(nav={"nav": 1})

    message = told(machine.run("serve", "state", "--address", "0.0.0.0", "--port", "0"))
    assert "0.0.0.0 can be reached by others" in message
    assert 'access.mode to "users"' in message


def test_what_access_control_lacks_is_told_at_once(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.state(nav={"nav": 1})
    machine.settings('[access]\nmode = "users"')

    message = told(machine.run("serve", "state", "--port", "0"))
    assert "access.secret: " in message
    assert "access.users: there is no users file" in message


def test_a_strict_site_refuses_to_start(machine: Machine) -> None:
    machine.install("good", GOOD)
    machine.install("bad", "raise RuntimeError('no luck')")
    machine.settings("[plugins]\nstrict = true")

    message = told(machine.run("serve", str(machine.state())))

    assert "plugin 'bad' (muntin-bad 1.0) is broken: import failed: RuntimeError" in message


def test_a_taken_port_is_told_in_a_sentence(machine: Machine, taken: int) -> None:
    machine.install("good", GOOD)

    message = told(machine.run("serve", str(machine.state()), "--port", str(taken)))

    assert f"port {taken} is already in use; choose another with --port" in message


def test_serving_begins_with_mode_state_and_plugins(machine: Machine, taken: int) -> None:
    """F105: the one absolute directory is told at the start."""
    machine.install("good", GOOD)
    state = machine.state()
    machine.settings("[site]\ntitle = 'My fund'\nmode = 'LIVE'")

    printed = machine.run("serve", "state", "--port", str(taken)).stdout

    assert "My fund · run mode LIVE" in printed
    assert f"State: {state}" in printed
    assert "good  1.0      active  /good" in printed


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_development_serves_this_machine_only(machine: Machine, address: str) -> None:
    """It shows traces to whoever looks."""
    machine.install("good", GOOD)

    message = told(machine.run("serve", str(machine.state()), "--dev", "--address", address))

    assert f"so not on {address}; use --address 127.0.0.1, or leave out --dev" in message


def test_calls_of_hooks_and_views_are_logged_on_request(machine: Machine) -> None:
    machine.install("good", GOOD)
    state = str(machine.state(nav={"nav": 1}))

    seen, _ = machine.hear(
        "serve", state, "--port", "0", "--trace", until="panel=good/value", errors=True
    )

    (hook,) = [line for line in seen if "hook=muntin_pages" in line]
    assert "plugin=good" in hook
    assert "ms=" in hook
    assert "plugin=good" in seen[-1]
