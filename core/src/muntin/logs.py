"""Logs as feeds: JSON Lines files of which a window of time is held."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from muntin.errors import MalformedFeed
from muntin.feeds import TIME_PATHS, Feed
from muntin.fields import parse_time
from muntin.nodes import lookup

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One row of a log: when, and what."""

    at: datetime
    value: T


@dataclass(frozen=True, slots=True)
class LogWindow(Generic[T]):
    """The rows of a log within its window, oldest first, and what is known of the rest."""

    entries: tuple[Entry[T], ...] = ()
    #: The log is held completely from this instant on; None if nothing is known.
    since: datetime | None = None
    #: True if the rows reach back to the window's start; otherwise counts are "at least".
    complete: bool = False
    #: Lines that are no JSON object or that the row parser refused.
    rejected: int = 0
    #: Rows without a usable time; they are in no window.
    undated: int = 0
    #: Rows of other kinds, which the row parser passed over by returning None.
    foreign: int = 0

    def within(self, seconds: float, now: datetime) -> tuple[Entry[T], ...]:
        """Return the entries of the last `seconds` before `now`."""
        start = now - timedelta(seconds=seconds)
        return tuple(entry for entry in self.entries if start <= entry.at <= now)


@dataclass(frozen=True, slots=True, eq=False)
class Log(Feed[LogWindow[T]], Generic[T]):
    """A JSON Lines log as a feed; its value is a `LogWindow`.

    A source follows the file by offset. In tests and examples the raw value is a plain list of raw
    rows: ``snapshot({LOG: [{...}, {...}]})``. Make one with `log()`.
    """

    parse_line: Callable[[dict[str, Any]], T | None] = field(default=lambda _row: None, repr=False)
    #: Length of the window in seconds.
    window: float = 86_400.0
    #: JSON paths of a row's time.
    at: tuple[str, ...] = TIME_PATHS


def log(
    name: str,
    parse_line: Callable[[dict[str, Any]], T | None],
    *,
    path: str = "",
    window: float = 86_400.0,
    at: tuple[str, ...] = TIME_PATHS,
    **feed: Any,
) -> Log[T]:
    """Return a log feed; `feed` takes what `Feed` takes (ages, example, producer, doc, optional).

    `parse_line` turns a raw row into a typed one, returns None for a row of another kind and
    raises MalformedFeed or ValueError for a bad one.
    """

    def parse(rows: list[Any]) -> LogWindow[T]:
        return window_of(rows, parse_line, at)

    return Log(
        name, parse, path or f"{name}.jsonl", as_of=tuple(f"[-1].{path}" for path in at), root=list,
        parse_line=parse_line, window=window, at=at, **feed,
    )  # fmt: skip


def window_of(
    rows: Iterable[Any], parse_line: Callable[[dict[str, Any]], T | None], at: tuple[str, ...]
) -> LogWindow[T]:
    """Return raw rows as a complete window; what cannot be used is counted."""
    entries: list[Entry[T]] = []
    counts = {"rejected": 0, "undated": 0, "foreign": 0}
    for row in rows:
        made = parse_row(row, parse_line, at)
        if isinstance(made, Entry):
            entries.append(made)
        else:
            counts[made] += 1
    entries.sort(key=lambda entry: entry.at)
    return LogWindow(tuple(entries), entries[0].at if entries else None, complete=True, **counts)


def parse_row(
    row: Any, parse_line: Callable[[dict[str, Any]], T | None], at: tuple[str, ...]
) -> Entry[T] | str:
    """Return a raw row as an entry, or what to count it as: rejected, undated or foreign."""
    if not isinstance(row, dict):
        return "rejected"
    try:
        value = parse_line(row)
    except (MalformedFeed, ValueError):
        return "rejected"
    if value is None:
        return "foreign"
    for path in at:
        try:
            return Entry(parse_time(lookup(row, path)), value)
        except ValueError:
            continue
    return "undated"
