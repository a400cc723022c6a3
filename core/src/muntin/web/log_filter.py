"""Bounds on what libraries log: lines in a minute, and the text of bad client input."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

#: Loggers that repeat what clients send, whole messages and tracebacks included. Bad input could
#: fill the disk, or write lines that look like another logger's.
ECHOING = (
    "bokeh.server.views.ws",
    "bokeh.server.protocol_handler",
    "bokeh.protocol.receiver",
    "bokeh.server.session",
    "tornado.general",
    "tornado.access",
)
#: Loggers of errors in the event loop: one that comes back in every turn must not fill the disk.
LOOPS = ("asyncio", "tornado.application")
#: Characters of a line, and lines within so many seconds.
LENGTH, LINES, WITHIN = 200, 20, 60.0


class RateFilter(logging.Filter):
    """Drops records beyond a number of lines in a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._since, self._count = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Return False for a record that is one too many."""
        del record
        now = self._clock()
        if now - self._since > WITHIN:
            self._since, self._count = now, 0
        self._count += 1
        return self._count <= LINES


class TruncatingFilter(RateFilter):
    """Also makes every record one short, escaped line without a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; return False for one too many."""
        text = record.getMessage()
        record.msg, record.args = "%s", (json.dumps(text[:LENGTH])[1:-1],)
        # Kept for those who count what has failed, and printed by none.
        record.raised = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        record.exc_info = record.exc_text = record.stack_info = None
        return super().filter(record)


def bound_logs() -> None:
    """Bound the libraries' loggers from here on; once is enough."""
    for names, kind in ((ECHOING, TruncatingFilter), (LOOPS, RateFilter)):
        for name in names:
            logger = logging.getLogger(name)
            if not any(isinstance(one, RateFilter) for one in logger.filters):
                logger.addFilter(kind())
