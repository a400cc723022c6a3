"""A log that is followed: what a look reads, what it tells, and what is held."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from muntin.sources.logs import lines as tail
from muntin.state.snapshots import Status
from muntin.testing import FakeClock

Row = Callable[..., bytes]
HOUR = 3600.0


def test_log_that_never_was_is_missing(desk: Any, tmp_path: Path) -> None:
    reading = desk.look()

    assert reading is not None
    assert (reading.fault, reading.problem) == (
        Status.MISSING, f"never seen: {tmp_path}/rows.jsonl",
    )  # fmt: skip
    assert desk.look() is None


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b'{"n": 1'])
def test_log_without_a_row_is_empty_and_a_row_ends_that(
    desk: Any, row: Row, content: bytes
) -> None:
    desk.append(content)
    reading = desk.look()

    assert reading is not None
    assert reading.fault is Status.EMPTY
    assert reading.problem == "the log holds no row yet"
    assert (reading.value.entries, reading.value.complete) == ((), True)
    desk.append(b"\n", row(2))
    assert desk.numbers == [2]
    assert desk.store.snapshot.status(desk.feed) is Status.LIVE


def test_rows_within_the_window_oldest_first(desk: Any, row: Row, clock: FakeClock) -> None:
    desk.append(row(1, 30 * HOUR), row(2, 23 * HOUR), row(4, 60), row(3, 61))

    assert desk.numbers == [2, 3, 4]
    assert desk.value.complete
    assert desk.store.snapshot.age(desk.feed) == timedelta(seconds=60)
    assert desk.store.snapshot.reading(desk.feed).size == desk.path.stat().st_size


def test_log_whose_rows_are_all_old_has_an_empty_window_and_an_age(desk: Any, row: Row) -> None:
    desk.append(row(1, 30 * HOUR))

    assert desk.numbers == []
    assert desk.value.complete
    assert desk.store.snapshot.status(desk.feed) is Status.STALE


def test_log_without_new_rows_is_no_news_and_grows_old(
    desk: Any, row: Row, clock: FakeClock
) -> None:
    desk.append(row(1))
    desk.look()
    clock.advance(400)

    assert desk.look() is None
    assert desk.store.snapshot.status(desk.feed) is Status.LATE


def test_entries_and_counts_leave_the_window_as_time_passes(
    desk: Any, row: Row, clock: FakeClock
) -> None:
    desk.append(row(1), b"no row\n")
    desk.look()
    assert desk.value.rejected == 1
    clock.advance(25 * HOUR)
    desk.append(row(2))

    assert desk.numbers == [2]
    assert desk.value.rejected == 0
    assert desk.value.complete


def test_entries_leave_a_log_that_is_silent_too(desk: Any, row: Row, clock: FakeClock) -> None:
    desk.append(row(1), row(2, -0.5 * HOUR))
    desk.look()
    clock.advance(24.25 * HOUR)
    reading = desk.followed.look()

    assert [entry.value for entry in reading.value.entries] == [2]
    assert desk.followed.look() is None
    clock.advance(0.5 * HOUR)
    assert desk.numbers == []


def test_only_new_bytes_are_read_f100(desk: Any, row: Row) -> None:
    """F100: after the first look, what was appended and what the log is recognised by."""
    desk.append(*(row(n, 100, text="x" * 1000) for n in range(300)))
    desk.look()
    assert desk.followed.bytes_read < desk.path.stat().st_size + 2 * tail.PRINT + 1
    before = desk.followed.bytes_read
    desk.append(row(300))

    assert desk.numbers[-1] == 300
    assert desk.followed.bytes_read - before <= len(row(300)) + 4 * tail.PRINT


def test_unchanged_log_is_not_read_at_all_f100(desk: Any, row: Row) -> None:
    """F100: its stamp tells."""
    desk.append(row(1))
    desk.look()
    before = desk.followed.bytes_read

    assert desk.followed.look() is None
    assert desk.followed.bytes_read == before


def test_first_look_stops_at_the_window_start_f100(
    desk: Any, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F100: what is older is neither read nor parsed, but for a block."""
    monkeypatch.setattr(tail, "BLOCK", 4096)
    desk.append(*(row(n, 48 * HOUR) for n in range(5000)), *(row(n, 60) for n in range(50)))

    assert desk.numbers == list(range(50))
    assert desk.value.complete
    assert desk.followed.bytes_read < 5 * 4096


def test_rows_beyond_a_fixed_tail_are_counted_f102(desk: Any, row: Row) -> None:
    """F102: 1,116 rows in 24 h are 1,116, whatever their size."""
    desk.append(*(row(n, 80_000 - 70 * n, text="x" * 500) for n in range(1116)))

    assert len(desk.numbers) == 1116
    assert desk.value.complete


def test_byte_budget_makes_counts_at_least_f102(new_desk: Any, row: Row) -> None:
    """F102: where reading stops short of the window's start, that is said."""
    desk = new_desk(max_bytes=4000)
    desk.append(*(row(n, 1000 - n) for n in range(500)))

    numbers = desk.numbers
    assert numbers == list(range(500 - len(numbers), 500))
    assert 50 < len(numbers) < 200
    assert not desk.value.complete
    assert desk.value.since == desk.value.entries[0].at
    assert desk.followed.bytes_read <= 4000 + 2 * tail.PRINT


def test_log_is_complete_once_the_window_has_moved_on(new_desk: Any, row: Row) -> None:
    desk = new_desk(max_bytes=4000)
    desk.append(*(row(n, 1000 - n) for n in range(500)))
    desk.look()
    desk.clock.advance(24 * HOUR)
    desk.append(row(500))
    desk.look()

    assert desk.value.complete


def test_row_cap_drops_the_oldest_and_says_so(new_desk: Any, row: Row) -> None:
    desk = new_desk(max_rows=10)
    desk.append(*(row(n, 1000 - n) for n in range(10)))
    assert len(desk.numbers) == 10
    assert desk.value.complete
    desk.append(*(row(n, 1000 - n) for n in range(10, 15)))

    assert desk.numbers == list(range(5, 15))
    assert not desk.value.complete
    assert desk.value.since == desk.value.entries[0].at


def test_row_of_the_future_waits_and_is_told(desk: Any, row: Row, clock: FakeClock) -> None:
    desk.append(row(1), row(2, -600))
    assert desk.numbers == [1]
    assert desk.value.ahead == 1
    clock.advance(700)
    desk.append(row(3))

    assert desk.numbers == [1, 2, 3]
    assert desk.value.ahead == 0


def test_log_of_the_future_is_skewed(desk: Any, row: Row) -> None:
    desk.append(row(1, -600))

    assert desk.numbers == []
    assert desk.store.snapshot.status(desk.feed) is Status.SKEWED


def test_reading_holds_counts_and_no_rows(desk: Any, row: Row) -> None:
    desk.append(row(1), row(2))
    desk.look()

    assert desk.store.snapshot.reading(desk.feed).raw == {
        "rows": 2, "breaks": 0, "entries": 2, "rejected": 0, "undated": 0, "foreign": 0,
    }  # fmt: skip


def test_identical_rows_are_news_to_the_store(desk: Any, row: Row) -> None:
    desk.append(row(1))
    desk.look()
    version = desk.store.snapshot.version
    desk.append(row(1))

    assert desk.numbers == [1, 1]
    assert desk.store.snapshot.version == version + 1
