"""One log as the directory source sees it: what is new, and what is wrong, is reported once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muntin.sources.doubt import Doubt
from muntin.sources.files.document import AGAIN
from muntin.sources.files.reading import Stamp, Unreadable, stamp
from muntin.sources.logs.follower import LogFollower
from muntin.sources.logs.rotation import exists
from muntin.sources.logs.window import RowBuffer
from muntin.state.logs import Log
from muntin.state.snapshots import Reading, Status, failed


class WatchedLog:
    """Reads one log on when it grows; `due` is when it must be looked at again.

    A log that is gone, cannot be read, or has become shorter is doubted first: it may be about to
    be rotated or rewritten.
    """

    def __init__(self, feed: Log[Any], root: Path, clock: Callable[[], float]) -> None:
        self.feed = feed
        #: Where the log may lie; the first that exists is followed.
        self.paths = tuple(Path(root, path) for path in feed.paths)
        #: Where it is looked for at present.
        self.path = self.paths[0]
        self.due = -math.inf
        self._clock = clock
        self._follower = LogFollower(feed)
        self._state: tuple[Path, Stamp | str] | None = None
        self._doubt = Doubt()
        self._reported: tuple[int, int] | str | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes read of the log so far, those it is recognised by included."""
        return self._follower.bytes_read

    @property
    def in_doubt(self) -> bool:
        """True while a fault has been seen and is not believed yet."""
        return self._doubt.open

    @property
    def folders(self) -> tuple[str, ...]:
        """The directories that exist of those the log may lie in."""
        return tuple(str(path.parent) for path in self.paths if path.parent.is_dir())

    def look(self, *, named: bool = False, impatient: bool = False) -> Reading | None:
        """Return a reading if there is something new to tell.

        The log is read if its stamp changed, if it is `named` as changed, or if it is due.
        `impatient` ends any doubt.
        """
        self.path = next((path for path in self.paths if exists(path)), self.path)
        state = (self.path, _state(self.path))
        asked = named or impatient or time.monotonic() >= self.due
        if state == self._state and not asked:
            return self._expired()
        changed = state != self._state
        self._state = state
        self.due = time.monotonic() + AGAIN if changed else math.inf
        try:
            return self._read(sure=impatient or self._doubt.lasted)
        except Unreadable as error:
            return self._unreadable(error, impatient=impatient)

    def _read(self, *, sure: bool) -> Reading | None:
        started = time.perf_counter()
        if not exists(self.path):
            stamp(self.path)  # says why it is absent
        now = self._now()
        if not self._follower.follow(self.path, now, sure=sure) or self._follower.held is None:
            self._hold_back()
            return None
        self._doubt.clear()
        held = self._follower.held
        news = (held.lines, self._follower.breaks)
        if news == self._reported:
            return self._expired()
        self._reported = news
        return replace(self._reading(held, now), parse_seconds=time.perf_counter() - started)

    def _expired(self) -> Reading | None:
        """Return the window as it is now where entries have grown too old for it."""
        held, now = self._follower.held, self._now()
        if (
            held is None
            or self.in_doubt
            or isinstance(self._reported, str)
            or not held.expired(now)
        ):
            return None
        return self._reading(held, now)

    def _reading(self, held: RowBuffer, now: datetime) -> Reading:
        value = held.window(now)
        raw = {
            "rows": held.lines,
            "breaks": self._follower.breaks,
            "entries": len(value.entries),
            "rejected": value.rejected,
            "undated": value.undated,
            "foreign": value.foreign,
        }
        reading = Reading(self.feed, value, raw, held.as_of, seen_at=now, **self._facts())
        if held.lines:
            return reading
        return replace(
            reading, fault=Status.EMPTY, problem="the log holds no row yet", fault_since=now
        )

    def _hold_back(self) -> None:
        self._doubt.lasts()
        self.due = self._doubt.due

    def _unreadable(self, error: Unreadable, *, impatient: bool) -> Reading | None:
        never = error.absent and self._follower.held is None
        believed = never or impatient or self._doubt.lasted or self._reported == error.problem
        if not believed:
            self._hold_back()
            return None
        self._doubt.clear()
        self.due = time.monotonic() + AGAIN
        if self._reported == error.problem:
            return None
        self._reported = error.problem
        if never:
            problem = f"never seen: {' nor '.join([error.problem, *map(str, self.paths[1:])])}"
            return failed(self.feed, Status.MISSING, problem, self._now())
        gone = f"gone since {self._now():%Y-%m-%d %H:%M:%S} UTC: " if error.absent else ""
        problem = gone + error.problem
        return failed(self.feed, Status.UNREADABLE, problem, self._now(), **self._facts())

    def _facts(self) -> dict[str, Any]:
        found = self._state[1] if self._state else ""
        if isinstance(found, str):
            return {}
        return {"size": found.size, "modified_at": found.modified_at}

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _state(path: Path) -> Stamp | str:
    """Return the live file's stamp, or in words why it has none."""
    try:
        return stamp(path)
    except Unreadable as error:
        return error.problem
