"""What clients make libraries log: short, escaped, and not without end."""

from __future__ import annotations

import logging

import pytest

from muntin.testing import FakeClock
from muntin.web.brief import LENGTH, LINES, WITHIN, Brief, keep_brief


def record(text: str, *args: object) -> logging.LogRecord:
    try:
        raise ValueError("inner")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    return logging.LogRecord("x", logging.ERROR, "f", 1, text, args, info)


@pytest.mark.parametrize("said", ["a\nb", "a\x1b[31mred", "x" * 10_000, "caf\xe9\u202e", "100 %s"])
def test_line_is_one_and_short(said: str) -> None:
    made = record("from a client: %r or %s", said, said)
    assert Brief().filter(made)
    line = logging.Formatter().format(made)

    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= 6 * LENGTH
    assert "Traceback" not in line


def test_too_many_lines_are_dropped_for_a_while() -> None:
    clock = FakeClock()
    brief = Brief(clock)

    assert [brief.filter(record("x")) for _ in range(LINES + 2)] == [True] * LINES + [False] * 2
    clock.advance(WITHIN + 1)
    assert brief.filter(record("x"))


def test_loggers_are_made_brief_once() -> None:
    keep_brief()
    keep_brief()

    found = logging.getLogger("bokeh.server.views.ws").filters
    assert sum(isinstance(one, Brief) for one in found) == 1
