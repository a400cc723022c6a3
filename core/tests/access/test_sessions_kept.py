"""Sessions outlive a restart only as they were, and never come back once they have ended."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from core.tests.access.kit import ANNA, HOME, OLGA, SECRET, Book, Door, came, sessions

from muntin.access import Access, open_access, sessionfile
from muntin.access.clocks import steady_clock
from muntin.access.passwords import Passwords
from muntin.access.private_files import write_private
from muntin.access.sessions import SessionRecord
from muntin.access.signing import Signer
from muntin.settings import AccessConfig, Secret
from muntin.testing import FakeClock

#: The fixture `restarted`: starts access again with the sessions it kept.
Restarted = Callable[..., Access]


# ------------------------------------------------------------ kept in a file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


@pytest.fixture
def restarted(door: Door, passwords: Passwords, file: Path) -> Restarted:
    """Return what starts access that keeps its sessions in the file."""

    def start(**more: Any) -> Access:
        access = door.open(passwords, **{"sessions": str(file), **more})
        access.start()
        return access

    return start


@pytest.fixture
def cookie(restarted: Restarted) -> str:
    """Return the cookie of a session that was open when access stopped."""
    access = restarted()
    cookie = access.login("anna", ANNA, HOME).cookie
    access.stop()
    return cookie


def test_sessions_outlive_a_restart(restarted: Restarted) -> None:
    first = restarted()
    anna, olga = first.login("anna", ANNA, HOME), first.login("olga", OLGA, HOME)
    assert olga.session
    first.logout(olga.session.id)
    first.stop()

    second = restarted()

    assert (came(second, anna.cookie), came(second, olga.cookie)) == ("anna", "")
    assert anna.session
    kept = second.session(anna.session.id)
    assert kept == anna.session


def test_the_file_is_private_and_opens_nothing(restarted: Restarted, file: Path) -> None:
    access = restarted()
    login = access.login("anna", ANNA, HOME)
    access.stop()

    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text()
    assert login.cookie.partition(".")[0] not in text
    assert "argon2id" not in text
    assert [one["name"] for one in json.loads(text.rpartition(".")[0])] == ["anna"]


@pytest.mark.parametrize("damage", ["altered", "empty", "rubbish", "other secret"])
def test_a_file_that_is_not_as_we_left_it_restores_nobody(
    restarted: Restarted, cookie: str, file: Path, damage: str
) -> None:
    if damage == "altered":
        file.write_text(file.read_text().replace('"anna"', '"olga"'))
    elif damage != "other secret":
        file.write_bytes(b"" if damage == "empty" else b"\xff\x00[")
    secret = SECRET + SECRET if damage == "other secret" else SECRET

    again = restarted(secret=secret)
    assert came(again, cookie) == ""
    assert again.login("olga", OLGA, HOME).session


def test_a_file_of_another_version_restores_nobody(
    restarted: Restarted, file: Path, clock: FakeClock
) -> None:
    for text in ('[{"id": "x"}]', "[7]", "7", "{}"):
        file.write_text(Signer(SECRET, clock).seal("sessions users ", text))
        assert restarted().login("anna", ANNA, HOME).session


def test_sessions_of_another_mode_restore_nobody(cookie: str, file: Path, clock: FakeClock) -> None:
    config = AccessConfig(mode="oidc", secret=Secret(SECRET), sessions=str(file))
    other = Access(config, Signer(SECRET, clock))
    other.start()
    other.stop()
    assert came(other, cookie) == ""


def test_a_session_kept_from_before_a_new_password_is_over(
    restarted: Restarted, cookie: str, book: Book
) -> None:
    book.put("anna", "quite another password", "investor")

    assert came(restarted(), cookie) == ""


def test_an_expired_session_stays_so(restarted: Restarted, cookie: str, clock: FakeClock) -> None:
    clock.advance(12 * 3600)

    assert came(restarted(), cookie) == ""


def test_a_file_that_cannot_be_written_stops_nobody(restarted: Restarted, tmp_path: Path) -> None:
    access = restarted(sessions=str(tmp_path / "no" / "sessions"))

    assert access.login("anna", ANNA, HOME).session
    access.stop()


# ------------------------------------------------------------ what has ended stays so


def kept_names(file: Path) -> list[str]:
    """Return whose sessions the file holds."""
    text = file.read_text() if file.exists() else ""
    return [one["name"] for one in json.loads(text.rpartition(".")[0] or "[]")]


@pytest.fixture
def both(restarted: Restarted, file: Path) -> tuple[Access, str]:
    """Return access with two sessions on disk, and the id of anna's."""
    access = restarted()
    anna = access.login("anna", ANNA, HOME).session
    access.login("olga", OLGA, HOME)
    access._file.save(access._sessions, at_once=True)
    assert anna
    assert kept_names(file) == ["anna", "olga"]
    return access, anna.id


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_sign_out_is_on_disk_when_save_returns(both: tuple[Access, str], file: Path) -> None:
    access, anna = both
    access.logout(anna)

    assert access.save()
    assert kept_names(file) == ["olga"]


