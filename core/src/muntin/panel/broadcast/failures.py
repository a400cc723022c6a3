"""What goes wrong within a running app: the libraries that call its code only log it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from muntin.live.stage.faults import Fault

#: Loggers under which those who call an app's callbacks say that one has raised.
_CALLERS = ("bokeh", "concurrent", "panel", "param", "tornado")
_PLACE = re.compile(r'File "([^"]+)", line (\d+)')

#: Takes the trace of an exception, as Python prints it.
Failed = Callable[[str], None]


class _Listener(logging.Handler):
    """Hands on the exceptions that are logged by those who call the code of one app."""

    def __init__(self, failed: Failed, mine: Callable[[], bool]) -> None:
        super().__init__(logging.ERROR)
        self._failed, self._mine = failed, mine
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on the trace in a record, if it is of this app."""
        if threading.get_ident() != self._thread and not self._mine():
            return
        trace = _trace_in(record)
        if trace:
            self._failed(trace)


def _trace_in(record: logging.LogRecord) -> str:
    told = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    raised = told or getattr(record, "raised", None)  # where the log is shortened
    if raised is not None:
        return "".join(traceback.format_exception(raised))
    said = record.getMessage()  # Bokeh writes that of a periodic callback as a text
    return said if said.startswith("Traceback") else ""


@contextmanager
def listening(failed: Failed, mine: Callable[[], bool]) -> Iterator[None]:
    """Have `failed` called with the trace of each exception that a callback of the app raises.

    The app's are those of this thread, and of threads in which `mine` says so.
    """
    listener = _Listener(failed, mine)
    callers = [logging.getLogger(name) for name in _CALLERS]
    for caller in callers:
        caller.addHandler(listener)
    try:
        yield
    finally:
        for caller in callers:
            caller.removeHandler(listener)


def watch_loop(loop: asyncio.AbstractEventLoop, failed: Failed) -> None:
    """Have `failed` called with the trace of each exception that nobody in an event loop caught.

    asyncio reports a task that nobody waits for when its memory is collected, on whichever thread
    that happens; its loop tells whose it is.
    """

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        raised = context.get("exception")
        if raised is not None:
            failed("".join(traceback.format_exception(raised)))
        loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


def fault_of_trace(trace: str, where: str, since: datetime, *, public: bool = False) -> Fault:
    """Return the fault that a printed trace tells of; equal ones of a place share a reference."""
    lines = trace.strip().splitlines() or ["unknown"]
    places = _PLACE.findall(trace)
    place = f"{places[-1][0]}:{places[-1][1]}" if places else ""
    kind = lines[-1].partition(":")[0]
    key = f"{where}|{kind}|{place}".encode("utf-8", "replace")
    ref = hashlib.blake2s(key, digest_size=2).hexdigest()
    return Fault(ref, since, where, lines[-1][:300], trace[-20_000:], place, public)
