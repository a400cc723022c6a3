"""Data frames as documents: cells by row and column, without importing a library of frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def is_frame(raw: Any) -> bool:
    """Return True for a pandas DataFrame."""
    return hasattr(raw, "iloc") and hasattr(raw, "columns")


def row(frame: Any, index: int) -> dict[str, Any]:
    """Return a row as a dict of plain values; negative indices count from the end."""
    columns = (frame.iloc[:, column] for column in range(frame.shape[1]))
    cells = (_plain(column.iloc[index]) for column in columns)
    return dict(zip(frame.columns, cells, strict=True))


def rows(frame: Any) -> Iterator[dict[str, Any]]:
    """Yield every row as a dict of plain values."""
    columns = [[_plain(cell) for cell in frame[name].tolist()] for name in frame.columns]
    names = list(frame.columns)
    for cells in zip(*columns, strict=True):
        yield dict(zip(names, cells, strict=True))


def column(frame: Any, name: str) -> list[Any] | None:
    """Return the cells of a column as plain values, None if there is no such column."""
    if name not in frame.columns:
        return None
    return [_plain(cell) for cell in frame[name].tolist()]


def _plain(cell: Any) -> Any:
    """Return a cell as Python has it; None for one that is missing (NaN, NaT, NA)."""
    cell = cell.item() if hasattr(cell, "item") else cell
    try:
        missing = cell != cell  # noqa: PLR0124  # only a missing value differs from itself
        return None if missing is not False and bool(missing) else cell
    except (TypeError, ValueError):  # pandas.NA, which is neither true nor false; or an array
        return cell if hasattr(cell, "__len__") else None