def test_on_a_full_disk_the_file_goes_rather_than_a_sign_out_is_forgotten(
    both: tuple[Access, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, anna = both
    access.logout(anna)
    with monkeypatch.context() as patch:
        patch.setattr(sessionfile, "write_private", full)
        assert access.save()
        assert not file.exists()

    access._file.save(access._sessions, at_once=True)
    assert kept_names(file) == ["olga"]


def test_a_disk_that_takes_nothing_is_said_and_tried_again(
    both: tuple[Access, str],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    access, anna = both
    access.logout(anna)
    with monkeypatch.context() as patch:
        for name in ("write_private", "remove_private"):
            patch.setattr(sessionfile, name, full)
        for _ in range(20):
            assert not access.save()
    assert kept_names(file) == ["anna", "olga"]
    said = capsys.readouterr().out
    assert said.count("a session that has ended cannot be removed from disk") == 1

    access.refresh()  # as the watcher does every second
    assert kept_names(file) == ["olga"]


def test_many_sign_outs_at_once_share_a_write(
    restarted: Restarted, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = restarted()
    sessions = [access.login("anna", ANNA, HOME).session for _ in range(20)]
    written: list[int] = []

    def slow(path: Path, text: str) -> None:
        written.append(len(text))
        all_ended.wait(5)
        write_private(path, text)

    monkeypatch.setattr(sessionfile, "write_private", slow)
    all_ended = threading.Event()
    with ThreadPoolExecutor(20) as pool:
        saved = []
        for session in sessions:
            assert session
            access.logout(session.id)
            saved.append(pool.submit(access.save))
        all_ended.set()
        assert all(one.result() for one in saved)

    assert len(written) <= 2
    assert kept_names(file) == []


def test_a_session_of_a_user_who_was_disabled_does_not_come_back(
    restarted: Restarted, cookie: str, book: Book
) -> None:
    """As `muntin users disable` and `enable` write it while no server runs."""
    book.users["anna"]["generation"] = 1
    book.write()

    assert came(restarted(), cookie) == ""


def test_a_session_from_the_future_lives_no_longer_than_others(clock: FakeClock) -> None:
    """The wall clock was set back while no server ran."""
    kept = sessions(clock, life=100, idle=1000)
    kept.restore([SessionRecord("id", "anna", frozenset(), {}, clock() + 86_400)])

    clock.advance(99)
    assert kept.get("id")
    clock.advance(1)
    assert kept.get("id") is None


@pytest.mark.parametrize("step", [86_400.0, -86_400.0])
def test_a_step_of_the_wall_clock_ends_no_session(book: Book, step: float) -> None:
    wall, steady = FakeClock(), FakeClock()
    config = AccessConfig(mode="users", secret=Secret(SECRET), users=str(book.path), audit="")
    access = open_access(config, address="127.0.0.1", clock=wall, steady=steady)
    cookie = access.login("anna", ANNA, HOME).cookie
    wall.advance(step)
    access.refresh()

    assert came(access, cookie) == "anna"
    steady.advance(120 * 60)
    assert came(access, cookie) == ""


def test_the_clock_of_sessions_goes_on_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = steady_clock()
    before = clock()
    assert abs(before - time.time()) < 60

    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= clock() - before < 60


# ------------------------------------------------------------ the watcher goes on


@pytest.mark.parametrize("found", ["a circle of links", "a folder", "a pipe"])
def test_a_place_where_no_file_can_be_stops_neither_start_nor_watcher(
    restarted: Restarted, file: Path, book: Book, found: str
) -> None:
    if found == "a circle of links":
        file.symlink_to(file)
    elif found == "a folder":
        file.mkdir()
        (file / "x").touch()
    else:
        os.mkfifo(file)
    access = restarted()
    cookie = access.login("anna", ANNA, HOME).cookie
    access.refresh()
    assert came(access, cookie) == "anna"

    book.users.clear()
    book.write()
    access.refresh()
    assert len(access._sessions) == 0


def test_an_error_of_a_plugin_is_said_and_the_other_steps_go_on(
    door: Door, passwords: Passwords, book: Book, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fails = threading.Event()

    def hook(_user: object) -> frozenset[str]:
        if fails.is_set():
            raise ZeroDivisionError("roles")
        return frozenset()

    access = door.open(passwords, hook, sessions=str(file))
    access.start()
    access.login("anna", ANNA, HOME)
    fails.set()
    door.clock.advance(3)
    access.refresh()
    access.refresh()

    assert capsys.readouterr().out.count("ZeroDivisionError: roles") == 1
    access._file.save(access._sessions, at_once=True)
    assert kept_names(file) == ["anna"]
