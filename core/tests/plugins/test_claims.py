"""Of two plugins that claim the same, the later loses; a panel that is offered finds its page."""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any

import pytest
from core.tests.kit import NAV
from core.tests.plugins.kit import (
    ADDS_A_PAGE,
    GOOD,
    Install,
    adding,
    beside_good,
    hook,
    loaded,
    one,
    one_and_then_trouble,
)
from core.tests.sites import no_source

from muntin import Feed, Page, Panel, SourceKind
from muntin.plugins import State, load


def test_of_two_pages_with_one_slug_the_later_loses_and_both_owners_are_named() -> None:
    found = loaded(a=adding(Page("nav", "Of a")), b=adding(Page("nav", "Of b"), Page("b", "B")))

    assert [page.title for page in found.pages] == ["Of a"]
    assert found.records[1].state is State.BROKEN
    assert found.records[1].reason == (
        "page 'nav' of plugin 'b' is already added by plugin 'a';"
        ' to let it win, set prefer = ["b"] under [plugins]'
    )


def test_owners_are_named_with_their_distributions(installed: Install) -> None:
    installed("a", ADDS_A_PAGE.format("nav"))
    installed("b", ADDS_A_PAGE.format("nav"))

    assert load().records[1].reason == (
        "page 'nav' of plugin 'b' (muntin-b 1.2) is already added by plugin 'a' (muntin-a 1.2);"
        ' to let it win, set prefer = ["b"] under [plugins]'
    )


def test_a_new_plugin_takes_nothing_from_one_that_was_there(installed: Install) -> None:
    os.utime(installed("zzz", ADDS_A_PAGE.format("nav")), (1000, 1000))
    os.utime(installed("aaa", ADDS_A_PAGE.format("nav")), (2000, 2000))

    found = load()

    assert [record.state for record in found.records] == [State.BROKEN, State.ACTIVE]


def test_the_operator_decides_who_owns_what_two_plugins_claim(installed: Install) -> None:
    os.utime(installed("old", ADDS_A_PAGE.format("nav")), (1000, 1000))
    os.utime(installed("new", ADDS_A_PAGE.format("nav")), (2000, 2000))

    found = load(prefer=["muntin-new"])

    assert {one.name: one.state for one in found.records} == {
        "new": State.ACTIVE,
        "old": State.BROKEN,
    }


def needing(slug: str, feed: Feed[Any]) -> ModuleType:
    return adding(Page(slug, slug, (Panel("P", str, (feed,)),)))


def test_feeds_of_one_name_must_describe_one_document() -> None:
    other: Feed[Any] = Feed("nav", dict, late_after=1.0)
    found = loaded(a=needing("a", NAV), b=needing("b", other))

    assert found.records[1].state is State.BROKEN
    assert found.records[1].reason == (
        "feed 'nav' of plugin 'b' differs from that of plugin 'a': late_after;"
        ' to let it win, set prefer = ["b"] under [plugins]'
    )


def test_feeds_of_one_name_may_have_their_own_parsers() -> None:
    same: Feed[list[Any]] = Feed("nav", list)

    assert not loaded(a=needing("a", NAV), b=needing("b", same)).failed


def test_a_scheme_has_one_owner() -> None:
    def kind() -> ModuleType:
        return hook("muntin_sources", lambda: [SourceKind("redis", no_source)])

    found = loaded(a=kind(), b=kind())

    assert found.records[1].reason == (
        "source 'redis' of plugin 'b' is already added by plugin 'a';"
        ' to let it win, set prefer = ["b"] under [plugins]'
    )
    assert list(found.sources) == ["redis"]


def test_core_keeps_its_own_scheme() -> None:
    record = one(hook("muntin_sources", lambda: [SourceKind("FILE", no_source)]))

    assert record.reason == "source 'file' of plugin 'someone' is already added by muntin itself"


def test_a_module_is_one_plugin_only() -> None:
    found = loaded(a=GOOD, b=GOOD)

    assert [record.state for record in found.records] == [State.ACTIVE, State.BROKEN]


def test_of_two_plugins_with_one_name_the_later_loses(installed: Install) -> None:
    installed("same", ADDS_A_PAGE.format("same"))

    found = load(plugins={"same": GOOD})

    assert [record.state for record in found.records] == [State.ACTIVE, State.BROKEN]


def test_the_owner_of_a_page_is_known() -> None:
    found = loaded(good=GOOD)

    assert found.owner_of("good") == found.records[0]
    assert found.owner_of("gone") is None


def test_the_page_of_a_broken_plugin_is_free_for_another() -> None:
    broken = hook("muntin_pages", one_and_then_trouble)

    assert not loaded(a=broken, b=adding(Page("first", "First"))).records[1].failed


def offering(*panels: Panel) -> ModuleType:
    return hook("muntin_panels", lambda: panels)


def test_an_offered_panel_joins_its_page() -> None:
    found = loaded(a=offering(Panel("Extra", str, page="good")), good=GOOD)

    assert [panel.title for panel in found.pages[0].panels] == ["A", "Extra"]
    assert found.records[1].pages[0].panels[-1].title == "A"


@pytest.mark.parametrize(
    ("panel", "note"),
    [
        (Panel("X", str, page="god"), "panel 'X' is not shown: no page 'god', did you mean good?"),
        (Panel("X", str), "panel 'X' is not shown: no page named"),
        (Panel("a", str, page="good"), "panel 'a' is not shown: 'good' has one of that title"),
    ],
)
def test_a_panel_that_finds_no_place_leaves_a_note(panel: Panel, note: str) -> None:
    """Its plugin stays active: the page may be of a plugin that is not installed."""
    record = beside_good(offering(panel))

    assert record.active
    assert record.reason == note
