"""The rows of a log that are held in memory, from which its window is made."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from muntin.sources.logs.rows import Batch, Tally, latest, minute_of
from muntin.state.logs import Entry, Log, LogWindow
from muntin.state.snapshots import SKEW


def _at(entry: Entry[Any]) -> datetime:
    return entry.at


class RowBuffer:
    """The entries of one log's window, at most `max_rows`, and how far back they are complete."""

    def __init__(self, log: Log[Any]) -> None:
        self._log = log
        self._entries: list[Entry[Any]] = []
        self._tally: Tally = Counter()
        #: Lines ever read, blank ones left out.
        self.lines = 0
        #: The last time of any row that is not in the future.
        self.newest: datetime | None = None
        self._ahead: datetime | None = None
        #: RowBuffer without a gap from here on; with `whole`, the log began here.
        self._since: datetime | None = None
        self._whole = True

    @property
    def as_of(self) -> datetime | None:
        """The time of the newest row; of one in the future only if there is no other."""
        return self.newest or self._ahead

    def begin(self, batch: Batch, start: datetime, *, whole: bool) -> None:
        """Start with the first batch; `whole` says that it reaches back to where the log began."""
        self._whole = whole and not (batch.cut_off or batch.reached)
        self._since = start if batch.reached else batch.first
        self.add(batch)

    def add(self, batch: Batch) -> None:
        """Add the next batch; if it is cut off, the window is complete only from there on."""
        if batch.cut_off:
            self.break_at(batch.first)
        self.lines += batch.lines
        self._tally.update(batch.tally)
        self.newest = latest(self.newest, batch.newest)
        self._ahead = latest(self._ahead, batch.ahead)
        if self._whole and self._since is None:
            self._since = batch.first
        self._insert(batch.entries)

    def break_at(self, time: datetime | None) -> None:
        """Note that rows before `time` may have been missed."""
        self._whole = False
        self._since = time

    def _insert(self, entries: list[Entry[Any]]) -> None:
        entries.sort(key=_at)
        in_order = not (entries and self._entries) or self._entries[-1].at <= entries[0].at
        self._entries += entries
        if not in_order:
            self._entries.sort(key=_at)
        surplus = len(self._entries) - self._log.max_rows
        if surplus > 0:
            del self._entries[:surplus]
            self.break_at(latest(self._since, self._entries[0].at))

    def expired(self, now: datetime) -> bool:
        """Return True if entries have left the window since it was last made."""
        slack = min(60.0, self._log.window / 100)
        start = now - timedelta(seconds=self._log.window + slack)
        return bool(self._entries) and self._entries[0].at < start

    def window(self, now: datetime) -> LogWindow[Any]:
        """Return the window as it is at an instant; what is older is forgotten."""
        start = now - timedelta(seconds=self._log.window)
        self._forget(start)
        past = bisect_right(self._entries, now + SKEW, key=_at)
        if past:
            self.newest = latest(self.newest, self._entries[past - 1].at)
        since = self._since
        counts: Counter[str] = Counter()
        for (_, kind), count in self._tally.items():
            counts[kind] += count
        return LogWindow(
            tuple(self._entries[:past]),
            since,
            self._whole or (since is not None and since <= start),
            counts["rejected"],
            counts["undated"],
            counts["foreign"],
            len(self._entries) - past,
        )

    def _forget(self, start: datetime) -> None:
        del self._entries[: bisect_left(self._entries, start, key=_at)]
        first = minute_of(start)
        for minute, kind in [key for key in self._tally if key[0] < first]:
            del self._tally[minute, kind]
