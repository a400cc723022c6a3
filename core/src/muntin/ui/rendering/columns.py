"""Changes of a long table's rows, column by column, as browsers get them.

A change is a dict, with a key only where it has something to say:

- ``runs``: the rows in their new order, as ``[first, count]`` of rows before; -1 for new rows.
- ``ids``: the ids of the new rows.
- ``muted``: ``[row, why]`` for rows that are shown in grey, or no longer are.
- ``kinds``: the attributes that many cells share; cells name them by their place.
- ``places``: ``[row, start of its cells' paths]``.
- ``cells``: ``[column, rows, texts, values, kinds, paths]``. ``rows`` is None for every row;
  ``values`` is None if they are the texts; ``kinds`` is a number if all are of one kind;
  ``paths`` is None if they are as before, empty if there are none, text if each is the row's
  place and this, or a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, NamedTuple

from muntin.ui.format import safe_text

#: Names and values of attributes.
Pairs = tuple[tuple[str, str], ...]


class DataCell(NamedTuple):
    """A cell as data; `kind` is what many cells share: attributes but for value and path."""

    text: str
    value: str
    path: str
    kind: Pairs


class DataRow(NamedTuple):
    """A row as data; `muted` says why it is shown in grey."""

    id: str
    cells: Sequence[DataCell]
    muted: str
    #: Approximate length as data, in characters.
    weight: int


def data_row(
    id: str,  # noqa: A002 - the name of the attribute
    cells: Sequence[DataCell],
    muted: str = "",
    before: DataRow | None = None,
) -> DataRow:
    """Return a row with its weight; `before` itself if that has these very cells."""
    if before is not None and before.cells is cells and before.muted == muted:
        return before
    return DataRow(id, cells, muted, sum([len(c[0]) + len(c[1]) + 6 for c in cells]) + 12)


#: A cell that changed: its row, the cell now, and before (None if the row is new).
Changed = tuple[int, DataCell, DataCell | None]


def changes(before: Sequence[DataRow], after: Sequence[DataRow]) -> dict[str, Any]:
    """Return what makes `after` of `before`; empty if they are the same."""
    places = {row.id: at for at, row in enumerate(before)}
    sources = [places.get(row.id, -1) for row in after]
    made = _order(len(before), sources, after)
    olds = [before[source] if source >= 0 else None for source in sources]
    touched = [(at, old, row) for at, old, row in zip(count(), olds, after) if row is not old]
    muted = [
        [at, safe_text(row.muted)]
        for at, old, row in touched
        if row.muted != ("" if old is None else old.muted)
    ]
    return made | ({"muted": muted} if muted else {}) | _cells(touched, len(after))


def _order(size: int, sources: list[int], after: Sequence[DataRow]) -> dict[str, Any]:
    if sources == list(range(size)):
        return {}
    runs: list[list[int]] = []
    for source in sources:
        last = runs[-1] if runs else [-2, 0]
        if source == (-1 if last[0] == -1 else last[0] + last[1]):
            last[1] += 1
        else:
            runs.append([source, 1])
    ids = [row.id for row, source in zip(after, sources, strict=True) if source < 0]
    return {"runs": runs, **({"ids": ids} if ids else {})}


def _cells(touched: list[tuple[int, DataRow | None, DataRow]], rows: int) -> dict[str, Any]:
    changed: dict[int, list[Changed]] = {}
    for at, old, row in touched:
        before: Iterable[DataCell | None] = [None] * len(row.cells) if old is None else old.cells
        for column, was, cell in zip(count(), before, row.cells):
            if was is not cell and was != cell:
                changed.setdefault(column, []).append((at, cell, was))
    kinds: dict[Pairs, int] = {}
    places: dict[int, str] = {}
    cells = [_column(at, changed[at], rows, kinds, places) for at in sorted(changed)]
    made = {
        "kinds": [_safe(kind) for kind in kinds],
        "places": [[at, safe_text(start)] for at, start in places.items()],
    }
    return {name: value for name, value in made.items() if value} | (
        {"cells": cells} if cells else {}
    )


def _column(
    column: int, changed: list[Changed], rows: int, kinds: dict[Pairs, int], places: dict[int, str]
) -> list[Any]:
    texts = [safe_text(cell.text) for _, cell, _ in changed]
    values = [safe_text(cell.value) for _, cell, _ in changed]
    of = [kinds.setdefault(cell.kind, len(kinds)) for _, cell, _ in changed]
    return [
        column,
        None if len(changed) == rows else [at for at, _, _ in changed],
        texts,
        None if values == texts else values,
        of[0] if len(set(of)) == 1 else of,
        _paths(changed, places),
    ]


def _paths(changed: list[Changed], places: dict[int, str]) -> Any:
    """Return paths in their shortest form; `places` gets the start of each row's paths."""
    if all(was is not None and was.path == cell.path for _, cell, was in changed):
        return None
    paths = [cell.path for _, cell, _ in changed]
    if not any(paths):
        return ""
    suffix = paths[0][max(paths[0].rfind("."), paths[0].rfind("[")) :] if paths[0] else ""
    starts = {at: cell.path[: len(cell.path) - len(suffix)] for at, cell, _ in changed}
    fit = suffix and all(
        cell.path.endswith(suffix) and places.get(at, starts[at]) == starts[at]
        for at, cell, _ in changed
    )
    if not fit:
        return [safe_text(path) for path in paths]
    places.update(starts)
    return safe_text(suffix)


def _safe(kind: Pairs) -> list[list[str]]:
    return [[name, safe_text(value)] for name, value in kind]
