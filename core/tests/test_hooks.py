"""Every hook, as a plugin meets it: one test each, named after the hook."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import click
import pytest
from core.tests.sites import no_source

import muntin
from muntin import Event, Page, Panel, SourceKind, Viewer, hookimpl, hookspecs
from muntin.plugins import PluginSet, load
from muntin.plugins.hooks import implementations, new_manager

USER = Viewer("ann", claims={"group": "desk"})
EVENT = Event("panel-failed", "overview/nav", "ValueError", datetime(2025, 11, 26, tzinfo=UTC))


def loaded(**plugins: Any) -> PluginSet:
    found = load(
        plugins={name: SimpleNamespace(**hooks) for name, hooks in plugins.items()}, discover=False
    )
    assert not found.failed, found.failed
    return found


def taking(seen: list[Event]) -> Any:
    @hookimpl
    def muntin_event(event: Event) -> None:
        seen.append(event)

    return muntin_event


def test_the_former_name_of_a_viewer_is_deprecated() -> None:
    with pytest.warns(DeprecationWarning, match=r"now muntin\.Viewer"):
        user = muntin.User("ann", {"group": "desk"})

    assert user.claims["group"] == "desk"


def test_every_hook_has_a_test_here() -> None:
    """A hook is a promise to strangers."""
    hooks = {name for name in vars(hookspecs) if name.startswith("muntin_")}

    assert {f"test_{name}" for name in hooks} <= set(globals())


def test_muntin_pages() -> None:
    found = loaded(a={"muntin_pages": hookimpl(lambda settings: [Page("a", "A")])})

    assert [page.slug for page in found.pages] == ["a"]


def test_muntin_panels() -> None:
    found = loaded(
        a={"muntin_pages": hookimpl(lambda: [Page("a", "A")])},
        b={"muntin_panels": hookimpl(lambda: [Panel("P", str, page="a")])},
    )

    assert [panel.title for panel in found.pages[0].panels] == ["P"]


def test_muntin_sources() -> None:
    found = loaded(a={"muntin_sources": hookimpl(lambda: [SourceKind("Redis", no_source)])})

    assert list(found.sources) == ["redis"]


def test_muntin_commands() -> None:
    @click.command
    def greet() -> None:
        """Say hello."""

    def add(cli: click.Group) -> None:
        cli.add_command(greet)

    group, plugin = click.Group(), new_manager()
    plugin.register(SimpleNamespace(muntin_commands=hookimpl(add)), "a")
    [(name, call)] = implementations(plugin, "muntin_commands")
    call(cli=group)

    assert (name, list(group.commands)) == ("a", ["greet"])


def test_muntin_roles() -> None:
    """The roles of all plugins are joined."""
    found = loaded(
        a={"muntin_roles": hookimpl(lambda user: [user.claims["group"]])},
        b={"muntin_roles": hookimpl(lambda: ("visitor",))},
    )

    assert found.roles(USER) == (frozenset({"desk", "visitor"}), ())


def test_a_failing_plugin_gives_no_roles_and_takes_none() -> None:
    """Access is only ever granted by an answer; a text is no list of roles."""

    def broken(user: Viewer) -> list[str]:
        raise RuntimeError("no directory")

    found = loaded(
        a={"muntin_roles": hookimpl(broken)},
        b={"muntin_roles": hookimpl(lambda: "admin")},
        c={"muntin_roles": hookimpl(lambda: [7])},
        d={"muntin_roles": hookimpl(lambda: None)},
        e={"muntin_roles": hookimpl(lambda: ["visitor"])},
    )

    roles, failures = found.roles(USER)

    assert roles == {"visitor"}
    assert [failure.plugin for failure in failures] == ["a", "b", "c", "d"]


def test_muntin_event() -> None:
    seen: list[Event] = []
    found = loaded(a={"muntin_event": taking(seen)})

    assert found.tell(EVENT) == ()
    assert seen == [EVENT]


def test_a_plugin_that_fails_on_an_event_does_not_keep_it_from_others() -> None:
    seen: list[Event] = []

    def broken(event: Event) -> None:
        raise SystemExit

    found = loaded(
        a={"muntin_event": hookimpl(broken)},
        b={"muntin_event": taking(seen)},
    )

    (failure,) = found.tell(EVENT)

    assert failure.plugin == "a"
    assert seen == [EVENT]
