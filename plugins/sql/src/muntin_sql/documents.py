"""Rows to documents: in the form that the feed is decoded from, so that all sources read alike."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from muntin import Feed, Status
from muntin.sources import FetchError
from muntin_sql.settings import Query

Rows = Sequence[Mapping[str, Any]]


def document(feed: Feed[Any], query: Query, rows: Rows) -> bytes | None:
    """Return the document that a query's rows are; None where there is none."""
    if query.shape == "document":
        return _text(rows)
    if query.time and rows and query.time not in rows[0]:
        raise FetchError(f"query {feed.name}: it returns no column {query.time!r}")
    if query.shape == "row":
        if not rows:
            raise FetchError(f"query {feed.name}: it returned no row", Status.EMPTY)
        return _json({**rows[0], **_updated(query, rows[:1])})
    if feed.form in {"arrow", "csv", "parquet"}:
        return _frame(feed.form, rows)
    return _json({**_updated(query, rows), "rows": rows})


def _text(rows: Rows) -> bytes | None:
    found = next(iter(rows[0].values()), None) if rows else None
    if found is None:
        return None
    if isinstance(found, bytes | bytearray | memoryview):
        return bytes(found)
    return found.encode() if isinstance(found, str) else _json(found)


def _updated(query: Query, rows: Rows) -> dict[str, Any]:
    times = [_plain(row[query.time]) for row in rows if query.time and row[query.time] is not None]
    return {"updated_at": max(times)} if times else {}


def _json(value: Any) -> bytes:
    return json.dumps(value, default=_plain, separators=(",", ":")).encode()


def _plain(cell: Any) -> Any:
    """Return a cell as JSON has it: times in ISO 8601, in UTC where the database names no zone."""
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.replace(tzinfo=UTC)).isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell).hex()
    return cell if cell is None or isinstance(cell, bool | int | float | str) else str(cell)


def _frame(form: str, rows: Rows) -> bytes:
    out = io.BytesIO()
    if form == "csv":
        text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(rows[0] if rows else ())
        writer.writerows([_plain(cell) for cell in row.values()] for row in rows)
        return out.getvalue()
    import pyarrow as pa

    table = pa.Table.from_pylist([dict(row) for row in rows])
    if form == "parquet":
        from pyarrow import parquet

        parquet.write_table(table, out)
    else:
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue()
