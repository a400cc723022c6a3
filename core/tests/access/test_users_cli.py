"""``muntin users``: what it does, says, and never shows."""

from __future__ import annotations

import json
import os
import pty
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY
from click.testing import CliRunner, Result
from core.tests.access.kit import ANNA, OLGA

from muntin.access.passwords import Passwords
from muntin.access.users import read_users
from muntin.cli.app import app

#: As in earnest, save that it takes no time.
CHEAP = replace(RFC_9106_LOW_MEMORY, time_cost=1, memory_cost=32)

Muntin = Callable[..., Result]


@pytest.fixture
def muntin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Muntin:
    """Return a function that runs ``muntin users`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MUNTIN_CONFIG", raising=False)
    monkeypatch.setattr("muntin.access.passwords.RFC_9106_LOW_MEMORY", CHEAP)

    def run(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(app, ["users", *words], input=given)

    return run


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.stdout
    assert isinstance(result.exception, SystemExit)
    return result.stderr


def test_a_user_comes_is_changed_and_goes(muntin: Muntin, tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    words = ("--role", "investor", "--claim", "holder=H-7", "--password-stdin")
    added = muntin("add", "Anna", *words, given=ANNA + "\n")

    assert added.exit_code == 0, added.stderr
    assert "anna may sign in as investor" in added.stdout
    anna = read_users(path)["anna"]
    assert (anna.roles, anna.claims) == (("investor",), {"holder": "H-7"})
    assert Passwords().fits(ANNA, anna.password)

    assert muntin("roles", "anna", "investor", "operator").exit_code == 0
    assert read_users(path)["anna"].roles == ("investor", "operator")
    assert muntin("passwd", "anna", "--password-stdin", given=OLGA).exit_code == 0
    assert Passwords().fits(OLGA, read_users(path)["anna"].password)
    assert muntin("disable", "anna").exit_code == 0
    assert read_users(path)["anna"].disabled
    assert muntin("enable", "anna").exit_code == 0
    anna = read_users(path)["anna"]
    assert not anna.disabled
    assert anna.generation == 1  # sessions from before stay ended
    assert muntin("remove", "ANNA").exit_code == 0
    assert read_users(path) == {}


def test_the_list_shows_no_hash(muntin: Muntin) -> None:
    muntin("add", "anna", "--role", "investor", "--password-stdin", given=ANNA)

    table, told = muntin("list"), muntin("list", "--json")

    assert "argon2" not in table.stdout + told.stdout
    assert table.stdout.splitlines()[1].split() == ["anna", "investor", "may", "sign", "in"]
    assert json.loads(told.stdout) == [
        {"name": "anna", "roles": ["investor"], "disabled": False, "claims": {}}
    ]


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("add", "an na", "--password-stdin"), ANNA, "a name is made of letters"),
        (("add", "anna", "--password-stdin"), "short", "too short"),
        (("add", "anna", "--password-stdin"), "x" * 600, "too long"),
        (("add", "anna", "--password-stdin"), "", "too short"),
        (("add", "anna"), ANNA, "there is no terminal"),
        (("add", "anna", ANNA), "", "unexpected extra argument"),
        (("add", "anna", "--password", ANNA), "", "No such option"),
        (("add", "anna", "--role", "a b", "--password-stdin"), ANNA, "is not a role"),
        (("add", "anna", "--claim", "holder", "--password-stdin"), ANNA, "KEY=TEXT"),
        (("passwd", "anna", "--password-stdin"), ANNA, "there is no users file"),
        (("remove", "anna"), "", "there is no user 'anna'"),
        (("list",), "", "there is no users file"),
        (("roles", "anna", "investor"), "", "there is no users file"),
        (("list", "--config", "no.toml"), "", "cannot be read"),
    ],
)
def test_a_mistake_is_a_sentence(
    muntin: Muntin, words: tuple[str, ...], given: str, said: str
) -> None:
    assert said in refused(muntin(*words, given=given))


def test_a_user_is_not_added_twice_and_a_near_name_is_guessed(muntin: Muntin) -> None:
    muntin("add", "anna", "--password-stdin", given=ANNA)

    again = refused(muntin("add", "ANNA", "--password-stdin", given=OLGA))
    assert "there is already a user 'anna'" in again
    assert "did you mean anna?" in refused(muntin("remove", "ana"))


def test_the_file_is_the_one_that_the_settings_name(muntin: Muntin, tmp_path: Path) -> None:
    """Without the secrets of the server, which whoever keeps users may not have."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "muntin.toml").write_text(
        '[access]\nmode = "users"\nusers = "people.json"\nsecret = { env = "NOT_SET_HERE" }\n'
    )
    added = muntin("add", "anna", "--config", "etc/muntin.toml", "--password-stdin", given=ANNA)

    assert added.exit_code == 0, added.stderr
    assert set(read_users(tmp_path / "etc" / "people.json")) == {"anna"}
    assert "anna" in muntin("list", "--file", "etc/people.json").stdout


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover  # another program from here on
        os.chdir(tmp_path)
        command = [sys.executable, "-m", "muntin", "users", "add", "anna"]
        os.execve(command[0], command, {"PATH": os.environ["PATH"]})
    shown = b""
    for asked in (b"Password for anna: ", b"Again: "):
        shown += read_until(terminal, asked)
        os.write(terminal, ANNA.encode() + b"\n")
    shown += read_until(terminal, b"Users are in")
    os.close(terminal)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in {0, -1}
    assert ANNA.encode() not in shown
    assert Passwords().fits(ANNA, read_users(tmp_path / "users.json")["anna"].password)


def read_until(terminal: int, words: bytes) -> bytes:
    """Return what a terminal shows up to these words."""
    found, deadline = b"", time.monotonic() + 30
    while words not in found:
        assert time.monotonic() < deadline, found
        found += os.read(terminal, 1024)
    return found
