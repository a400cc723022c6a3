"""Small helpers for fields that several documents of the Overview need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from muntin import Field, Presence

#: How a document is silent about a value.
ABSENT = frozenset({Presence.MISSING, Presence.NULL})


def missing(feed: str, path: str, unit: str = "") -> Field[Any]:
    """Return the field of a value that nobody has published yet."""
    return Field(None, unit, feed, path, problem="not in the document")


def invalid(field: Field[Any], problem: str) -> Field[Any]:
    """Return the field without its value: it is there, and cannot be true."""
    return Field(
        None, field.unit, field.feed, field.path, field.raw, Presence.INVALID, problem, "",
        field.as_of,
    )  # fmt: skip


def first(*found: Field[Any]) -> Field[Any]:
    """Return the first field whose document says anything at all; the first one if none does."""
    return next((field for field in found if field.presence not in ABSENT), found[0])


def total(parts: Iterable[Field[float]], formula: str, path: str) -> Field[Any] | None:
    """Return the sum of those parts that have a value; None if none has."""
    known = [part for part in parts if part.value is not None]
    if not known:
        return None
    return known[0].derive(sum(part.value or 0.0 for part in known), formula, path=path)


def says_something(value: Any) -> bool:
    """Return True if any field of a parsed document is more than absent."""
    found = (getattr(value, item.name) for item in fields(value))
    return any(isinstance(field, Field) and field.presence not in ABSENT for field in found)
