"""HTML in two kinds of parts: static markup, and leaves that change.

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
from muntin.ui.rendering.columns import Pairs

__all__ = ["Data", "DataChange", "Fragment", "Leaf", "LeafChange", "Pairs", "Slot", "quote"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose text and attributes may change from one update to the next."""

    id: str
    tag: str
    text: str = ""
    attrs: Pairs = ()
    #: Approximate length as markup, in characters.
    weight: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        size = 40 + len(self.text) + sum([len(key) + len(value) for key, value in self.attrs])
        object.__setattr__(self, "weight", size)

    def fits(self, other: object) -> bool:
        """Return True if id and tag are the same, whatever the text and attributes."""
        return isinstance(other, Leaf) and (self.id, self.tag) == (other.id, other.tag)

    def html(self, extra: Iterable[tuple[str, str]] = ()) -> str:
        """Return the element as markup, with text and attributes escaped."""
        pairs = "".join(f' {key}="{quote(value)}"' for key, value in (*self.attrs, *extra))
        return f'<{self.tag} id="{quote(self.id)}"{pairs}>{quote(self.text)}</{self.tag}>'


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a chart; `content` is what Bokeh draws there."""

    id: str
    content: Any
    height: int
    width: int = 0
    #: Approximate length as markup, in characters.
    weight: ClassVar[int] = 200

    def fits(self, other: object) -> bool:
        """Return True if id and size are the same."""
        mine = (self.id, self.height, self.width)
        return isinstance(other, Slot) and mine == (other.id, other.height, other.width)

    def html(self) -> str:
        """Return the empty element with its size reserved."""
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


#: Returns attributes to add to a leaf, such as the status and time of its feed.
Extra = Callable[[Leaf], Iterable[tuple[str, str]]]


class DataChange(NamedTuple):
    """What changed in a part whose content is sent as data."""

    id: str
    change: Mapping[str, Any]


class Data:
    """A part whose content is sent as data, and drawn by browsers."""

    __slots__ = ()
    id: str
    #: Approximate length on the wire, in characters.
    weight: int

    def fits(self, other: object) -> bool:
        """Return True if this part can be brought up to date from the other."""
        raise NotImplementedError

    def html(self, extra: Extra, *, whole: bool = False) -> str:
        """Return its beginning as markup and all of it as data; if `whole`, all as markup."""
        raise NotImplementedError

    def change(self, before: Any) -> DataChange | None:
        """Return what changed since a part that fits this one; None if nothing did."""
        raise NotImplementedError

    def values(self, name: str) -> set[str]:
        """Return every value that an attribute has in it."""
        raise NotImplementedError


class Rendered(NamedTuple):
    """Leaves, or cells, and what each was made of, so that the next rendering can reuse them."""

    things: Sequence[Any]
    leaves: Sequence[Any]
    #: The columns of a table's row.
    columns: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Fragment:
    """Markup of a component: static text, leaves, slots and data, in order."""

    parts: tuple[str | Leaf | Slot | Data, ...] = field(default=())
    #: Leaves by the id of their row, or their own, for the next rendering to reuse.
    rendered: Mapping[str, Rendered] = field(default_factory=dict, compare=False, repr=False)
    #: Approximate length as markup, in characters.
    weight: int = field(default=0, compare=False)

    def html(self, extra: Extra = lambda _leaf: (), *, whole: bool = False) -> str:
        """Return the fragment as markup; `whole` has markup in place of data too."""
        return "".join(_html(part, extra, whole=whole) for part in self.parts)

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """Every leaf by its id."""
        return {part.id: part for part in self.parts if isinstance(part, Leaf)}

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """Every slot by its id."""
        return {part.id: part for part in self.parts if isinstance(part, Slot)}

    def values(self, name: str) -> set[str]:
        """Return every value that an attribute has in leaves and data."""
        found = {value for leaf in self.leaves.values() for key, value in leaf.attrs if key == name}
        return found.union(*(part.values(name) for part in self.parts if isinstance(part, Data)))

    def fits(self, other: Fragment) -> bool:
        """Return True if two fragments differ in their leaves and data at most."""
        if len(self.parts) != len(other.parts):
            return False
        for mine, its in zip(self.parts, other.parts, strict=True):
            if mine is its:
                continue
            if (mine != its) if isinstance(mine, str) else not mine.fits(its):
                return False
        return True

    def changed(self, previous: Fragment) -> list[LeafChange]:
        """Return the leaves that differ from a fragment that fits this one."""
        pairs = zip(previous.parts, self.parts, strict=True)
        return [
            _change(old, new)
            for old, new in pairs
            if old is not new
            and isinstance(new, Leaf)
            and isinstance(old, Leaf)
            and (old.text != new.text or old.attrs != new.attrs)
        ]

    def changed_data(self, previous: Fragment) -> list[DataChange]:
        """Return what changed in the data of a fragment that fits this one."""
        pairs = zip(previous.parts, self.parts, strict=True)
        made = [new.change(old) for old, new in pairs if isinstance(new, Data) and old is not new]
        return [change for change in made if change is not None]


def _html(part: str | Leaf | Slot | Data, extra: Extra, *, whole: bool) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Data):
        return part.html(extra, whole=whole)
    return part.html(extra(part)) if isinstance(part, Leaf) else part.html()


class LeafChange(NamedTuple):
    """A leaf's new text (None if unchanged) and its changed attributes (None if removed)."""

    id: str
    text: str | None
    attrs: tuple[tuple[str, str | None], ...]


def _change(old: Leaf, new: Leaf) -> LeafChange:
    text = safe_text(new.text) if new.text != old.text else None
    return LeafChange(new.id, text, _attrs(old.attrs, new.attrs))


def _attrs(old: Pairs, new: Pairs) -> tuple[tuple[str, str | None], ...]:
    """Return the attributes that changed, None for those that are gone."""
    if len(old) == len(new):
        pairs = [(was, now) for was, now in zip(old, new, strict=True) if was != now]
        if all(was[0] == now[0] for was, now in pairs):
            return tuple([(key, safe_text(value)) for _, (key, value) in pairs])
    before = dict(old)
    there = [(key, safe_text(value)) for key, value in new if before.pop(key, None) != value]
    return (*there, *[(key, None) for key in before])
