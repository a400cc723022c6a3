"""What clients make libraries log: short, escaped, and not without end."""

from __future__ import annotations

import logging

import pytest

from muntin.testing import FakeClock
from muntin.web.log_filter import LENGTH, LINES, WITHIN, RateFilter, TruncatingFilter, bound_logs


def record(text: str, *args: object) -> logging.LogRecord:
    try:
        raise ValueError("inner")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    return logging.LogRecord("x", logging.ERROR, "f", 1, text, args, info)


@pytest.mark.parametrize("said", ["a\nb", "a\x1b[31mred", "x" * 10_000, "caf\xe9\u202e", "100 %s"])
def test_line_is_one_and_short(said: str) -> None:
    made = record("from a client: %r or %s", said, said)
    assert TruncatingFilter().filter(made)
    line = logging.Formatter().format(made)

    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= 6 * LENGTH
    assert "Traceback" not in line


def test_too_many_lines_are_dropped_for_a_while() -> None:
    clock = FakeClock()
    bound = TruncatingFilter(clock)

    assert [bound.filter(record("x")) for _ in range(LINES + 2)] == [True] * LINES + [False] * 2
    clock.advance(WITHIN + 1)
    assert bound.filter(record("x"))


def test_an_error_of_the_event_loop_keeps_its_traceback() -> None:
    made = record("exception in callback")
    assert RateFilter().filter(made)

    assert "Traceback" in logging.Formatter().format(made)


def test_loggers_are_bounded_once() -> None:
    bound_logs()
    bound_logs()

    found = logging.getLogger("bokeh.server.views.ws").filters
    assert sum(isinstance(one, RateFilter) for one in found) == 1
