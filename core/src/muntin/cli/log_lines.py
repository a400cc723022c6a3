"""Log lines: one event is one line of bounded length, whatever a document or a request held."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

#: Characters of one value, and of a whole line.
VALUE, LINE = 500, 2000


def plain(text: str, limit: int = VALUE) -> str:
    """Return a text in which nothing moves a terminal or begins a line: such is written out.

    What is longer than `limit` is cut in its middle; an exception's own words stand at its end.
    """
    written = (
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii")
        for one in _cut(text, limit)
    )  # fmt: skip
    return _cut("".join(written), limit)


def _cut(text: str, limit: int) -> str:
    half = (limit - 1) // 2
    return text if len(text) <= limit else f"{text[:half]}…{text[-half:]}"


def defused(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return an event whose keys and values are all plain (a processor of structlog)."""
    trace = event.pop("exception", None)  # which structlog would write below the line
    if trace is not None:
        event["trace"] = trace
    return {plain(str(key), 80): _value(value) for key, value in event.items()}


def _value(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return plain(value if isinstance(value, str) else repr(value))


class LineFormatter(logging.Formatter):
    """Writes a record of the standard library's logging as one plain line, its trace included."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return plain(super().format(record), LINE)


class Undisturbed(io.TextIOBase):
    """Writes to a stream; what cannot be written, on a full disk or a closed pipe, is lost.

    Otherwise a line of the log would fail whatever wanted to write it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        """Return True if the stream is a terminal."""
        return self._stream.isatty()


def log_to(stream: TextIO | None = None) -> None:
    """Send all log lines to a stream: standard error, as standard output says what is served."""
    import structlog

    to: Any = Undisturbed(stream or sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            defused,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=to.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(to),
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(LineFormatter("%(asctime)s [%(levelname)s] %(name)s: %(message)s"))
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one.formatter, LineFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    logging.captureWarnings(capture=True)
