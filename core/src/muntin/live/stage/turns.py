"""Turns at drawing: a crowd of stages draws a few at a time and leaves the event loop its share."""

from __future__ import annotations

import threading
import time
from types import TracebackType

#: Stages that draw at a time.
SIZE = 2
#: Seconds after which a stage that still draws no longer counts: its view may hang.
PATIENCE = 0.5


class Turns:
    """A context manager that lets `SIZE` threads in at a time, and more beside those that hang."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        #: When each thread that is in came in, by its id.
        self._since: dict[int, float] = {}

    def __enter__(self) -> None:
        """Wait for a turn."""
        with self._free:
            while left := self._left():
                self._free.wait(left)
            self._since[threading.get_ident()] = time.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the turn to the next one."""
        with self._free:
            del self._since[threading.get_ident()]
            self._free.notify()

    def _left(self) -> float:
        """Return for how many seconds to wait at most before looking again; 0 for a turn now."""
        now = time.monotonic()
        left = sorted(PATIENCE - (now - since) for since in self._since.values())
        counting = [seconds for seconds in left if seconds > 0]
        return counting[0] if len(counting) >= SIZE else 0.0
