"""CSV documents as data frames."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import Any

from muntin.sources.decoding.errors import Undecodable
from muntin.sources.decoding.json_text import text_of

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*|(?=\.))(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")


def decode_csv(data: bytes) -> Any:
    """Return a CSV document, whose first row names the columns, as a DataFrame.

    A column is of numbers if every cell that is not empty is one; anything else stays text, so a
    code such as ``007`` keeps its zeros. Empty cells are missing values. Columns are separated by
    commas, semicolons or tabs, as the first row has them.
    """
    from pandas import DataFrame

    rows = _rows(text_of(data))
    header = _header(rows)
    body = rows[1:]
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise Undecodable(_uneven(number, row, header))
    columns = zip(*body, strict=True) if body else ((),) * len(header)
    named = zip(header, columns, strict=True)
    return DataFrame({name: _column(cells) for name, cells in named}, columns=header)


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    try:
        return [row for row in reader if row]
    except csv.Error as error:
        why = "a quoted cell is not closed" if "end of data" in str(error) else str(error)
        raise Undecodable(f"not CSV: {why} at line {reader.line_num}") from None


def _header(rows: list[list[str]]) -> list[str]:
    header = [name.strip() for name in rows[0]]
    for column, name in enumerate(header, 1):
        if not name:
            raise Undecodable(f"not CSV: column {column} of row 1 has no name; name every column")
        if header.index(name) != column - 1:
            raise Undecodable(f"not CSV: row 1 names the column {name!r} more than once")
    return header


def _uneven(number: int, row: Sequence[str], header: Sequence[str]) -> str:
    what = f"not CSV: row {number} has {len(row)} cells where row 1 names {len(header)} columns"
    if len(row) > len(header):
        return (
            f"{what}; column {len(header) + 1} is one too many: quote cells that hold a separator"
        )
    return f"{what}; {header[len(row)]!r} is absent: the row may be cut off"


def _column(cells: Sequence[str]) -> list[Any]:
    filled = [cell for cell in cells if cell]
    if filled and all(_INTEGER.fullmatch(cell) for cell in filled):
        missing = len(filled) < len(cells)
        return [float(cell or "nan") for cell in cells] if missing else [int(c) for c in cells]
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return [float(cell or "nan") for cell in cells]
    return [cell or None for cell in cells]
