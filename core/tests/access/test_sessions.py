"""Sessions: they end when they should, and outlive a restart only as they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from core.tests.access.kit import ANNA, OLGA, SECRET, Book, Door

from muntin.access import Access, Ask
from muntin.access.passwords import Passwords
from muntin.access.sessions import LIMIT_OF_USER, Sessions, Standing, Stay
from muntin.access.signing import Signer
from muntin.settings import AccessConfig, Secret
from muntin.testing import FakeClock

HOME = "192.0.2.7"

#: The fixture `restarted`: starts access anew with the sessions it kept.
Restarted = Callable[..., Access]


def sessions(clock: FakeClock, life: float = 100.0, idle: float = 10.0) -> Sessions:
    def standing(stay: Stay) -> Standing:
        return Standing(stay.roles, stay.claims)

    return Sessions(Signer(SECRET, clock), standing, life, idle)


def came(access: Access, cookie: str) -> str:
    session = access.identify(Ask(HOME, cookie=cookie))
    return session.viewer.name if session else ""


def test_a_session_ends_after_its_life_however_much_it_is_used(clock: FakeClock) -> None:
    kept = sessions(clock)
    cookie = kept.open("anna", frozenset(), {}, "")

    for _ in range(19):
        clock.advance(5)
        assert kept.of_cookie(cookie)
    clock.advance(5)
    assert kept.of_cookie(cookie) is None


def test_a_session_ends_when_nobody_uses_it(clock: FakeClock) -> None:
    kept = sessions(clock)
    cookie = kept.open("anna", frozenset(), {}, "")

    clock.advance(9)
    session = kept.of_cookie(cookie)
    assert session
    clock.advance(9)
    assert kept.get(session.id)  # an open page asks by its handle, which is use
    clock.advance(10)
    assert kept.get(session.id) is None
    assert len(kept) == 0


def test_what_is_over_is_swept_away(clock: FakeClock) -> None:
    kept = sessions(clock)
    for n in range(10):
        kept.open(f"user{n}", frozenset(), {}, "")

    clock.advance(10)
    kept.sweep()

    assert len(kept) == 0


def test_sessions_of_a_user_who_is_out_are_swept_away_too(access: Access, book: Book) -> None:
    access.login("anna", ANNA, HOME)
    access.login("olga", OLGA, HOME)
    del book.users["anna"]
    book.write()

    access.refresh()

    assert [stay.name for stay in access._sessions.stays()] == ["olga"]


def test_one_user_has_so_many_sessions_and_the_idlest_goes(clock: FakeClock) -> None:
    kept = sessions(clock, life=1000, idle=1000)
    cookies = []
    for _ in range(LIMIT_OF_USER + 1):
        cookies.append(kept.open("anna", frozenset(), {}, ""))
        clock.advance(1)

    assert len(kept) == LIMIT_OF_USER
    assert kept.of_cookie(cookies[0]) is None
    assert kept.of_cookie(cookies[-1])


def test_a_session_stays_the_same_object_while_nothing_changes(clock: FakeClock) -> None:
    """It is asked for once a second by every open page."""
    kept = sessions(clock)
    session = kept.of_cookie(kept.open("anna", frozenset({"investor"}), {}, ""))

    assert session
    assert kept.get(session.id) is session


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
