"""Small helpers for fields that several documents of the pipeline need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from muntin import Feed, Field, Node, Presence, Reading, Snapshot, Status
from muntin.ui import Note

T = TypeVar("T")

_WHY = {
    Status.MISSING: "was never seen",
    Status.EMPTY: "holds no data",
    Status.MALFORMED: "has the wrong shape",
    Status.UNREADABLE: "cannot be read",
}


def count(node: Node, *paths: str) -> Field[int]:
    """Return the whole number, zero or more, at the first non-null path."""
    field: Field[Any] = node.number(*paths, unit="count", low=0)
    if field.value is None:
        return field
    whole = int(field.value)
    if whole != field.value:
        return withheld(field, Presence.INVALID, f"{field.raw} is no whole number")
    return replace(field, value=whole)


def withheld(field: Field[T], presence: Presence, problem: str) -> Field[T]:
    """Return the field without its value: something stands there, and it says nothing."""
    return replace(field, value=None, presence=presence, problem=problem)


def not_measured(field: Field[T], problem: str) -> Field[T]:
    """Return a zero as the placeholder it is; any other value stays what it is."""
    return withheld(field, Presence.PLACEHOLDER, problem) if field.value == 0 else field


def counted(value: int, feed: Feed[Any], path: str, formula: str) -> Field[int]:
    """Return a number of rows as a field of the log they stand in."""
    return Field(value, "count", feed.name, path, "", Presence.OK, formula=formula)


def absence(snapshot: Snapshot, feed: Feed[Any], what: str, hint: str = "") -> Note | None:
    """Return one sentence that says which document is not there and why; None if it is there."""
    reading: Reading = snapshot.reading(feed)
    if reading.has_value:
        return None
    why = _WHY.get(reading.fault or Status.MISSING, "has no value")
    name = feed.path.rpartition("/")[2]
    return Note(f"No {what}: {name} {why}.{f' {hint}' if hint else ''}", "none")
