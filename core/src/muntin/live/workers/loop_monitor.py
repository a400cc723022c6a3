"""The event loop's pulse: for how long it was held, measured without waking it."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections import deque

#: Seconds that a viewer may notice; the loop should never be held for longer.
BLOCK = 0.02
#: Seconds of which the longest hold is remembered.
SPAN = 60


class LoopMonitor(selectors.DefaultSelector):
    """A selector that measures the time between its waits: that is how long the loop was held.

    A wait that ends later than it was to end counts as well: another thread had the interpreter
    for so long, or the machine no core to spare.
    """

    def __init__(self) -> None:
        super().__init__()
        #: Holds longer than `BLOCK` since the start, and the longest of all.
        self.blocks = 0
        self.worst = 0.0
        self._woke = time.monotonic()
        self._seconds: deque[tuple[int, float]] = deque(maxlen=SPAN)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for events, and note for how long the loop did not, or could not."""
        began = time.monotonic()
        self._note(began, began - self._woke)
        try:
            return super().select(timeout)
        finally:
            self._woke = time.monotonic()
            late = 0.0 if timeout is None else self._woke - began - max(0.0, timeout)
            if late > BLOCK:
                self._note(self._woke, late)

    def _note(self, now: float, held: float) -> None:
        self.blocks += held > BLOCK
        self.worst = max(self.worst, held)
        second = int(now)
        if not self._seconds or self._seconds[-1][0] != second:
            self._seconds.append((second, held))
        elif held > self._seconds[-1][1]:
            self._seconds[-1] = (second, held)

    def longest(self) -> float:
        """Return the longest hold of the last minute, seconds."""
        start = int(time.monotonic()) - SPAN
        return max((held for second, held in self._seconds if second >= start), default=0.0)


def measured_loop(loop_monitor: LoopMonitor) -> asyncio.AbstractEventLoop:
    """Return an event loop with a pulse."""
    return asyncio.SelectorEventLoop(loop_monitor)
