"""Roles from plugins: asked off the event loop, believed for a few seconds, never by default."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from core.tests.access.kit import ANNA, Door

from muntin import Viewer, hookimpl
from muntin.access import hook_of
from muntin.access.passwords import Passwords
from muntin.access.roles import ASK_AFTER, BELIEVED, REST, Hook, RoleCache
from muntin.plugins import PluginSet, load
from muntin.testing import FakeClock

HOME = "192.0.2.7"


def plugins(**modules: object) -> PluginSet:
    return load(plugins=modules, discover=False)


class Register:
    """Somebody's own list of roles, and who was asked about."""

    def __init__(self, **roles: set[str]) -> None:
        self.roles, self.asked = roles, list[str]()

    def __call__(self, user: Viewer) -> frozenset[str]:
        self.asked.append(user.name)
        return frozenset(self.roles.get(user.name, ()))


def test_roles_of_a_plugin_join_those_of_the_file(door: Door, passwords: Passwords) -> None:
    access = door.open(passwords, Register(anna={"board"}))

    session = access.login("anna", ANNA, HOME).session
    assert session
    assert session.viewer.roles == {"investor", "board"}


def test_a_role_that_a_plugin_takes_away_is_gone_within_five_seconds(
    door: Door, passwords: Passwords, clock: FakeClock
) -> None:
    register = Register(anna={"board"})
    access = door.open(passwords, register)
    session = access.login("anna", ANNA, HOME).session
    assert session

    register.roles.clear()
    clock.advance(ASK_AFTER)
    access.refresh()

    now = access.session(session.id)
    assert now
    assert now.viewer.roles == {"investor"}


def test_an_answer_that_nobody_renews_counts_no_more(
    door: Door, passwords: Passwords, clock: FakeClock
) -> None:
    """A plugin that hangs must not keep anybody in."""
    access = door.open(passwords, Register(anna={"board"}))
    login = access.login("anna", ANNA, HOME)
    assert login.session

    clock.advance(BELIEVED)

    now = access.session(login.session.id)
    assert now
    assert now.viewer.roles == {"investor"}


def test_asking_for_a_session_never_asks_a_plugin(door: Door, passwords: Passwords) -> None:
    register = Register()
    access = door.open(passwords, register)
    session = access.login("anna", ANNA, HOME).session
    assert session
    asked = len(register.asked)

    for _ in range(1000):
        access.session(session.id)

    assert len(register.asked) == asked


def test_only_users_who_are_there_are_asked_for_again(
    door: Door, passwords: Passwords, clock: FakeClock
) -> None:
    register = Register()
    access = door.open(passwords, register)
    access.login("anna", ANNA, HOME)
    clock.advance(61)
    register.asked.clear()

    access.refresh()

    assert register.asked == []


def test_users_of_one_name_are_told_apart_by_their_subject(clock: FakeClock) -> None:
    """A provider may give a name to somebody else one day."""

    def hook(user: Viewer) -> frozenset[str]:
        return frozenset({"board"}) if user.claims.get("sub") == "s-1" else frozenset()

    cache = RoleCache(hook, clock)
    one, other = Viewer("anna", claims={"sub": "s-1"}), Viewer("anna", claims={"sub": "s-2"})
    cache.ask(one)
    cache.ask(other)

    assert cache.of(one) == {"board"}
    assert cache.of(other) == frozenset()


def test_a_slow_answer_is_as_old_as_its_question(clock: FakeClock) -> None:
    def hook(_user: Viewer) -> frozenset[str]:
        clock.advance(BELIEVED)
        return frozenset({"board"})

    cache = RoleCache(hook, clock)
    cache.ask(Viewer("anna"))

    assert cache.of(Viewer("anna")) == frozenset()


def test_answers_of_users_who_left_are_forgotten(clock: FakeClock) -> None:
    cache = RoleCache(Register(), clock)
    cache.refresh([Viewer(f"user{n}") for n in range(100)])
    clock.advance(61)
    cache.refresh([])

    assert cache._answers == {}


# ------------------------------------------------------------ real plugins


def asking(hook: Hook | None, name: str) -> frozenset[str]:
    assert hook is not None
    return hook(Viewer(name))


def test_where_no_plugin_gives_roles_none_is_asked() -> None:
    assert hook_of(plugins(one=SimpleNamespace())) is None


def test_the_hook_joins_all_plugins_and_passes_over_the_broken() -> None:
    release = threading.Event()

    def hangs(user: object) -> list[str]:
        release.wait(20)
        return ["operator"]

    found = plugins(
        good=SimpleNamespace(muntin_roles=hookimpl(lambda user: [f"{user.name}-role"])),
        bad=SimpleNamespace(muntin_roles=hookimpl(lambda user: 1 / 0)),
        slow=SimpleNamespace(muntin_roles=hookimpl(hangs)),
        text=SimpleNamespace(muntin_roles=hookimpl(lambda user: "operator")),
    )

    assert asking(hook_of(found), "anna") == {"anna-role"}
    release.set()


def test_a_plugin_that_hangs_is_left_alone_for_a_while_and_longer_each_time(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would leave a thread behind at every turn, and hold up the others' roles."""
    monkeypatch.setattr("muntin.access.roles.LIMIT", 0.05)
    release, asked = threading.Event(), list[str]()

    def hangs(user: Viewer) -> list[str]:
        asked.append(user.name)
        release.wait(20)
        return []

    found = plugins(
        slow=SimpleNamespace(muntin_roles=hookimpl(hangs)),
        good=SimpleNamespace(muntin_roles=hookimpl(lambda user: ["board"])),
    )
    hook = hook_of(found, clock)

    def turns(seconds: float) -> int:
        """Return how often it is asked in so many seconds, in ten turns."""
        asked.clear()
        for _ in range(10):
            assert asking(hook, "anna") == {"board"}
            clock.advance(seconds / 10)
        return len(asked)

    assert turns(REST) == 1
    assert turns(2 * REST) == 1
    assert turns(2 * REST) == 1
    assert turns(2 * REST) == 0
    release.set()


def test_roles_of_a_plugin_reach_a_session(door: Door, passwords: Passwords) -> None:
    found = plugins(one=SimpleNamespace(muntin_roles=hookimpl(lambda user: ["board"])))
    access = door.open(passwords, hook_of(found))

    session = access.login("anna", ANNA, HOME).session
    assert session
    assert "board" in session.viewer.roles
