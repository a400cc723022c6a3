"""What these tests share: the page, drawn from small documents without a server or a browser."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from muntin import Feed, Snapshot
from muntin.testing import Rendered, render, snapshot
from muntin_intel import EXPECTANCY, SCORES, SUGGESTIONS, muntin_pages

Docs = Mapping[Feed[Any], Any]
Show = Callable[..., Rendered]


@pytest.fixture
def examples() -> dict[Feed[Any], Any]:
    """Return a copy of every feed's example, to be changed at will."""
    return {feed: copy.deepcopy(feed.example) for feed in (EXPECTANCY, SCORES, SUGGESTIONS)}


@pytest.fixture
def show() -> Show:
    """Draw one panel by its title; the whole page without one. Fails if anything is faulty."""

    def shown(docs: Docs | Snapshot, title: str = "", **options: Any) -> Rendered:
        made = docs if isinstance(docs, Snapshot) else snapshot(docs, **options)
        (page,) = muntin_pages()
        panels = {panel.title: panel for panel in page.panels}
        drawn = render(panels[title] if title else page, made)
        assert drawn.faults == {}
        return drawn

    return shown
