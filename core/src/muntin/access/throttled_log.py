"""Warnings about what may go wrong many times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

#: Seconds between two equal warnings, and how many different ones are told apart.
EVERY, DISTINCT = 60.0, 100


class ThrottledLog:
    """Logs each warning at most once a minute. Safe for threads."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._log, self._clock = structlog.get_logger(name), clock
        self._lock = threading.Lock()
        self._logged_at: dict[tuple[str, ...], float] = {}

    def warning(self, event: str, **fields: Any) -> None:
        """Log a warning unless an equal one was logged within the last minute."""
        if self._is_due((event, *map(str, fields.values()))):
            self._log.warning(event, **fields)

    def _is_due(self, key: tuple[str, ...]) -> bool:
        now = self._clock()
        with self._lock:
            if now - self._logged_at.get(key, float("-inf")) < EVERY:
                return False
            if len(self._logged_at) >= DISTINCT:
                self._logged_at.clear()
            self._logged_at[key] = now
        return True
