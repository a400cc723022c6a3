"""Faults of panels: what viewers may know of them, and what only operators may."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from threading import current_thread, main_thread

from muntin.tracebacks import place_of, summary_of, trace_of

#: What ends at the boundary where a view's code runs: everything it can raise. All but the first
#: are no Exceptions, and would end the thread of the whole page.
FAULTS = (Exception, SystemExit, asyncio.CancelledError, GeneratorExit, KeyboardInterrupt)


@dataclass(frozen=True, slots=True)
class Fault:
    """A panel that could not be drawn: reference and time for viewers, the rest for operators."""

    ref: str
    since: datetime
    #: Page and panel, for the log.
    where: str
    #: Type and text of the exception, one line.
    summary: str
    trace: str = ""
    #: File and line that raised it, which may be another plugin's; for the log.
    place: str = ""
    #: True if viewers may see the trace as well: in development only.
    public: bool = False


def fault_of(error: BaseException, where: str, since: datetime) -> Fault:
    """Return the fault for an exception; equal exceptions of a place share their reference.

    A person's Ctrl-C reaches the main thread, where only tests draw; there it is raised again.
    """
    if isinstance(error, KeyboardInterrupt) and current_thread() is main_thread():
        raise error
    place = place_of(error)
    key = f"{where}|{type(error).__name__}|{place}".encode("utf-8", "replace")
    ref = hashlib.blake2s(key, digest_size=2).hexdigest()
    return Fault(ref, since, where, summary_of(error), trace_of(error), place)
