"""Rows of a log: lines to typed entries, and counts of what could not be used."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from muntin.sources.decoding import Undecodable, decode_json
from muntin.sources.decoding.json_text import DEEPEST
from muntin.sources.logs.lines import LONGEST_LINE, Lines, LogFile
from muntin.state.logs import Entry, Log, classify, row_time
from muntin.state.snapshots import SKEW

#: What is counted: the minute (of epoch time) and what was wrong with the row.
Tally = Counter[tuple[int, str]]


@dataclass(slots=True)
class Batch:
    """The rows read at one look at a log."""

    #: Entries within the window, in the order of the file.
    entries: list[Entry[Any]] = field(default_factory=list)
    tally: Tally = field(default_factory=Counter)
    #: Lines that were not blank.
    lines: int = 0
    #: The time of the first row in the file that has one, and the latest; of the future apart.
    first: datetime | None = None
    newest: datetime | None = None
    ahead: datetime | None = None
    #: True if reading ended because the rows were older than the window.
    reached: bool = False
    #: True if reading ended because a bound was hit.
    cut_off: bool = False

    def append(self, newer: Batch) -> None:
        """Add what was read of a later part of the log."""
        self.entries += newer.entries
        self.tally.update(newer.tally)
        self.lines += newer.lines
        self.first = self.first or newer.first
        self.newest = latest(self.newest, newer.newest)
        self.ahead = latest(self.ahead, newer.ahead)


def latest(*times: datetime | None) -> datetime | None:
    """Return the last of the times that are known, None if none is."""
    return max((time for time in times if time is not None), default=None)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a log that is to be read: a file from an offset on."""

    file: LogFile
    lines: Lines
    #: True for a rotated file: what follows its last newline will not grow any more.
    finished: bool = False

    def chunks(self) -> Iterator[bytes]:
        """Yield chunks of lines, the last first; a torn end only if it proves to be a row."""
        lines = iter(self.lines)
        first = next(lines, None)
        if self.finished and self.lines.torn and isinstance(decode_line(self.lines.torn), dict):
            yield self.lines.torn
        if first is not None:
            yield first
            yield from lines


class RowReader:
    """Reads rows of one log from the end back, until its window's start or a bound is reached."""

    def __init__(self, log: Log[Any], now: datetime) -> None:
        self._log = log
        self.start = now - timedelta(seconds=log.window)
        self._limit = now + SKEW
        self._now = now

    def read(self, segments: Iterable[Segment]) -> Batch:
        """Return the rows of the segments, which come newest first, oldest row first."""
        batches: list[Batch] = []
        found = Batch()
        held, left = 0, self._log.max_bytes
        for segment in segments:
            before = segment.file.bytes_read
            segment.lines.limit = left
            for chunk in segment.chunks():
                batches.append(self._chunk(chunk))
                held += len(batches[-1].entries)
                found.reached = self._is_old(batches[-1])
                found.cut_off = held > self._log.max_rows
                if found.reached or found.cut_off:
                    return _joined(batches, found)
            left -= segment.file.bytes_read - before
            if left <= 0:
                found.cut_off = True
                break
        return _joined(batches, found)

    def _is_old(self, batch: Batch) -> bool:
        return batch.newest is not None and batch.newest < self.start

    def _chunk(self, chunk: bytes) -> Batch:
        batch = Batch()
        waiting: Counter[str] = Counter()
        time: datetime | None = None
        for line in chunk.split(b"\n"):
            if line and not line.isspace():
                batch.lines += 1
                row = decode_line(line)
                at = row_time(row, self._log.at)
                time = at or time
                kind = self._row(row, at, batch)
                if kind and (time is None or time >= self.start):
                    waiting[kind] += 1
                if time is not None and waiting:
                    _count(batch, waiting, time)
        if waiting:
            _count(batch, waiting, self._now)
        return batch

    def _row(self, row: Any, at: datetime | None, batch: Batch) -> str:
        """Keep a row that is an entry; return what to count it as otherwise."""
        if at is not None:
            self._note(batch, at)
            if at < self.start:
                return ""
        made = classify(row, at, self._log.parse_line)
        if isinstance(made, str):
            return made
        batch.entries.append(made)
        return ""

    def _note(self, batch: Batch, at: datetime) -> None:
        if at > self._limit:
            batch.ahead = latest(batch.ahead, at)
            return
        batch.first = batch.first or at
        if batch.newest is None or at > batch.newest:
            batch.newest = at


def _count(batch: Batch, waiting: Counter[str], time: datetime) -> None:
    minute = minute_of(time)
    for kind, count in waiting.items():
        batch.tally[minute, kind] += count
    waiting.clear()


def _joined(batches: list[Batch], whole: Batch) -> Batch:
    """Return the batches, the newest of which comes first, as one in the order of the file."""
    for batch in reversed(batches):
        whole.append(batch)
    return whole


def minute_of(time: datetime) -> int:
    """Return the minute of epoch time."""
    return int(time.astimezone(UTC).timestamp() // 60)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands more than once")
    return found


_PLAIN = json.JSONDecoder(object_pairs_hook=_unique, strict=False)


def decode_line(line: bytes) -> Any:
    """Return the JSON of a line as `decode_json` does, None without; fast for usual lines."""
    if len(line) > LONGEST_LINE:
        return None
    usual = b"\\u" not in line and line.count(b"{") + line.count(b"[") <= DEEPEST
    try:
        return _PLAIN.decode(line.decode()) if usual else decode_json(line)
    except (UnicodeDecodeError, ValueError):
        pass
    try:
        return decode_json(line) if usual else None
    except Undecodable:
        return None
