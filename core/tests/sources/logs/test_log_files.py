"""What writers do with the files of a log: rotate, truncate, copy, replace, remove."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin.sources.logs import lines as tail
from muntin.sources.logs.rotation import rotated
from muntin.state.snapshots import Status

Row = Callable[..., bytes]


def rotate(path: Path, style: int = 0) -> None:
    """Make room as the event logger does: each file moves on by one, the live one last."""
    for number in reversed(range(5)):
        old = rotated(path, number)[style if number else 0]
        if old.exists():
            old.rename(rotated(path, number + 1)[style])


def copy_and_rename(path: Path, *lines: bytes) -> None:
    """Write lines as the event logger does: all into a new file, which takes the old one's name."""
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(path.read_bytes() + b"".join(lines))
    temporary.rename(path)


def test_rotation_inside_the_window_loses_nothing_f101(desk: Any, row: Row) -> None:
    """F101: rows written before the rotation and not yet seen are read first."""
    desk.append(row(1), row(2))
    desk.look()
    desk.append(row(3))
    rotate(desk.path)
    desk.append(row(4))

    assert desk.numbers == [1, 2, 3, 4]
    assert desk.value.complete
    desk.append(row(5))
    assert desk.numbers == [1, 2, 3, 4, 5]


def test_first_look_goes_on_into_rotated_files_f101(desk: Any, row: Row) -> None:
    """F101: while they lie inside the window."""
    for n in range(4):
        desk.append(row(n, 100 - n))
        rotate(desk.path)
    desk.append(row(4))

    assert desk.numbers == [0, 1, 2, 3, 4]
    assert desk.value.complete


def test_rotated_files_outside_the_window_are_left_alone_f101(desk: Any, row: Row) -> None:
    """F101: the newest rows of .1 tell that .2 is too old."""
    desk.append(*(row(n, 200_000) for n in range(1000)))
    rotate(desk.path)
    desk.append(row(1, 100_000))
    rotate(desk.path)
    desk.append(row(2))

    assert desk.numbers == [2]
    assert desk.followed.bytes_read < 5000


def test_several_rotations_between_two_looks_f101(desk: Any, row: Row) -> None:
    """F101: the file read last is found wherever it has gone."""
    desk.append(row(0))
    desk.look()
    for n in range(1, 5):
        desk.append(row(n))
        rotate(desk.path)

    assert desk.numbers == [0, 1, 2, 3, 4]
    desk.append(row(5))
    assert desk.numbers == [0, 1, 2, 3, 4, 5]


def test_rotation_seen_before_the_new_file_is_there(desk: Any, row: Row) -> None:
    desk.append(row(1))
    desk.look()
    rotate(desk.path)
    assert desk.look() is None
    desk.append(row(2))
    rotate(desk.path)
    desk.append(row(3))

    assert desk.numbers == [1, 2, 3]
    assert desk.value.complete


def test_first_look_between_rotation_and_the_next_row(desk: Any, row: Row) -> None:
    desk.append(row(1))
    rotate(desk.path)

    assert desk.numbers == [1]
    desk.append(row(2))
    assert desk.numbers == [1, 2]


def test_last_line_of_a_rotated_file_needs_no_newline(desk: Any, row: Row) -> None:
    desk.append(row(1))
    desk.look()
    desk.append(row(2)[:-1])
    desk.look()
    rotate(desk.path)
    desk.append(row(3))

    assert desk.numbers == [1, 2, 3]


def test_torn_last_line_of_a_rotated_file_is_no_reject(desk: Any, row: Row) -> None:
    desk.append(row(1), row(2)[:9])
    rotate(desk.path)
    desk.append(row(3))

    assert desk.numbers == [1, 3]
    assert desk.value.rejected == 0


def test_copy_and_truncate_rotation(desk: Any, row: Row) -> None:
    desk.append(row(1))
    desk.look()
    desk.append(row(2))
    shutil.copy(desk.path, rotated(desk.path, 1)[0])
    assert desk.numbers == [1, 2]
    desk.path.write_bytes(row(3))

    assert desk.numbers == [1, 2, 3]
    assert desk.value.complete


def test_older_rows_that_were_packed_away_make_counts_at_least(desk: Any, row: Row) -> None:
    desk.append(row(1, 60))
    (desk.path.parent / "archive").mkdir()
    (desk.path.parent / "archive/rows.2025-11-05.jsonl.gz").write_bytes(b"")

    assert desk.numbers == [1]
    assert not desk.value.complete


def test_copy_and_rename_on_every_line_f103(desk: Any, row: Row) -> None:
    """F103: a new inode with every line; only the new bytes are read."""
    desk.append(*(row(n, 100, text="x" * 1000) for n in range(100)))
    desk.look()
    for n in range(100, 110):
        before = desk.followed.bytes_read
        copy_and_rename(desk.path, row(n))
        assert desk.numbers == list(range(n + 1))
        assert desk.followed.bytes_read - before <= len(row(n)) + 4 * tail.PRINT
    assert desk.value.complete


