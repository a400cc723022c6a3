"""What each line of a log is taken for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from muntin.sources.logs import lines as tail
from muntin.state.snapshots import Status

Row = Callable[..., bytes]


def test_torn_last_line_waits_for_its_newline(desk: Any, row: Row) -> None:
    whole = row(2)
    desk.append(row(1), whole[:9])
    assert desk.numbers == [1]
    assert desk.look() is None
    desk.append(whole[9:-1])
    assert desk.look() is None
    desk.append(b"\n")

    assert desk.numbers == [1, 2]
    assert desk.value.rejected == 0


def test_torn_line_that_gets_a_newline_is_rejected(desk: Any, row: Row) -> None:
    desk.append(row(2)[:9])
    desk.look()
    desk.append(b"\n", row(3))

    assert desk.numbers == [3]
    assert desk.value.rejected == 1


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff\xfe{}\n", b"[1]\n", b"null\n", b"not json\n", b'{"n": 1, "n": 2}\n',
        b"[" * 900 + b"]" * 900 + b"\n", b"\0\0\0\n", b'{"ts": 1} {"ts": 2}\n',
        b'{"\\ud800": 1, "\\udfff": 2}\n',
    ],
)  # fmt: skip
def test_line_that_is_no_row_is_rejected_and_counted_f69(desk: Any, row: Row, bad: bytes) -> None:
    """F69: the lines around it live."""
    desk.append(row(1), bad, row(2))

    assert desk.numbers == [1, 2]
    assert desk.value.rejected == 1


def test_pretty_printed_rows_are_rejected_line_by_line_f69(desk: Any, row: Row) -> None:
    """F69: json.dumps(indent=2) by hand into a live log."""
    pretty = json.dumps({"ts": desk.clock(), "n": {"a": [1, 2]}}, indent=2).encode() + b"\n"
    desk.append(row(1), pretty, row(2))

    assert desk.numbers == [1, 2]
    assert desk.value.rejected == pretty.count(b"\n")


def test_foreign_and_undated_rows_are_counted_f5_f69(desk: Any, row: Row) -> None:
    """F5, F69."""
    desk.append(
        row(1), row(2).replace(b'"n"', b'"m"'), b'{"n": 3, "ts": null}\n',
        b'{"n": 4, "ts": "n/a"}\n', b'{"n": 5, "ts": 0}\n',
    )  # fmt: skip

    assert desk.numbers == [1]
    assert (desk.value.foreign, desk.value.undated, desk.value.rejected) == (1, 3, 0)


def test_log_of_nothing_but_undated_rows_is_undated_f5(desk: Any) -> None:
    """F5: there is something, and its age is unknown."""
    desk.append(b'{"n": 3}\n')

    assert desk.numbers == []
    assert desk.store.snapshot.status(desk.feed) is Status.UNDATED


def test_byte_order_mark_windows_line_ends_and_blank_lines(desk: Any, row: Row) -> None:
    desk.append(b"\xef\xbb\xbf", row(1)[:-1], b"\r\n\r\n  \n", row(2)[:-1], b"\r\n")

    assert desk.numbers == [1, 2]
    assert desk.value.rejected == 0


def test_escaped_texts_are_read_as_in_documents(desk: Any, row: Row) -> None:
    desk.append(row("é"), row("?").replace(b"?", b"\\ud800"))

    assert desk.numbers == ["é", "\ufffd"]


def test_huge_line_is_rejected_and_not_held(
    desk: Any, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "BLOCK", 1000)
    monkeypatch.setattr(tail, "LONGEST_LINE", 3000)
    desk.append(row(1), b'{"n": "', b"x" * 50_000, b'"}\n', row(2))

    assert desk.numbers == [1, 2]
    assert desk.value.rejected == 1


def test_huge_line_that_grows_is_read_once_and_rejected_once(
    desk: Any, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "BLOCK", 1000)
    monkeypatch.setattr(tail, "LONGEST_LINE", 3000)
    desk.append(row(1), b"x" * 20_000)
    desk.look()
    before = desk.followed.bytes_read
    for _ in range(3):
        desk.append(b"x" * 100)
        assert desk.look() is None
    assert desk.followed.bytes_read - before <= 300 + 3 * 4 * tail.PRINT
    desk.append(b"{}\n", row(2))

    assert desk.numbers == [1, 2]
    assert desk.value.rejected == 1
