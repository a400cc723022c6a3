"""Reading what the documents have in common: symbols, as a list of rows or as an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muntin import Field, Node, Presence

_ABSENT = frozenset({Presence.MISSING, Presence.NULL})
#: Longer names are cut.
_LONGEST = 40


def first(*found: Field[Any]) -> Field[Any]:
    """Return the first field whose document says anything at all; the first one if none does."""
    said = (field for field in found if field.presence not in _ABSENT)
    null = (field for field in found if field.presence is Presence.NULL)
    return next(said, next(null, found[0]))


def symbols(place: Node) -> Iterator[tuple[Field[str] | None, Node]]:
    """Yield name and place of each entry of a list or an object; None for one that is no symbol.

    The name is the row's own, and in an object the key where the row has none.
    """
    entries = (
        place.entries() if isinstance(place.raw, dict) else (("", row) for row in place.rows())
    )
    for key, row in entries:
        yield _name(key, row), row


def _name(key: str, row: Node) -> Field[str] | None:
    if not isinstance(row.raw, dict):
        return None
    own = row.text("symbol")
    text = _clean(own.value or key)
    if not text:
        return None
    return Field(text, "", row.feed, own.path if own.ok else row.path, text, Presence.OK)


def _clean(name: str) -> str:
    """Return a name as one line that can be encoded and drawn."""
    plain = name[:200].encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else " " for char in plain).strip()[:_LONGEST]
