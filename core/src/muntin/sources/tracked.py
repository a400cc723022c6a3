"""One feed's file: what was last seen of it, and whether that is believed yet."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from muntin.feeds import Feed
from muntin.sources.decode import Undecodable, decode
from muntin.sources.files import LIMIT, Content, Stamp, Unreadable, read_file, stamp
from muntin.state import Reading, Status, failed, read

#: Seconds a file must stay undecodable, or away, before that is said of it.
SETTLED = 0.25

#: Seconds of doubt at most, for a file that never holds still.
PATIENCE = 2.0

#: Seconds until a file is looked at again though nothing about it changed: what was written within
#: one tick of the file system's clock shows in no stamp, and what was in the way may be gone.
AGAIN = 1.0

_FIRST_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a file, before it is believed."""

    status: Status
    problem: str
    absent: bool = False


class TrackedFile:
    """Looks at one file and tells what is new about it; `due` is when it wants to be asked again.

    A fault is doubted first: a file is often replaced by truncating and writing, and what is half
    written is whole a moment later.
    """

    def __init__(
        self, feed: Feed[Any], path: Path, clock: Callable[[], float], limit: int = LIMIT
    ) -> None:
        self.feed = feed
        self.path = path
        self.due = -math.inf
        self._clock = clock
        self._limit = limit
        self._seen = False
        self._state: Stamp | str = ""
        self._digest = b""
        self._undecodable: tuple[bytes, Undecodable] | None = None
        self._told: _Fault | None = None
        self._doubt_began = math.inf
        self._still_since = math.inf
        self._doubted_state: Stamp | str = ""
        self._doubt_time = 0.0

    @property
    def in_doubt(self) -> bool:
        """True while a fault has been seen and not been told."""
        return self._doubt_began < math.inf

    def look(self, *, named: bool = False, impatient: bool = False) -> Reading | None:
        """Return a reading if there is something new to tell.

        The file is read if its stamp changed, if it is `named` as changed, or if it is due.
        `impatient` ends any doubt.
        """
        state = _state(self.path)
        asked = named or impatient or time.monotonic() >= self.due
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
        except Undecodable as error:
            status = Status.EMPTY if error.empty else Status.UNREADABLE
            return self._doubt(_Fault(status, error.problem), impatient=impatient)

    def _decoded(self, content: Content) -> Reading | None:
        digest = hashlib.blake2b(content.data, digest_size=16).digest()
        if digest == self._digest:
            self._believe()
            return None
        started = time.perf_counter()
        raw = self._decode_once(content.data, digest)
        reading = read(
            self.feed, raw, self._now(),
            size=content.stamp.size, modified_at=content.stamp.modified_at,
        )  # fmt: skip
        self._believe()
        self._told = None
        self._digest = digest
        self.due = time.monotonic() + AGAIN
        return replace(reading, parse_seconds=time.perf_counter() - started)

    def _decode_once(self, data: bytes, digest: bytes) -> Any:
        if self._undecodable is not None and self._undecodable[0] == digest:
            raise self._undecodable[1]
        try:
            return decode(data)
        except Undecodable as error:
            self._undecodable = digest, error
            raise

    def _believe(self) -> None:
        self._seen = True
        self._undecodable = None
        self._doubt_began = self._still_since = math.inf

    def _unreadable(self, error: Unreadable, *, impatient: bool) -> Reading | None:
        if error.absent and not self._seen:
            fault = _Fault(Status.MISSING, f"never seen: {error.problem}", absent=True)
            return self._doubt(fault, impatient=True)
        fault = _Fault(Status.UNREADABLE, error.problem, error.absent)
        return self._doubt(fault, impatient=impatient)

    def _doubt(self, fault: _Fault, *, impatient: bool) -> Reading | None:
        now = time.monotonic()
        if not self.in_doubt:
            self._doubt_began = self._still_since = now
            self._doubt_time = self._clock()
        elif self._state != self._doubted_state:
            self._still_since = now
        self._doubted_state = self._state
        settles = min(self._still_since + SETTLED, self._doubt_began + PATIENCE)
        if not impatient and now < settles:
            self.due = min(now + max(_FIRST_PAUSE, now - self._still_since), settles)
            return None
        return self._tell(fault)

    def _tell(self, fault: _Fault) -> Reading | None:
        self._doubt_began = self._still_since = math.inf
        if not fault.absent:
            self._seen = True
            self.due = time.monotonic() + AGAIN
        if fault == self._told:
            return None
        self._told = fault
        self._digest = b""
        problem = fault.problem
        if fault.absent and fault.status is Status.UNREADABLE:
            problem = f"gone since {_moment(self._doubt_time):%Y-%m-%d %H:%M:%S} UTC: {problem}"
        return failed(self.feed, fault.status, problem, self._now(), **self._facts())

    def _facts(self) -> dict[str, Any]:
        if isinstance(self._state, str):
            return {}
        return {"size": self._state.size, "modified_at": self._state.modified_at}

    def _now(self) -> datetime:
        return _moment(self._clock())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _state(path: Path) -> Stamp | str:
    """Return the file's stamp, or in words why it has none."""
    try:
        return stamp(path)
    except Unreadable as error:
        return error.problem
