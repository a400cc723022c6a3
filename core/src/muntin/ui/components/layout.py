"""Layout: components below or beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin.ui.rendering import Component, FragmentBuilder


@dataclass(frozen=True, slots=True)
class Stack(Component):
    """Components below each other; `side` puts them beside each other where there is room."""

    items: tuple[Any, ...]
    side: bool = False

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add each item in a box of its own."""
        build.markup(f'<div class="{"mu-side" if self.side else "mu-stack"}">')
        for index, item in enumerate(self.items):
            build.markup('<div class="mu-item">')
            build.component(item, f"{key}.{index}")
            build.markup("</div>")
        build.markup("</div>")


def stack(*items: Any) -> Stack:
    """Return components below each other; None is left out."""
    return Stack(tuple(item for item in items if item is not None))


def side_by_side(*items: Any) -> Stack:
    """Return components beside each other, below each other on narrow screens."""
    return Stack(tuple(item for item in items if item is not None), side=True)
