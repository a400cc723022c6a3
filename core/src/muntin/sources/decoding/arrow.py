"""Parquet and Arrow documents as data frames; needs pyarrow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muntin.sources.decoding.errors import Undecodable

#: Cells that a frame may have: what a page can show, and a decoder allocate, in reason.
MOST_CELLS = 20_000_000


def decode_parquet(data: bytes) -> Any:
    """Return a Parquet file as a DataFrame."""
    from pyarrow import BufferReader
    from pyarrow.parquet import ParquetFile

    def table() -> Any:
        file = ParquetFile(BufferReader(data))
        _check_size(file.metadata.num_rows, file.metadata.num_columns)
        return file.read()

    return _frame("Parquet", data, table)


def decode_arrow(data: bytes) -> Any:
    """Return an Arrow IPC file (Feather) or stream as a DataFrame."""
    from pyarrow import ipc

    def table() -> Any:
        opened = ipc.open_file(data) if data.startswith(b"ARROW1") else ipc.open_stream(data)
        return opened.read_all()

    return _frame("Arrow", data, table)


def _frame(form: str, data: bytes, table: Callable[[], Any]) -> Any:
    if not data:
        raise Undecodable("the document is empty (0 bytes)", empty=True)
    from pyarrow.lib import ArrowException

    try:
        found = table()
        _check_size(found.num_rows, found.num_columns)
        frame = found.to_pandas()
    except (ArrowException, OSError) as error:
        why = " ".join(str(error).split())[:200]
        raise Undecodable(f"not {form}, or cut off after {len(data):,} bytes: {why}") from None
    frame.columns = [str(name) for name in frame.columns]
    return frame.reset_index(drop=True)


def _check_size(rows: int, columns: int) -> None:
    if rows * max(columns, 1) > MOST_CELLS:
        raise Undecodable(
            f"{rows:,} rows of {columns} columns are more than the {MOST_CELLS:,} cells a frame"
            " may have"
        )
