"""What the tests of plugins share: plugins made by hand, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from core.tests.kit import NAV

from muntin import Page, Panel, hookimpl
from muntin.plugins import PluginRecord, PluginSet, load

#: What the fixture `installed` gives: it installs a plugin and returns its metadata's folder.
Install = Callable[..., Path]

#: The source of an installed plugin, to be formatted with the slug of its page.
ADDS_A_PAGE = """
    from muntin import Page, hookimpl

    @hookimpl
    def muntin_pages():
        return [Page("{0}", "{0}")]
"""


def module(name: str = "someone", **content: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(content)
    return made


def adding(*pages: Page) -> ModuleType:
    @hookimpl
    def muntin_pages() -> Iterator[Page]:
        yield from pages

    return module(muntin_pages=muntin_pages)


def nothing() -> list[Any]:
    return []


def loaded(limit: float = 5.0, **plugins: object) -> PluginSet:
    return load(plugins=plugins, discover=False, limit=limit)


def one(target: object, **options: Any) -> PluginRecord:
    (record,) = load(plugins={"someone": target}, discover=False, **options).records
    return record


GOOD = adding(Page("good", "Good", (Panel("A", str, (NAV,)),)))


def beside_good(target: object, **options: Any) -> PluginRecord:
    """Return what becomes of a plugin, having seen that a good one beside it is not harmed."""
    found = load(plugins={"good": GOOD, "someone": target}, discover=False, **options)
    good, record = found.records
    assert good.active
    assert "good" in {page.slug for page in found.pages}
    return record


def hook(name: str, function: Any) -> ModuleType:
    return module(**{name: hookimpl(function)})


def one_and_then_trouble() -> Iterator[Page]:
    yield Page("first", "First")
    raise RuntimeError("halfway")
