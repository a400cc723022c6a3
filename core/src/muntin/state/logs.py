"""Logs as feeds: JSON Lines files of which a window of time is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from muntin.state.feeds import TIME_PATHS, Feed
from muntin.state.fields import parse_time
from muntin.state.nodes import lookup

T = TypeVar("T")

#: Rows kept in memory and bytes read at first, unless the log says otherwise.
MAX_ROWS = 200_000
MAX_BYTES = 64 * 1024 * 1024

#: What a row parser, which is a plugin's code, may raise for a bad row; MalformedFeed is one.
_ROW_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One row of a log with its time."""

    at: datetime
    value: T


@dataclass(frozen=True, slots=True)
class LogWindow(Generic[T]):
    """The rows of a log within its window, oldest first, and counts of the other rows."""

    entries: tuple[Entry[T], ...] = ()
    #: Every row from this instant on is kept; None if that is not known.
    since: datetime | None = None
    #: True if the rows reach back to the window's start; otherwise counts are "at least".
    complete: bool = False
    #: Lines that are not JSON objects or that the row parser refused.
    rejected: int = 0
    #: Rows without a usable time; no window contains them.
    undated: int = 0
    #: Rows of other kinds, for which the row parser returned None.
    foreign: int = 0
    #: Rows whose time lies in the future; they enter the window at that time.
    ahead: int = 0

    def within(self, seconds: float, now: datetime) -> tuple[Entry[T], ...]:
        """Return the entries of the last `seconds` before `now`."""
        start = now - timedelta(seconds=seconds)
        return tuple(entry for entry in self.entries if start <= entry.at <= now)

    def covers(self, seconds: float, now: datetime) -> bool:
        """Return True if every row of the last `seconds` is kept; else counts are "at least"."""
        start = now - timedelta(seconds=seconds)
        return self.complete or (self.since is not None and self.since <= start)


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
    #: Other places of the log, relative like `path`; the first that exists is followed.
    also: tuple[str, ...] = ()
    #: Maximum number of rows kept, the newest; the window is incomplete if older ones are dropped.
    max_rows: int = MAX_ROWS
    #: Maximum number of bytes read at first, back from the end of the log.
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        Feed.__post_init__(self)
        if self.window <= 0 or self.max_rows < 1 or self.max_bytes < 1:
            raise ValueError(f"log {self.name!r}: window, max_rows and max_bytes must be above 0")

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the log is looked for, in this order."""
        return (self.path, *self.also)

    def same_document(self, other: Feed[Any]) -> bool:
        """Return True if both follow one log in the same way; row parsers may differ."""
        return (
            isinstance(other, Log)
            and Feed.same_document(self, other)
            and (self.window, self.at, self.also) == (other.window, other.at, other.also)
        )


def log(
    name: str,
    parse_line: Callable[[dict[str, Any]], T | None],
    *,
    path: str = "",
    window: float = 86_400.0,
    at: tuple[str, ...] = TIME_PATHS,
    also: tuple[str, ...] = (),
    **feed: Any,
) -> Log[T]:
    """Return a log feed; `feed` takes what `Feed` takes (ages, example, producer, doc, optional).

    It also takes the bounds `max_rows` and `max_bytes`. `path` and the alternatives `also` are
    relative to the source's root: ``../execution/risk_vetoes.jsonl``.

    `parse_line` turns a raw row into a typed one, returns None for a row of another kind and
    raises MalformedFeed or ValueError for a bad one.
    """

    def parse(rows: list[Any]) -> LogWindow[T]:
        return window_of(rows, parse_line, at)

    return Log(
        name,
        parse,
        path or f"{name}.jsonl",
        as_of=tuple(f"[-1].{path}" for path in at),
        root=list,
        parse_line=parse_line,
        window=window,
        at=at,
        also=also,
        **feed,
    )


def window_of(
    rows: Iterable[Any], parse_line: Callable[[dict[str, Any]], T | None], at: tuple[str, ...]
) -> LogWindow[T]:
    """Return raw rows as a complete window; rows that cannot be used are counted."""
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
    return classify(row, row_time(row, at), parse_line)


def classify(
    row: Any, time: datetime | None, parse_line: Callable[[dict[str, Any]], T | None]
) -> Entry[T] | str:
    """Return a raw row with its time as an entry, or what to count it as."""
    if not isinstance(row, dict):
        return "rejected"
    try:
        value = parse_line(row)
    except _ROW_FAULTS:
        return "rejected"
    if value is None:
        return "foreign"
    return "undated" if time is None else Entry(time, value)


def row_time(row: Any, at: tuple[str, ...]) -> datetime | None:
    """Return the first usable time at one of the JSON paths; None if there is none."""
    if not isinstance(row, dict):
        return None
    for path in at:
        found = row.get(path)
        if found is None and ("." in path or "[" in path):
            found = lookup(row, path)
        if found is not None:
            try:
                return parse_time(found)
            except ValueError:
                continue
    return None
