"""The file of one feed: what was last seen of it, and whether to believe that."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.sources.decoding import Undecodable, decode
from muntin.sources.doubt import Doubt
from muntin.sources.files.reading import LIMIT, Content, Stamp, Unreadable, read_file, stamp
from muntin.sources.readings import Reporter
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, Status

#: Seconds until a file is looked at again though nothing about it changed: what was written within
#: one tick of the file system's clock shows in no stamp, and what was in the way may be gone.
AGAIN = 1.0


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a file."""

    status: Status
    problem: str
    absent: bool = False


class DocumentFile:
    """Reads the file of one feed when it changes; `due` is when it must be looked at again.

    A fault is doubted first: a file is often replaced by truncating and writing, and what is half
    written is whole a moment later.
    """

    def __init__(
        self,
        feed: Feed[Any],
        path: Path,
        clock: Callable[[], float],
        limit: int = LIMIT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.feed = feed
        self.path = path
        self.due = -math.inf
        self._clock = clock
        self._limit = limit
        self._report = Reporter(feed, clock, path.name)
        self._monotonic = monotonic
        self._doubt = Doubt(monotonic=monotonic)
        self._doubted_at = 0.0
        self._seen = False
        self._state: Stamp | str = ""
        self._digest = b""
        self._undecodable: tuple[bytes, Exception] | None = None

    @property
    def in_doubt(self) -> bool:
        """True while a fault has been seen and is not believed yet."""
        return self._doubt.open

    def look(self, *, named: bool = False, impatient: bool = False) -> Reading | None:
        """Return a reading if there is something new to tell.

        The file is read if its stamp changed, if it is `named` as changed, or if it is due.
        `impatient` ends any doubt.
        """
        state = _state(self.path)
        asked = named or impatient or self._monotonic() >= self.due
        if state == self._state and not asked:
            return None
        self._state = state
        self.due = math.inf
        try:
            content = read_file(self.path, self._limit)
        except Unreadable as error:
            return self._unreadable(error, impatient=impatient)
        self._state = content.stamp
        try:
            return self._decoded(content)
        except (Undecodable, EmptyFeed, MalformedFeed) as error:
            return self._hold_back(_fault_of(error), impatient=impatient)

    def _decoded(self, content: Content) -> Reading | None:
        digest = hashlib.blake2b(content.data, digest_size=16).digest()
        if digest == self._digest:
            self._believe()
            return None
        started = time.perf_counter()
        raw = self._decode_once(content.data, digest)
        stamp = content.stamp
        reading = self._report.value(raw, size=stamp.size, modified_at=stamp.modified_at)
        self._believe()
        self._digest = digest
        self.due = self._monotonic() + AGAIN
        return replace(reading, parse_seconds=time.perf_counter() - started)

    def _decode_once(self, data: bytes, digest: bytes) -> Any:
        if self._undecodable is not None and self._undecodable[0] == digest:
            raise self._undecodable[1]
        try:
            return decode(self.feed, data)
        except (Undecodable, EmptyFeed, MalformedFeed) as error:
            self._undecodable = digest, error
            raise

    def _believe(self) -> None:
        self._seen = True
        self._undecodable = None
        self._doubt.clear()

    def _unreadable(self, error: Unreadable, *, impatient: bool) -> Reading | None:
        if error.absent and not self._seen:
            fault = _Fault(Status.MISSING, f"never seen: {error.problem}", absent=True)
            return self._hold_back(fault, impatient=True)
        fault = _Fault(Status.UNREADABLE, error.problem, error.absent)
        return self._hold_back(fault, impatient=impatient)

    def _hold_back(self, fault: _Fault, *, impatient: bool) -> Reading | None:
        if not self._doubt.open:
            self._doubted_at = self._clock()
        if not self._doubt.lasts(self._state) and not impatient:
            self.due = self._doubt.due
            return None
        self._doubt.clear()
        return self._failed(fault)

    def _failed(self, fault: _Fault) -> Reading | None:
        if not fault.absent:
            self._seen = True
            self.due = self._monotonic() + AGAIN
        words = fault.problem
        if fault.absent and fault.status is Status.UNREADABLE:
            words = f"gone since {_moment(self._doubted_at):%Y-%m-%d %H:%M:%S} UTC: {words}"
        reading = self._report.failed(fault.status, fault.problem, words=words, **self._facts())
        if reading is not None:
            self._digest = b""
        return reading

    def _facts(self) -> dict[str, Any]:
        if isinstance(self._state, str):
            return {}
        return {"size": self._state.size, "modified_at": self._state.modified_at}


def _fault_of(error: Exception) -> _Fault:
    if isinstance(error, Undecodable):
        return _Fault(Status.EMPTY if error.empty else Status.UNREADABLE, error.problem)
    return _Fault(Status.EMPTY if isinstance(error, EmptyFeed) else Status.MALFORMED, str(error))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _state(path: Path) -> Stamp | str:
    """Return the file's stamp, or in words why it has none."""
    try:
        return stamp(path)
    except Unreadable as error:
        return error.problem
