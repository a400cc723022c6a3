"""Data frames as tables: numbers as numbers, times as times; long ones column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from muntin.state.feeds import Feed
from muntin.state.fields import Field, Presence
from muntin.ui.components.columnar import ColumnarTable
from muntin.ui.components.layout import Stack, stack
from muntin.ui.components.notes import Note
from muntin.ui.components.tables import LONG, Column, Row, Table, row, table

if TYPE_CHECKING:
    import pandas as pd


def frame(
    data: pd.DataFrame,
    *,
    columns: Mapping[str, Column] | None = None,
    limit: int | None = None,
    feed: Feed[Any] | None = None,
    empty: str = "No rows.",
) -> Table | ColumnarTable | Stack:
    """Return a data frame as a table; with a `limit`, its first rows and a note on the others.

    `columns` replaces the format of columns by their names in the frame. Times are shown in UTC,
    and read as UTC if they name no zone. With a `feed` every cell names row and column of its
    document. In a frame of more than 500 rows, a row is known from one update to the next by its
    label in the index.
    """
    shown = data if limit is None else data.head(limit)
    made = tuple(_column(index, shown, columns or {}) for index in range(shown.shape[1]))
    names = [str(name) for name in shown.columns]
    origin = feed.name if feed is not None else ""
    values = [_texts(shown.iloc[:, at]) for at in range(shown.shape[1])]
    whole: Table | ColumnarTable
    if len(shown) > LONG:
        labels = [str(label) for label in shown.index]
        whole = ColumnarTable(made, tuple(names), values, labels, origin)
    else:
        rows = enumerate(zip(*values, strict=True))
        whole = table(made, (_row(at, row, names, origin) for at, row in rows), empty=empty)
    more = len(data) - len(shown)
    return stack(whole, Note(f"{more:,} more rows.", "none")) if more > 0 else whole


def _column(index: int, data: pd.DataFrame, formats: Mapping[str, Column]) -> Column:
    name, values = data.columns[index], data.iloc[:, index]
    given = formats.get(name)
    if given is not None:
        return replace(given, numeric=given.numeric and values.dtype.kind in "iuf")
    numeric = values.dtype.kind in "iuf"
    return Column(f"c{index}", str(name), _digits(values) if numeric else None, numeric)


def _digits(values: pd.Series[Any]) -> int | None:
    """Return the digits after the point of a column: fewer, the larger its numbers are."""
    if values.dtype.kind in "iu":
        return 0
    largest = values.abs().max()
    return None if not 1 <= largest < 1e15 else 2 if largest >= 100 else 4


def _texts(values: pd.Series[Any]) -> list[Any]:
    """Return a column as plain values, times as sortable text, None where there is none."""
    if values.dtype.kind == "M":
        import pandas as pd

        utc = pd.to_datetime(values, utc=True)
        whole = bool((utc.dropna() == utc.dropna().dt.normalize()).all())
        form = "%Y-%m-%d" if whole else "%Y-%m-%d %H:%M:%S UTC"
        return [None if pd.isna(time) else time.strftime(form) for time in utc]
    gone = values.isna().tolist()
    return [
        None if none else value if isinstance(value, (int, float)) else str(value)
        for value, none in zip(values.tolist(), gone, strict=True)
    ]


def _row(index: int, values: tuple[Any, ...], names: list[str], feed: str) -> Row:
    return row(
        str(index),
        *(
            _field(value, feed, f'[{index}]["{name}"]' if feed else "")
            for value, name in zip(values, names, strict=True)
        ),
    )


def _field(value: Any, feed: str, path: str) -> Field[Any]:
    presence = Presence.NULL if value is None else Presence.OK
    return Field(value, "", feed, path, presence=presence)
