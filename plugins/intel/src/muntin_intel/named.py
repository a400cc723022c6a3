"""Things with a name, which every document of the page lists: symbols, hours and regimes."""

from __future__ import annotations

from dataclasses import dataclass

from muntin import Field, Node


@dataclass(frozen=True, slots=True)
class Named:
    """A thing with a name: its label, the key it is joined by, and its place."""

    label: Field[str]
    key: str
    place: Node


def named(place: Node, *keys: str) -> tuple[tuple[Named, ...], int]:
    """Return the things of a list or an object, and how many entries are left out.

    Left out are entries without a name, and those whose name occurred before.
    """
    found: dict[str, Named] = {}
    rejected = 0
    for label, child in place.named(*keys):
        key = (label.value or "").upper() if label is not None else ""
        if label is None or key in found:
            rejected += 1
            continue
        found[key] = Named(label, key, child)
    return tuple(found.values()), rejected


def best_first(field: Field[float]) -> tuple[bool, float]:
    """Return the sorting key that puts the largest value first and a missing one last."""
    return field.value is None, -(field.value or 0.0)
