"""The pen: puts the parts of a component in order, and draws anew only what is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from muntin.fields import Field
from muntin.ui.fragments import Drawn, Fragment, Leaf, Slot

#: Types whose equal values have the same text, as long as the types are the same too.
_EXACT = frozenset({float, int, bool, str, datetime, type(None)})


class Pen:
    """Gathers one fragment. What stood in `before` and is made of the same is not drawn again."""

    def __init__(self, before: Fragment | None = None) -> None:
        self._before = {} if before is None else before.drawn
        self._drawn: dict[str, Drawn] = {}
        self._parts: list[str | Leaf | Slot] = []
        self._text: list[str] = []
        self._taken: set[str] = set()
        self._weight = 0

    def text(self, markup: str) -> None:
        """Put markup, which stays as it is from one update to the next."""
        self._text.append(markup)

    def put(self, part: Leaf | Slot) -> None:
        """Put a part; one whose id is taken gets one of its own: the page finds it by its id."""
        key = free(part.id, self._taken)
        self._add(part if key == part.id else replace(part, id=key), part.weight)

    def draw(self, key: str, leaf: Callable[..., Leaf], *made_of: Any) -> None:
        """Put what `leaf(key, *made_of)` draws: the leaf of before if it was made of the same."""
        key = free(key, self._taken)
        old = self._before.get(key)
        if old is not None and _same(old.made_of, made_of):
            made, weight = old.leaf, old.weight
        else:
            made = leaf(key, *made_of)
            weight = made.weight
        self._drawn[key] = Drawn(made_of, made, weight)
        self._add(made, weight)

    def _add(self, part: Leaf | Slot, weight: int) -> None:
        self._close()
        self._parts.append(part)
        self._weight += weight

    def _close(self) -> None:
        """Join neighbouring strings, so that two fragments are compared quickly."""
        if self._text:
            joined = "".join(self._text)
            self._text.clear()
            self._parts.append(joined)
            self._weight += len(joined)

    def fragment(self) -> Fragment:
        """Return what was put."""
        self._close()
        return Fragment(tuple(self._parts), self._drawn, self._weight)


def free(key: str, taken: set[str]) -> str:
    """Return the key, numbered if it is taken, and take it."""
    if key in taken:
        numbered = (f"{key}~{number}" for number in count(2))
        key = next(name for name in numbered if name not in taken)
    taken.add(key)
    return key


def _same(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Return True if the same leaf comes of both; the first of each has the field, if any has."""
    was, now = getattr(old[0], "field", None), getattr(new[0], "field", None)
    return (was is now or _alike(was, now)) and old == new


def _alike(was: Field[Any] | None, now: Field[Any] | None) -> bool:
    """Return True if to be equal is to look alike: to Python 1, 1.0 and True are, and 0 and -0."""
    if was is None or now is None:
        return False
    old, new = was.value, now.value
    same_type = type(old) is type(new) and type(new) in _EXACT
    return same_type and (bool(new) or repr(old) == repr(new))
