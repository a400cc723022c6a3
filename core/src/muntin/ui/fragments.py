"""HTML in two kinds of parts: markup that stays and leaves that change.

A component renders to a `Fragment`. Two fragments of the same structure differ in their leaves
only, and only the leaves that differ are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

from muntin.ui.format import safe_text


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose text and attributes may change from one update to the next."""

    id: str
    tag: str
    text: str = ""
    attrs: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[object, ...]:
        """What identifies the element: which, and of which kind."""
        return ("leaf", self.id, self.tag)

    def html(self, extra: Iterable[tuple[str, str]] = ()) -> str:
        """Return the element as markup, everything in it escaped."""
        pairs = "".join(f' {key}="{quote(value)}"' for key, value in (*self.attrs, *extra))
        return f'<{self.tag} id="{quote(self.id)}"{pairs}>{quote(self.text)}</{self.tag}>'


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a chart; `content` is what stands in it, drawn by Bokeh."""

    id: str
    content: Any
    height: int
    width: int = 0

    @property
    def place(self) -> tuple[object, ...]:
        """What identifies the place: another size is another place."""
        return ("slot", self.id, self.height, self.width)

    def html(self) -> str:
        """Return the empty place, with its size reserved."""
        width = f"width:{int(self.width)}px;" if self.width else ""
        height = f"height:{int(self.height)}px" if self.height else ""
        role = "img" if self.height else "group"
        return (
            f'<div class="mu-chart" id="{quote(self.id)}" data-slot role="{role}"'
            f' aria-labelledby="{quote(self.id)}.label" style="{width}{height}"></div>'
        )


def quote(text: str) -> str:
    """Return text escaped for element content and attribute values."""
    return escape(safe_text(text), quote=True)


#: Adds attributes to a leaf by what is known of its feed (status, time).
Extra = Callable[[Leaf], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Fragment:
    """Markup of a component: static text, leaves and slots, in order."""

    parts: tuple[str | Leaf | Slot, ...] = field(default=())

    def html(self, extra: Extra = lambda _leaf: ()) -> str:
        """Return the whole as markup."""
        return "".join(
            part if isinstance(part, str) else part.html(extra(part))
            if isinstance(part, Leaf) else part.html()
            for part in self.parts
        )  # fmt: skip

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """Every leaf by its id."""
        return {part.id: part for part in self.parts if isinstance(part, Leaf)}

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """Every slot by its id."""
        return {part.id: part for part in self.parts if isinstance(part, Slot)}

    @cached_property
    def structure(self) -> tuple[object, ...]:
        """What has to be equal for two fragments to differ in leaves only."""
        return tuple(part if isinstance(part, str) else part.place for part in self.parts)

    def changed(self, previous: Fragment) -> list[LeafChange]:
        """Return what differs from a fragment of the same structure, leaf by leaf."""
        pairs = ((previous.leaves[key], leaf) for key, leaf in self.leaves.items())
        return [_change(old, new) for old, new in pairs if old != new]


@dataclass(frozen=True, slots=True)
class LeafChange:
    """A leaf's new text (None if it stays) and its changed attributes (None if removed)."""

    id: str
    text: str | None
    attrs: tuple[tuple[str, str | None], ...]


def _change(old: Leaf, new: Leaf) -> LeafChange:
    before, after = dict(old.attrs), dict(new.attrs)
    text = safe_text(new.text) if new.text != old.text else None
    changed = tuple((key, safe_text(value)) for key, value in new.attrs if before.get(key) != value)
    return LeafChange(new.id, text, changed + tuple((key, None) for key in before.keys() - after))
