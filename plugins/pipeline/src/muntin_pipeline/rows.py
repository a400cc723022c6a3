"""What the panels share: a document that is absent, and the window of a log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from muntin import Entry, Feed, Field, LogWindow, Presence, Snapshot, Status
from muntin.ui import Note, plural

DAY = 86_400.0
#: Clocks may differ by this much before a row counts as dated in the future.
SKEW = timedelta(seconds=5)


_WHY = {
    Status.MISSING: "was never seen",
    Status.EMPTY: "holds no data",
    Status.MALFORMED: "has the wrong shape",
    Status.UNREADABLE: "cannot be read",
}


def absence(snapshot: Snapshot, feed: Feed[Any], what: str, hint: str = "") -> Note | None:
    """Return a sentence on a document that has no value, with the reason; None if it has one."""
    reading = snapshot.reading(feed)
    if reading.has_value:
        return None
    why = _WHY.get(reading.fault or Status.MISSING, "has no value")
    name = feed.path.rpartition("/")[2]
    return Note(f"No {what}: {name} {why}.{f' {hint}' if hint else ''}", "none")


def counted(value: int, feed: Feed[Any], path: str, formula: str) -> Field[int]:
    """Return a number of rows as a field of their log."""
    return Field(value, "count", feed.name, path, presence=Presence.OK, formula=formula)


@dataclass(frozen=True)
class Span:
    """The last 24 hours before an instant, as far as a log is held."""

    now: datetime
    window: LogWindow[Any]

    @cached_property
    def entries(self) -> tuple[Entry[Any], ...]:
        """The rows of the last 24 hours, oldest first."""
        return self.window.within(DAY, self.now)

    @property
    def start(self) -> datetime:
        """When the 24 hours begin."""
        return self.now - timedelta(seconds=DAY)

    def at_least(self, number: int) -> str:
        """Return a number, as "at least n" where the log does not reach the window's start."""
        return f"{number:,}" if self.window.complete else f"at least {number:,}"

    @property
    def words(self) -> str:
        """The window in words: ``in the 24 h to 20:15 UTC``."""
        return f"in the 24 h to {self.now:%H:%M} UTC"

    def nothing(self, noun: str) -> Note:
        """Return the sentence that says that there is none of it, as far as can be known."""
        limit = "" if self.window.complete else ", as far as the log is held"
        return Note(f"No {noun} {self.words}{limit}.", "none")

    def notes(self) -> Iterator[Note]:
        """Yield what the counts leave out, and from when on the log is held."""
        if not self.window.complete:
            since = self.window.since
            held = (
                f"is held only since {since:%H:%M} UTC, {since.day} {since:%b}"
                if since
                else ("is not held back to the window's start")
            )
            yield Note(f"The log {held}: counts are “at least”.", "none")
        left = ", ".join(self._left_out())
        if left:
            yield Note(f"Not counted: {left}.", "none")

    def _left_out(self) -> Iterator[str]:
        window = self.window
        late = sum(entry.at > self.now + SKEW for entry in window.entries)
        for number, one, many in (
            (window.rejected, "unreadable line", "unreadable lines"),
            (window.undated, "row without a usable time", "rows without a usable time"),
            (window.foreign, "row of another kind", "rows of other kinds"),
            (max(window.ahead, late), "row dated in the future", "rows dated in the future"),
        ):
            if number:
                yield plural(number, one, many)
