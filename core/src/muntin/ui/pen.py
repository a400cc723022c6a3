"""The pen: puts the parts of a component in order, and draws anew only what is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from muntin.ui.components import Cell, Column
from muntin.ui.fragments import Drawn, Fragment, Leaf, Slot
from muntin.ui.leaves import cell_leaf

#: Types whose equal values have the same text, as long as the types are the same too.
_EXACT = frozenset({float, int, bool, str, datetime, type(None)})


class Pen:
    """Gathers one fragment. What stood in `before` and is made of the same is not drawn again."""

    def __init__(self, before: Fragment | None = None) -> None:
        self._before = {} if before is None else before.drawn
        self._drawn: dict[str, Drawn] = {}
        self._parts: list[str | Leaf | Slot] = []
        #: Markup since the last part: neighbouring strings are one part.
        self._text = ""
        self._taken: set[str] = set()
        self._weight = 0

    def text(self, markup: str) -> None:
        """Put markup, which stays as it is from one update to the next."""
        self._text += markup

    def put(self, part: Leaf | Slot) -> None:
        """Put a part; one whose id is taken gets one of its own: the page finds it by its id."""
        if part.id in self._taken:
            part = replace(part, id=free(part.id, self._taken))
        else:
            self._taken.add(part.id)
        if self._text:
            self._parts.append(self._text)
            self._weight += len(self._text)
            self._text = ""
        self._parts.append(part)
        self._weight += part.weight

    def draw(self, key: str, leaf: Callable[..., Leaf], thing: Any) -> None:
        """Put what `leaf(key, thing)` draws: the leaf of before, if the thing is the same."""
        old = self._before.get(key)
        known = old is not None and same(old.things[0], thing)
        made = old.leaves[0] if old is not None and known else leaf(key, thing)
        self._drawn[key] = Drawn((thing,), (made,))
        self.put(made)

    def row(self, key: str, columns: tuple[Column, ...], cells: tuple[Cell, ...]) -> list[Leaf]:
        """Return the leaves of a table's row, those of before for the cells that are the same."""
        old = self._before.get(key)
        if old is None or len(old.things) != len(cells) or old.columns != columns:
            leaves = [
                cell_leaf(f"{key}.{column.id}", cell, column)
                for column, cell in zip(columns, cells, strict=True)
            ]
        else:
            leaves = [
                leaf if same(was, cell) else cell_leaf(leaf.id, cell, column)
                for was, cell, leaf, column in zip(
                    old.things, cells, old.leaves, columns, strict=True
                )
            ]
        self._drawn[key] = Drawn(cells, leaves, columns)
        return leaves

    def fragment(self) -> Fragment:
        """Return what was put."""
        last = (self._text,) if self._text else ()
        return Fragment((*self._parts, *last), self._drawn, self._weight + len(self._text))


def free(key: str, taken: set[str]) -> str:
    """Return the key, numbered if it is taken, and take it."""
    if key in taken:
        numbered = (f"{key}~{number}" for number in count(2))
        key = next(name for name in numbered if name not in taken)
    taken.add(key)
    return key


def same(old: Any, new: Any) -> bool:
    """Return True if two components look the same; one of them may have a field.

    To be equal is not to look alike: to Python 1, 1.0 and True are equal, and so are 0.0 and -0.0.
    """
    was, now = getattr(old, "field", None), getattr(new, "field", None)
    if was is not now:
        if was is None or now is None:
            return False
        before, value = was.value, now.value
        if type(before) is not type(value) or type(value) not in _EXACT or before != value:
            return False
        if not value and repr(before) != repr(value):
            return False
    return bool(old == new)
