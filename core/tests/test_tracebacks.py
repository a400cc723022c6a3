"""What was raised is told in words, whatever an exception's own methods do."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest

from muntin.tracebacks import place_of, summary_of, trace_of


def caught(call: Callable[[], object]) -> BaseException:
    try:
        call()
    except BaseException as error:  # noqa: BLE001  # any there is
        return error
    raise AssertionError


class Silent(Exception):
    def __init__(self, raised: BaseException) -> None:
        self.raised = raised

    def __str__(self) -> NoReturn:
        raise self.raised


def fail() -> NoReturn:
    raise ValueError("one\n  two")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("one\n  two"), "ValueError: one two"),
        (ValueError("ends so:"), "ValueError: ends so:"),
        (ValueError(), "ValueError"),
        (ValueError("x" * 999), "ValueError: " + "x" * 288),
        (SystemExit(3), "SystemExit: 3"),
    ],
)
def test_a_summary_is_type_and_text_on_one_line(error: BaseException, words: str) -> None:
    assert summary_of(error) == words


@pytest.mark.parametrize("raised", [ValueError(), SystemExit(1), KeyboardInterrupt()])
def test_an_exception_that_cannot_say_its_text_is_named_all_the_same(
    raised: BaseException,
) -> None:
    error = Silent(raised)

    assert summary_of(error) == "Silent: (its text cannot be shown)"
    assert "Silent" in trace_of(error)


def test_a_trace_names_the_lines_that_led_there() -> None:
    assert ", in fail\n" in trace_of(caught(fail))
    assert trace_of(None) == ""


def test_of_a_long_trace_the_end_is_kept() -> None:
    trace = trace_of(ValueError("x" * 9999 + " end"))

    assert len(trace) == 8000
    assert trace.endswith(" end\n")


def test_the_place_is_the_line_that_raised() -> None:
    line = fail.__code__.co_firstlineno + 1

    assert place_of(caught(fail)) == f"tests/test_tracebacks.py:{line}"
    assert place_of(ValueError()) == ""


def test_files_that_only_pass_an_exception_on_are_not_its_place() -> None:
    code = compile("1 / 0", "elsewhere.py", "eval")
    error = caught(lambda: eval(code))

    assert place_of(error) == "elsewhere.py:1"
    assert place_of(error, passing=("elsewhere",)).startswith("tests/test_tracebacks.py:")
    assert place_of(error, passing=("elsewhere", "test_tracebacks")) == ""
