"""What these tests share: the page drawn as a viewer would get it, from documents made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from muntin import Feed, Page, Panel, Snapshot
from muntin.testing import Rendered, render, snapshot
from muntin_pipeline import Settings, muntin_pages

See = Callable[..., Rendered]


@pytest.fixture
def page() -> Page:
    (made,) = muntin_pages(Settings())
    return made


@pytest.fixture
def panel(page: Page) -> Callable[[str], Panel]:
    """Return a panel of the page by its title."""
    return lambda title: next(one for one in page.panels if one.title == title)


@pytest.fixture
def see(panel: Callable[[str], Panel]) -> See:
    """See one panel, drawn from documents or from a ready snapshot; a fault fails the test."""

    def seen(title: str, docs: Mapping[Feed[Any], Any] | Snapshot) -> Rendered:
        made = render(panel(title), docs if isinstance(docs, Snapshot) else snapshot(docs))
        assert made.faults == {}
        return made

    return seen
