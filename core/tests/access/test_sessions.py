"""Sessions end when they should."""

from __future__ import annotations

from core.tests.access.kit import ANNA, HOME, OLGA, Book, sessions

from muntin.access import Access
from muntin.access.sessions import LIMIT_OF_USER
from muntin.testing import FakeClock


def test_a_session_ends_after_its_life_however_much_it_is_used(clock: FakeClock) -> None:
    kept = sessions(clock)
    cookie = kept.create("anna", frozenset(), {}, "")

    for _ in range(19):
        clock.advance(5)
        assert kept.of_cookie(cookie)
    clock.advance(5)
    assert kept.of_cookie(cookie) is None


def test_a_session_ends_when_nobody_uses_it(clock: FakeClock) -> None:
    kept = sessions(clock)
    cookie = kept.create("anna", frozenset(), {}, "")

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
        kept.create(f"user{n}", frozenset(), {}, "")

    clock.advance(10)
    kept.sweep()

    assert len(kept) == 0


def test_sessions_of_a_user_who_is_out_are_swept_away_too(access: Access, book: Book) -> None:
    access.login("anna", ANNA, HOME)
    access.login("olga", OLGA, HOME)
    del book.users["anna"]
    book.write()

    access.refresh()

    assert [record.name for record in access._sessions.records()] == ["olga"]


def test_one_user_has_so_many_sessions_and_the_idlest_goes(clock: FakeClock) -> None:
    kept = sessions(clock, life=1000, idle=1000)
    cookies = []
    for _ in range(LIMIT_OF_USER + 1):
        cookies.append(kept.create("anna", frozenset(), {}, ""))
        clock.advance(1)

    assert len(kept) == LIMIT_OF_USER
    assert kept.of_cookie(cookies[0]) is None
    assert kept.of_cookie(cookies[-1])


def test_a_session_stays_the_same_object_while_nothing_changes(clock: FakeClock) -> None:
    """It is asked for once a second by every open page."""
    kept = sessions(clock)
    session = kept.of_cookie(kept.create("anna", frozenset({"investor"}), {}, ""))

    assert session
    assert kept.get(session.id) is session
