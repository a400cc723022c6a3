"""Plugins whose hooks are wrong are broken as a whole, and stop no other."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from core.tests.kit import NAV
from core.tests.plugins.kit import (
    adding,
    beside_good,
    hook,
    module,
    nothing,
    one,
    one_and_then_trouble,
)

from muntin import Page, Panel, hookimpl
from muntin.plugins import State


async def _later() -> list[Page]:
    return []


def _for_ever() -> Iterator[Page]:
    while True:
        yield Page("again", "Again")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (hook("muntin_page", nothing), "muntin_page: no such hook, did you mean muntin_pages?"),
        (
            hook("muntin_pages", lambda setings: []),
            "unknown argument 'setings', did you mean settin",
        ),
        (hook("muntin_sources", lambda settings: []), "unknown argument 'settings', it takes none"),
        (hook("muntin_pages", _later), "muntin_pages: a hook cannot be async"),
        (module(muntin_pages=lambda *_: []), "muntin_pages is not marked with @muntin.hookimpl"),
        (hook("muntin_pages", lambda: None), "muntin_pages returned None; yield each Page, or"),
        (hook("muntin_pages", lambda: 7), "muntin_pages returned a int"),
        (hook("muntin_pages", lambda: "text"), "muntin_pages returned a str"),
        (hook("muntin_pages", lambda: Page("a", "A")), "muntin_pages returned a Page; yield each"),
        (hook("muntin_pages", lambda: [7]), "muntin_pages returned a int where a Page is expected"),
        (hook("muntin_panels", lambda: [Page("a", "A")]), "a Page where a Panel is expected"),
        (hook("muntin_sources", lambda: ["redis"]), "a str where a SourceKind is expected"),
        (hook("muntin_pages", one_and_then_trouble), "muntin_pages failed: RuntimeError: halfway"),
        (hook("muntin_pages", _for_ever), "muntin_pages returned more than 1000 results"),
        (hook("muntin_pages", lambda: sys.exit(1)), "muntin_pages tried to end the program"),
        (hook("muntin_pages", lambda: [Page("No Slug", "A")]), "muntin_pages failed: ValueError"),
        (
            hook("muntin_pages", lambda: [Page("a", "A", panels=[])]),  # type: ignore[arg-type]
            "write a tuple: panels=(PANEL,)",
        ),
        (
            hook("muntin_pages", lambda: [Page("a", "A", (Panel("P", str, [NAV]),))]),  # type: ignore[arg-type]
            "write a tuple: needs=(FEED,)",
        ),
        (
            hook("muntin_pages", lambda: [Page("a", "A", (SimpleNamespace(slug="x"),))]),  # type: ignore[arg-type]
            "which is no Panel",
        ),
        (
            adding(Page("a", "A"), Page("a", "B")),
            "page 'a' of plugin 'someone' is already added by",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")
def test_a_plugin_whose_hooks_are_wrong_is_broken_as_a_whole(target: object, reason: str) -> None:
    """A generator that raises halfway adds nothing: half a plugin is harder to notice than none."""
    record = beside_good(target)

    assert record.state is State.BROKEN
    assert reason in record.reason
    assert record.pages == ()


def test_hook_wrappers_are_refused() -> None:
    """They could change what other plugins add."""
    record = beside_good(module(muntin_pages=hookimpl(wrapper=True)(one_and_then_trouble)))

    assert record.reason == "muntin_pages: wrappers are not supported"


def test_every_mistake_in_the_hooks_is_named_at_once() -> None:
    record = one(module(muntin_page=hookimpl(nothing), muntin_panel=hookimpl(nothing)))

    assert "muntin_pages?" in record.reason
    assert "muntin_panels?" in record.reason


def test_a_hook_that_hangs_is_left_behind() -> None:
    release = threading.Event()

    record = beside_good(hook("muntin_pages", lambda: release.wait(30)), limit=0.2)
    release.set()

    assert record.reason == "muntin_pages took longer than 0.2 s"