def test_copy_and_rename_with_rotation_f101_f103(desk: Any, row: Row) -> None:
    """F101, F103: both at once, as the original's logger does."""
    desk.append(row(0))
    for n in range(1, 9):
        desk.look()
        copy_and_rename(desk.path, row(n))
        if n % 3 == 0:
            rotate(desk.path)
            desk.append(row(n + 100))

    assert desk.numbers == [0, 1, 2, 3, 103, 4, 5, 6, 106, 7, 8]


def test_truncated_log_keeps_the_rows_seen_and_owns_to_a_gap(desk: Any, row: Row) -> None:
    desk.append(row(1, 60), row(2, 50))
    desk.look()
    desk.path.write_bytes(b"")
    assert desk.numbers == [1, 2]
    assert not desk.value.complete
    desk.append(row(3, 10))

    assert desk.numbers == [1, 2, 3]
    assert not desk.value.complete


def test_truncated_and_written_before_the_next_look(desk: Any, row: Row) -> None:
    desk.append(row(1, 60), row(2, 50))
    desk.look()
    desk.path.write_bytes(row(3, 10))

    assert desk.numbers == [1, 2, 3]
    assert not desk.value.complete
    assert desk.value.since == desk.value.entries[-1].at


def test_log_cut_back_to_its_first_rows_is_what_it_says(desk: Any, row: Row) -> None:
    """Whoever removes rows, of a test for one, means it."""
    rows = [row(n, 60 - n) for n in range(5)]
    desk.append(*rows)
    desk.look()
    desk.path.write_bytes(b"".join(rows[:3]))

    assert desk.numbers == [0, 1, 2]


def test_log_that_keeps_its_last_rows_only_doubles_none_f108(desk: Any, row: Row) -> None:
    """F108: the comparison log is rewritten with its last rows on every run."""
    rows = [row(n, 60 - n) for n in range(9)]
    for n in range(2, 10):
        desk.path.write_bytes(b"".join(rows[max(0, n - 4) : n]))
        assert desk.numbers == list(range(max(0, n - 4), n))


def test_other_file_under_the_name_starts_over(desk: Any, row: Row) -> None:
    desk.append(row(1, 60), row(2, 50))
    desk.look()
    desk.path.unlink()
    desk.append(row(7, 300), row(8, 55), b"no row\n")

    assert desk.numbers == [7, 8]
    assert desk.value.rejected == 1


def test_log_cut_short_is_doubted_first(desk: Any, row: Row) -> None:
    desk.append(row(1, 60), row(2, 50))
    desk.look()
    whole = desk.path.read_bytes()
    desk.path.write_bytes(whole[:40])
    assert desk.followed.look(named=True) is None
    assert desk.followed.in_doubt
    desk.path.write_bytes(whole + row(3, 10))

    assert desk.numbers == [1, 2, 3]
    assert not desk.followed.in_doubt
    assert desk.value.complete


def test_log_that_vanishes_keeps_its_rows_and_goes_on_when_back(desk: Any, row: Row) -> None:
    desk.append(row(1))
    desk.look()
    away = desk.path.rename(desk.path.with_suffix(".away"))
    assert desk.followed.look() is None
    reading = desk.look()

    assert reading.fault is Status.UNREADABLE
    assert reading.problem.startswith("gone since ")
    assert [entry.value for entry in desk.value.entries] == [1]
    assert desk.look() is None
    with away.open("ab") as file:
        file.write(row(2))
    away.rename(desk.path)
    assert desk.numbers == [1, 2]
    assert desk.store.snapshot.status(desk.feed) is Status.LIVE


def test_log_that_comes_back_unchanged_is_well_again(desk: Any, row: Row) -> None:
    desk.append(row(1))
    desk.look()
    away = desk.path.rename(desk.path.with_suffix(".away"))
    desk.look()
    away.rename(desk.path)
    desk.look()

    assert desk.store.snapshot.status(desk.feed) is Status.LIVE
    assert desk.value.complete


@pytest.mark.parametrize("obstacle", ["directory", "pipe"])
def test_what_is_no_file_is_unreadable(desk: Any, obstacle: str) -> None:
    make: Any = os.mkdir if obstacle == "directory" else os.mkfifo
    make(desk.path)
    reading = desk.look()

    assert reading.fault is Status.UNREADABLE
    assert obstacle in reading.problem


def test_log_that_may_not_be_read(desk: Any, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.append(row(1))

    def refuse(*_: Any) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    reading = desk.look()

    assert reading.fault is Status.UNREADABLE
    assert reading.problem == f"{desk.path} cannot be read: Permission denied"


def test_first_of_the_alternatives_that_exists_is_followed(
    new_desk: Any, row: Row, tmp_path: Path
) -> None:
    desk = new_desk(path="execution/rows.jsonl", also=("../rows.jsonl", "rows.jsonl"))
    reading = desk.look()
    assert reading.problem.endswith(f" nor {tmp_path}/../rows.jsonl nor {tmp_path}/rows.jsonl")
    (tmp_path / "rows.jsonl").write_bytes(row(1, 60))
    assert desk.numbers == [1]
    desk.path.parent.mkdir()
    desk.path.write_bytes(row(2, 90))

    assert desk.numbers == [2]
    assert desk.followed.path == desk.path
