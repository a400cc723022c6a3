"""Long tables made of columns of values: what changed is found column by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from muntin.state.fields import Field, Presence
from muntin.ui.components.tables import Column, render_long, short
from muntin.ui.format import canonical, text_of
from muntin.ui.rendering import Component, FragmentBuilder, Look, data_cell, value_leaf
from muntin.ui.rendering.builder import free
from muntin.ui.rendering.columns import DataCell, DataRow, Pairs, data_row
from muntin.ui.rendering.fragments import Rendered


@dataclass(frozen=True, slots=True, eq=False)
class ColumnarTable(Component):
    """A table of plain values, None where there is none; only cells that changed are formatted."""

    columns: tuple[Column, ...]
    #: What the columns are called in their document.
    names: tuple[str, ...]
    #: The values, column by column.
    values: Sequence[Sequence[Any]]
    #: What identifies each row from one update to the next.
    labels: Sequence[str]
    #: Name of the feed that the values were read from, if any.
    feed: str = ""

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the table."""
        key = build.free(key)
        taken: set[str] = set()
        ids = [free(short(label), taken) for label in self.labels]
        kept = build.kept(f"{key} rows")
        if kept.columns != (self.columns, self.names, self.feed):
            kept = Rendered((), ())
        rows = self._rows(ids, kept)
        build.keep(
            f"{key} rows", Rendered(self.values, rows, (self.columns, self.names, self.feed))
        )
        render_long(build, key, self.columns, rows)

    def _rows(self, ids: list[str], kept: Rendered) -> list[DataRow]:
        """Return the rows, those of before where all of their values are the same."""
        places = {row.id: at for at, row in enumerate(kept.leaves)}
        sources = [places.get(name, -1) for name in ids]
        cells: dict[int, list[DataCell]] = {}
        make = _Cells(self)
        for column, at in self._changed(sources, kept.things):
            if at not in cells:
                source = sources[at]
                fresh = source < 0
                cells[at] = (
                    [_NOTHING] * len(self.columns) if fresh else [*kept.leaves[source].cells]
                )
            cells[at][column] = make(column, at)
        return [
            data_row(name, cells[at]) if at in cells else kept.leaves[sources[at]]
            for at, name in enumerate(ids)
        ]

    def _changed(
        self, sources: list[int], before: Sequence[Sequence[Any]]
    ) -> Iterator[tuple[int, int]]:
        """Yield column and row of every cell whose value, or whose path, is another one."""
        still = bool(before) and sources == list(range(len(before[0])))
        for column, values in enumerate(self.values):
            if still:
                was = before[column]
            else:
                was = [
                    before[column][source]
                    if source == at or (source >= 0 and not self.feed)
                    else _NEW
                    for at, source in enumerate(sources)
                ]
            for at, (old, value) in enumerate(zip(was, values, strict=True)):
                if old is not value and _differs(old, value):
                    yield column, at


class _New:
    """Stands for the value that a cell which is new had before."""


_NEW = _New()
_NOTHING = DataCell("", "", "", ())


def _differs(old: Any, value: Any) -> bool:
    """Return True if two values may look different: 1, 1.0 and True are equal to Python."""
    if old != value or type(old) is not type(value):
        return True
    return not value and repr(old) != repr(value)


class _Cells:
    """Makes cells; what many of them share is made once."""

    def __init__(self, table: ColumnarTable) -> None:
        self._table = table
        self._kinds: dict[tuple[int, bool, bool, bool], Pairs] = {}

    def __call__(self, column: int, at: int) -> DataCell:
        """Return the cell in this column and row."""
        table, value = self._table, self._table.values[column][at]
        look, path = table.columns[column], ""
        if table.feed:
            path = f'[{at}]["{table.names[column]}"]'
        presence = Presence.NULL if value is None else Presence.OK
        field = Field(value, "", table.feed, path, presence=presence)
        text = text_of(field, look.digits, signed=look.signed)
        return DataCell(text, canonical(field), path, self._kind(column, field))

    def _kind(self, column: int, field: Field[Any]) -> Pairs:
        look, value = self._table.columns[column], field.value
        sign = value if look.signed and isinstance(value, (int, float)) else 0
        key = (column, value is None, sign > 0, sign < 0)
        if key not in self._kinds:
            attrs = (("data-column", look.id),)
            self._kinds[key] = data_cell(value_leaf("", field, "", attrs, Look(look.signed))).kind
        return self._kinds[key]
