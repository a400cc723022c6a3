"""The audit: one bounded line of JSON for each thing that users did or tried."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import queue
import stat
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger("muntin.access")

#: Bytes of a line with its end and a count of lost lines, and characters of one value, at most.
MAX_LINE, MAX_VALUE = 2048, 200
_ROOM = 48

#: Lines that may wait to be written; a disk that hangs must not delay the pages.
WAITING = 10_000

#: Parts of keys whose values are never written.
_SECRET = ("password", "secret", "token", "cookie", "csrf", "code", "authorization")


def line_of(at: float, event: str, name: str, address: str, what: dict[str, Any]) -> str:
    """Return the line of an event without its newline: one line, whatever the values hold."""
    head = {
        "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
        "event": _plain(event),
        "name": _plain(name),
        "address": _plain(address),
    }
    rest = {_plain(key): _safe(key, value) for key, value in what.items() if key not in head}
    text = json.dumps({**head, **rest})  # ASCII only: control characters are escaped
    if len(text) < MAX_LINE - _ROOM:
        return text
    text = json.dumps({**head, "cut": True})
    return text if len(text) < MAX_LINE - _ROOM else json.dumps({"at": head["at"], "cut": True})


def _safe(key: str, value: Any) -> Any:
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
        #: Lines, each with how many before it were dropped here; None ends the thread.
        self._lines: queue.Queue[tuple[str, int] | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._lost = 0
        #: Lines that could not be written; of the writing thread alone.
        self._unwritten = 0

    def __call__(self, event: str, name: str = "", address: str = "", **what: Any) -> None:
        """Write an event; returns at once."""
        if not self._to:
            return
        line = line_of(self._clock(), event, name, address, what)
        try:
            self._lines.put_nowait((line, self._lost))
        except queue.Full:
            self._lost += 1
            return
        self._lost = 0
        self._ensure_thread()

    def close(self) -> None:
        """Return when everything is written, or after a few seconds."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            with contextlib.suppress(queue.Full):  # the disk hangs: waiting lines are lost
                self._lines.put(None, timeout=1.0)
                thread.join(5.0)

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._writing, name="muntin-audit", daemon=True
                )
                self._thread.start()

    def _writing(self) -> None:
        while (waiting := self._lines.get()) is not None:
            line, lost = waiting
            lost += self._unwritten
            if lost:
                line = f'{line[:-1]}, "lost_before": {lost}}}'
            try:
                self._write(line + "\n")
                self._unwritten = 0
            except (OSError, ValueError) as error:  # ValueError: standard output is closed
                if not self._unwritten:
                    log.warning(
                        "the audit cannot be written", to=self._to, problem=str(error)[:200]
                    )
                self._unwritten = lost + 1

    def _write(self, line: str) -> None:
        if self._to == "-":
            sys.stdout.write(line)
            sys.stdout.flush()
            return
        # Opened for each line, so that a rotated file is followed by a new one.
        file = os.open(Path(self._to), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            before = os.fstat(file)
            if os.write(file, line.encode("ascii")) < len(line):  # half a line fits on the disk
                if stat.S_ISREG(before.st_mode):
                    os.ftruncate(file, before.st_size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(file)
