"""Documents as if observed at another time: examples that are to look fresh."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from muntin.state.fields import parse_time
from muntin.state.nodes import lookup, put


def redate(raw: Any, paths: Iterable[str], now: float) -> None:
    """Set the time of a raw document to `now`, in epoch seconds.

    It is written at the first of the JSON paths that holds a time, in the form it has there: ISO
    8601, seconds or milliseconds, number or text. A document without a time is left as it is.
    """
    for path in paths:
        old = lookup(raw, path)
        if (seconds := _seconds(old)) is not None:
            put(raw, path, _like(old, seconds, now))
            return


def _seconds(raw: Any) -> float | None:
    try:
        return None if raw is None else parse_time(raw).timestamp()
    except ValueError:
        return None


def _like(old: Any, was: float, now: float) -> Any:
    """Return an instant in the form of another one, which is `was` in seconds."""
    if isinstance(old, str) and "-" in old:
        return datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
    moved = now * (1000 if float(old) > 2 * was else 1)
    number = int(moved) if isinstance(old, int) else round(moved, 3)
    return str(number) if isinstance(old, str) else number


__all__ = ["redate"]
