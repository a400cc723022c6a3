"""Everybody who looks is asked for again when something may have changed, and not every second."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from muntin import Page, Panel, Viewer
from muntin.access import Policy, Session
from muntin.access.policy import Key, key_of
from muntin.testing import FakeClock
from muntin.web.guard.guard import SIGNED_OUT, Guard

PAGE = Page("page", "Page", (Panel("A", lambda _: "a"),))
KEY: Key = key_of(PAGE)


class Door:
    """An access whose sessions are kept by hand."""

    enabled = True
    policy = Policy(enabled=True, operators=frozenset())

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.version: Any = 1
        self.sessions: dict[str, Session] = {}
        self.asked = 0

    def sign_in(self, expires: float = 1e12) -> str:
        handle = f"s{len(self.sessions)}"
        self.sessions[handle] = Session(handle, Viewer(handle), expires, "")
        return handle

    def session(self, handle: str) -> Session | None:
        self.asked += 1
        return self.sessions.get(handle)


@pytest.fixture
def door(clock: FakeClock) -> Door:
    return Door(clock)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1000.0)


@pytest.fixture
def guard(door: Door, clock: FakeClock, make_site: Callable[..., Any]) -> Guard:
    hosts: Any = SimpleNamespace(know=lambda _: True)
    access: Any = door
    return Guard(make_site(PAGE, clock=clock), access, hosts)


def minute(guard: Guard, clock: FakeClock, handles: list[str]) -> int:
    """Look every second of a minute; return how often everybody was gone through."""
    rounds = 0
    for _ in range(60):
        clock.advance(1.0)
        if guard.due():
            rounds += 1
            assert [guard.still(handle, KEY) for handle in handles] == [0] * len(handles)
    return rounds


def test_minute_in_which_nothing_changes_takes_a_few_rounds(
    guard: Guard, door: Door, clock: FakeClock
) -> None:
    handles = [door.sign_in() for _ in range(100)]
    assert minute(guard, clock, handles) <= 60 / 10 + 1
    assert door.asked <= 3 * len(handles)  # each is asked for again by which it stays in use


def test_change_is_a_reason_at_once(guard: Guard, door: Door, clock: FakeClock) -> None:
    handle = door.sign_in()
    assert guard.due()
    assert guard.still(handle, KEY) == 0
    assert not guard.due()
    del door.sessions[handle]
    door.version = 2

    assert guard.due()
    assert guard.still(handle, KEY) == SIGNED_OUT


def test_session_whose_time_is_up_is_a_reason(guard: Guard, door: Door, clock: FakeClock) -> None:
    handle = door.sign_in(expires=clock() + 4)
    guard.due()
    guard.still(handle, KEY)
    clock.advance(3.9)
    assert not guard.due()
    clock.advance(0.2)

    assert guard.due()


def test_every_second_is_one_where_plugins_grant_roles(guard: Guard, door: Door) -> None:
    door.version = None

    assert [guard.due() for _ in range(3)] == [True] * 3
