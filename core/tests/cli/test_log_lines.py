"""Log lines: single, bounded and plain, whatever was logged."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from muntin.cli.log_lines import LINE, VALUE, log_to, plain

HOSTILE = (
    "two\nlines", "back\r\nSet-Cookie: a=b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "nul\x00",
    "sep\u2028line\u2029par\x85\x0b\x0c\x1c", "over\u202eride\u200b", "lone\ud800", "x" * 10_000,
    "2025-01-01 00:00:00 [info     ] all is well", "%s %d {0} {x!r}",
)  # fmt: skip


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where log lines go during a test."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    made = io.StringIO()
    log_to(made)
    yield made
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = before


def lines(stream: io.StringIO) -> list[str]:
    text = stream.getvalue()
    assert text.endswith("\n")
    assert text.isprintable() or set(text) - {"\n"} == {one for one in text if one.isprintable()}
    text.encode("utf-8")
    return text.splitlines()


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_an_event_is_one_line_whatever_it_says(stream: io.StringIO, text: str) -> None:
    values: dict[str, Any] = {"where": text, "names": [text], text: 1, "number": 2.5}
    structlog.get_logger("muntin.test").warning(text, **values)

    [line] = lines(stream)
    assert len(line) < 2 * LINE
    assert "\x1b" not in line


# pytest's own capture of log records cannot pass a lone surrogate on to its other processes.
@pytest.mark.parametrize("text", [*HOSTILE[:7], *HOSTILE[8:]], ids=range(len(HOSTILE) - 1))
def test_a_trace_is_one_line_and_keeps_the_error(stream: io.StringIO, text: str) -> None:
    try:
        raise ValueError(text, "the end")
    except ValueError:
        logging.getLogger("tornado.application").exception("in %s", text)

    [line] = lines(stream)
    assert len(line) <= LINE
    assert "the end" in line


def test_a_trace_of_our_own_is_one_line_too(stream: io.StringIO) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        structlog.get_logger("muntin.test").exception("failed")

    [line] = lines(stream)
    assert "ValueError: two" in line


def test_a_warning_is_one_line(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("two\nlines", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)

    assert len(lines(stream)) == 1


@given(st.text(st.characters(codec=None), max_size=50))
def test_plain_text_holds_nothing_that_moves_a_terminal(text: str) -> None:
    assert plain(text).isprintable()


@given(st.text(max_size=40).filter(str.isprintable))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    cut = plain("begin" + "x" * 5000 + "end")

    assert len(cut) <= VALUE
    assert (cut[:5], cut[-3:]) == ("begin", "end")


class Full(io.StringIO):
    """A log on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_fails_nobody(stream: io.StringIO) -> None:
    log_to(Full())

    structlog.get_logger("muntin.test").warning("lost")
    logging.getLogger("muntin.test").warning("lost")
