"""HTML in two kinds of parts: markup that stays and leaves that change.

A component renders to a `Fragment`. Two fragments of the same structure differ in their leaves
only, and only the leaves that differ are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any, ClassVar, NamedTuple

from muntin.ui.format import safe_text

#: Names and values of attributes.
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose text and attributes may change from one update to the next."""

    id: str
    tag: str
    text: str = ""
    attrs: Pairs = ()
    #: How many characters it takes as markup, about.
    weight: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        size = 40 + len(self.text) + sum([len(key) + len(value) for key, value in self.attrs])
        object.__setattr__(self, "weight", size)

    def fits(self, other: object) -> bool:
        """Return True for the same element, whatever its text and attributes."""
        return isinstance(other, Leaf) and (self.id, self.tag) == (other.id, other.tag)

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
    #: How many characters it takes as markup, about.
    weight: ClassVar[int] = 200

    def fits(self, other: object) -> bool:
        """Return True for the same place; one of another size is another place."""
        return isinstance(other, Slot) and (self.id, self.height, self.width) == (
            other.id, other.height, other.width,
        )  # fmt: skip

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


class Drawn(NamedTuple):
    """Leaves, and what each was made of: who draws the same again has them already."""

    things: Sequence[Any]
    leaves: Sequence[Leaf]
    #: The columns of a table's row.
    columns: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Fragment:
    """Markup of a component: static text, leaves and slots, in order."""

    parts: tuple[str | Leaf | Slot, ...] = field(default=())
    #: What is known of leaves by the ids of their rows, or their own, for the next drawing.
    drawn: Mapping[str, Drawn] = field(default_factory=dict, compare=False, repr=False)
    #: How many characters it takes as markup, about.
    weight: int = field(default=0, compare=False)

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

    def fits(self, other: Fragment) -> bool:
        """Return True if two fragments differ in their leaves only, if at all."""
        if len(self.parts) != len(other.parts):
            return False
        for mine, its in zip(self.parts, other.parts, strict=True):
            if mine is its:
                continue
            if (mine != its) if isinstance(mine, str) else not mine.fits(its):
                return False
        return True

    def changed(self, previous: Fragment) -> list[LeafChange]:
        """Return what differs from a fragment that fits, leaf by leaf."""
        pairs = zip(previous.parts, self.parts, strict=True)
        return [
            _change(old, new) for old, new in pairs
            if old is not new and isinstance(new, Leaf) and isinstance(old, Leaf)
            and (old.text != new.text or old.attrs != new.attrs)
        ]  # fmt: skip


class LeafChange(NamedTuple):
    """A leaf's new text (None if it stays) and its changed attributes (None if removed)."""

    id: str
    text: str | None
    attrs: tuple[tuple[str, str | None], ...]


def _change(old: Leaf, new: Leaf) -> LeafChange:
    text = safe_text(new.text) if new.text != old.text else None
    return LeafChange(new.id, text, _attrs(old.attrs, new.attrs))


def _attrs(old: Pairs, new: Pairs) -> tuple[tuple[str, str | None], ...]:
    """Return the attributes that are others now, None for those that are gone."""
    if len(old) == len(new):
        pairs = [(was, now) for was, now in zip(old, new, strict=True) if was != now]
        if all(was[0] == now[0] for was, now in pairs):
            return tuple([(key, safe_text(value)) for _, (key, value) in pairs])
    before = dict(old)
    there = [(key, safe_text(value)) for key, value in new if before.pop(key, None) != value]
    return (*there, *[(key, None) for key in before])
