"""What libraries log of clients' mistakes: one short line each, and not too many of them.

Bokeh and Tornado write whole messages of a client, and tracebacks with them, into the log. Whoever
sends nonsense could so fill the disk, or write lines that look like somebody else's.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

#: Loggers whose words come from clients.
LOGGERS = (
    "bokeh.server.views.ws", "bokeh.server.protocol_handler", "bokeh.protocol.receiver",
    "bokeh.server.session", "tornado.general", "tornado.access",
)  # fmt: skip
#: Characters of a line, and lines within so many seconds.
LENGTH, LINES, WITHIN = 200, 20, 60.0


class Brief(logging.Filter):
    """Makes every record one escaped line without a traceback, and drops what is too much."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._since, self._count = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record; return False for one too many."""
        now = self._clock()
        if now - self._since > WITHIN:
            self._since, self._count = now, 0
        self._count += 1
        said = record.getMessage()
        record.msg, record.args = "%s", (json.dumps(said[:LENGTH])[1:-1],)
        record.exc_info = record.exc_text = record.stack_info = None
        return self._count <= LINES


def keep_brief() -> None:
    """Have the libraries' loggers be brief from here on; once is enough."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, Brief) for one in logger.filters):
            logger.addFilter(Brief())
