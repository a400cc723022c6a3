"""Reading what all three documents have in common: things with a name, as list or as object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muntin import Field, Node, Presence

#: Longer names are cut: they stand on the axes of charts.
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with a name: what is shown, what it is joined by, and where it stands."""

    label: Field[str]
    key: str
    place: Node


def named(place: Node, *keys: str) -> tuple[tuple[Named, ...], int]:
    """Return the things in a list or an object, and how many entries are none.

    In an object the key is the name, in a list the first of `keys` in the row. An entry that is
    no object, that has no name, or whose name stands further up already, is counted and left out.
    """
    found: dict[str, Named] = {}
    rejected = 0
    for name, child in _entries(place, keys):
        text = _clean(name)
        key = text.upper()
        if not text or not isinstance(child.raw, dict) or key in found:
            rejected += 1
            continue
        label = Field(text, "", child.feed, child.path, text, Presence.OK)
        found[key] = Named(label, key, child)
    return tuple(found.values()), rejected


def _entries(place: Node, keys: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    if isinstance(place.raw, dict):
        yield from place.entries()
        return
    for child in place.rows():
        own = child.at(*keys).raw if isinstance(child.raw, dict) else None
        plain = isinstance(own, (str, int)) and not isinstance(own, bool)
        yield str(own)[:200] if plain else "", child


def _clean(name: str) -> str:
    """Return a name as one line that can be encoded and drawn."""
    plain = name[:200].encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else " " for char in plain).strip()[:_LONGEST]


def missing(feed: str, path: str, unit: str = "", problem: str = "") -> Field[Any]:
    """Return the field of a value that is not there, with the reason."""
    return Field(None, unit, feed, path, problem=problem or "not in the document")


def placeholder(field: Field[Any], problem: str) -> Field[Any]:
    """Return the field without its value: its producer fills it in without measuring."""
    return Field(
        None, field.unit, field.feed, field.path, field.raw, Presence.PLACEHOLDER, problem, "",
        field.as_of,
    )  # fmt: skip


def emptied(field: Field[Any], problem: str) -> Field[Any]:
    """Return the field without its value, because the value would mislead."""
    return Field(
        None, field.unit, field.feed, field.path, field.raw, Presence.MISSING, problem, "",
        field.as_of,
    )  # fmt: skip


def best_first(field: Field[float]) -> tuple[bool, float]:
    """Return the sorting key that puts the largest value first and a missing one last."""
    return field.value is None, -(field.value or 0.0)
