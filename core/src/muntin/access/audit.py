"""The audit: one bounded line of JSON for everything that somebody did or tried."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger("muntin.access")

#: Bytes of a line, and characters of one value in it, at most.
MAX_LINE, MAX_VALUE = 2048, 200

#: Lines that may wait to be written; a disk that hangs must not hold up the pages.
WAITING = 10_000

#: Parts of keys whose values are never written.
_SECRET = ("password", "secret", "token", "cookie", "csrf", "code", "authorization")


def line_of(at: float, event: str, name: str, address: str, what: dict[str, Any]) -> str:
    """Return the line for an event, without its end: one line, whatever is in the values."""
    head = {
        "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
        "event": _plain(event),
        "name": _plain(name),
        "address": _plain(address),
    }
    rest = {_plain(key): _told(key, value) for key, value in what.items() if key not in head}
    text = json.dumps({**head, **rest})  # ASCII only: control characters are escaped
    if len(text) < MAX_LINE:
        return text
    text = json.dumps({**head, "cut": True})
    return text if len(text) < MAX_LINE else json.dumps({"at": head["at"], "cut": True})


def _told(key: str, value: Any) -> Any:
    if any(word in key.lower() for word in _SECRET):
        return "***"
    plain = value is None or isinstance(value, bool)
    number = isinstance(value, (int, float)) and abs(value) < 1e15  # no infinity, nor NaN
    return value if plain or number else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, int):
        return "a number too large"
    return str(value)[:MAX_VALUE]


class Audit:
    """Writes lines to a file or standard output, in their order, from a thread of its own."""

    def __init__(self, to: str, clock: Callable[[], float] = time.time) -> None:
        self._to, self._clock = to, clock
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._lost = 0
        self._broken = False

    def __call__(self, event: str, name: str = "", address: str = "", **what: Any) -> None:
        """Write that something happened; returns at once."""
        if not self._to:
            return
        if self._lost:
            what["lost_before"] = self._lost
        try:
            self._lines.put_nowait(line_of(self._clock(), event, name, address, what))
        except queue.Full:
            self._lost += 1
            return
        self._lost = 0
        self._begin()

    def close(self) -> None:
        """Return when all that was told is written."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            with contextlib.suppress(queue.Full):  # the disk hangs: what waits is lost
                self._lines.put(None, timeout=1.0)
                thread.join(5.0)

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._writing, name="muntin-audit", daemon=True
                )
                self._thread.start()

    def _writing(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line + "\n")
                self._broken = False
            except (OSError, ValueError) as error:  # ValueError: standard output is closed
                if not self._broken:
                    log.warning(
                        "the audit cannot be written", to=self._to, problem=str(error)[:200]
                    )
                self._broken = True

    def _write(self, line: str) -> None:
        if self._to == "-":
            sys.stdout.write(line)
            sys.stdout.flush()
            return
        # Opened for each line, so that a file moved away by a log rotation is followed.
        file = os.open(Path(self._to), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line.encode("ascii"))
        finally:
            os.close(file)
