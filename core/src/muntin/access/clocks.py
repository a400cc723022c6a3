"""Clocks that access control goes by."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], float]


def steady_clock() -> Clock:
    """Return a clock of epoch seconds that no change of the wall clock moves.

    Sessions and tokens go by it, so a step of the wall clock signs nobody out and lets no one
    stay longer.
    """
    offset = time.time() - _ticks()
    return lambda: offset + _ticks()


def _ticks() -> float:
    """Return seconds that only grow; on Linux also while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
