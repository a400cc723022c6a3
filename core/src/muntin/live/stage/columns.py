"""A chart's data: what is new of it is found, and nothing else is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from muntin.live.stage.sendable import check_sendable

#: The columns of a data source.
Columns = dict[str, list[Any]]

#: What every browser can be sent.
_PLAIN = frozenset({float, int, str, bool, type(None)})


def columns_of(data: Mapping[str, Sequence[Any]]) -> Columns:
    """Return data as columns of lists."""
    return {name: list(values) for name, values in data.items()}


def sendable(columns: Columns) -> Columns:
    """Return the columns; raise NotSendable for what browsers cannot be sent."""
    if not all(_PLAIN.issuperset(map(type, values)) for values in columns.values()):
        check_sendable(columns)
    return columns


def bring_up_to_date(source: Any, new: Columns) -> None:
    """Give a `ColumnDataSource` new data: rows appended, or the columns that changed, or none."""
    old: Columns = dict(source.data)
    changed = {
        name: values for name, values in new.items() if name not in old or _other(old[name], values)
    }
    if old.keys() != new.keys():
        source.data = sendable(new)
    elif changed:
        sendable(changed)
        rows = appended(old, new)
        if rows is None:
            source.data.update(changed)
        else:
            source.stream(rows, rollover=_length(new))


def appended(old: Columns, new: Columns) -> Columns | None:
    """Return the rows that follow the old ones, of which the first may be gone; None for others.

    At most half of the rows may be new: else it is as well to send the columns.
    """
    size, before = _length(new), _length(old)
    if not size or not before:
        return None
    key = next(iter(new))
    try:
        gone = old[key].index(new[key][0])
        kept = before - gone
        if not 0 < size - kept <= size / 2:
            return None
        if any(_other(old[name][gone:], values[:kept]) for name, values in new.items()):
            return None
    except ValueError:  # not there, or arrays, which cannot be compared
        return None
    return {name: values[kept:] for name, values in new.items()}


def _length(columns: Columns) -> int:
    """Return the number of rows, 0 if the columns do not agree on it."""
    lengths = {len(values) for values in columns.values()}
    return lengths.pop() if len(lengths) == 1 else 0


def _other(old: Sequence[Any], new: Sequence[Any]) -> bool:
    """Return True unless both are the same to a browser: to Python 1 and True are equal."""
    try:
        return old != new or list(map(type, old)) != list(map(type, new))
    except ValueError:  # lists of arrays, as in multi_line, cannot be compared: sent anew
        return True
