"""One log as a source sees it: what is new of it is read, told once, and doubted where odd."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muntin.logs import Log
from muntin.sources.files import Stamp, Unreadable, stamp
from muntin.sources.held import Held
from muntin.sources.tail import exists
from muntin.sources.tracked import AGAIN, SETTLED
from muntin.sources.trail import Trail
from muntin.state import Reading, Status, failed

_PAUSE = 0.05


class FollowedLog:
    """Looks at one log and tells what is new about it; `due` is when it wants to be asked again.

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
        self._trail = Trail(feed)
        self._state: tuple[Path, Stamp | str] | None = None
        self._doubt_began = math.inf
        self._told: tuple[int, int] | str | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes read of the log so far, those it is recognised by included."""
        return self._trail.bytes_read

    @property
    def in_doubt(self) -> bool:
        """True while something odd has been seen and not been told."""
        return self._doubt_began < math.inf

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
            return self._read(sure=self._settled(impatient=impatient))
        except Unreadable as error:
            return self._unreadable(error, impatient=impatient)

    def _settled(self, *, impatient: bool) -> bool:
        return impatient or time.monotonic() >= self._doubt_began + SETTLED

    def _read(self, *, sure: bool) -> Reading | None:
        started = time.perf_counter()
        if not exists(self.path):
            stamp(self.path)  # says why it is absent
        now = self._now()
        if not self._trail.follow(self.path, now, sure=sure) or self._trail.held is None:
            self._doubt()
            return None
        self._doubt_began = math.inf
        held = self._trail.held
        news = (held.lines, self._trail.breaks)
        if news == self._told:
            return self._expired()
        self._told = news
        return replace(self._reading(held, now), parse_seconds=time.perf_counter() - started)

    def _expired(self) -> Reading | None:
        """Return the window as it is now where entries have grown too old for it."""
        held, now = self._trail.held, self._now()
        if held is None or self.in_doubt or isinstance(self._told, str) or not held.expired(now):
            return None
        return self._reading(held, now)

    def _reading(self, held: Held, now: datetime) -> Reading:
        value = held.window(now)
        raw = {
            "rows": held.lines, "breaks": self._trail.breaks, "entries": len(value.entries),
            "rejected": value.rejected, "undated": value.undated, "foreign": value.foreign,
        }  # fmt: skip
        reading = Reading(self.feed, value, raw, held.as_of, seen_at=now, **self._facts())
        if held.lines:
            return reading
        return replace(
            reading, fault=Status.EMPTY, problem="the log holds no row yet", fault_since=now
        )  # fmt: skip

    def _doubt(self) -> None:
        now = time.monotonic()
        self._doubt_began = min(self._doubt_began, now)
        self.due = min(now + _PAUSE, self._doubt_began + SETTLED)

    def _unreadable(self, error: Unreadable, *, impatient: bool) -> Reading | None:
        never = error.absent and self._trail.held is None
        if not never and not (self._settled(impatient=impatient) or self._told == error.problem):
            self._doubt()
            return None
        self._doubt_began = math.inf
        self.due = time.monotonic() + AGAIN
        if self._told == error.problem:
            return None
        self._told = error.problem
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
