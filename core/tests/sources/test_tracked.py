"""One file, step by step: what is told of it, and when it is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muntin.sources.decoding import decode
from muntin.sources.doubt import PATIENCE, SETTLED
from muntin.sources.files import document as tracked
from muntin.sources.files.document import DocumentFile
from muntin.sources.files.reading import Unreadable
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status
from muntin.testing import FakeClock

Put = Callable[..., Path]


class Ticks:
    """A monotonic clock that is turned by hand, so that no test waits."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def file(tmp_path: Path, nav: Feed[float], clock: FakeClock, ticks: Ticks) -> DocumentFile:
    return DocumentFile(nav, tmp_path / "nav.json", clock, limit=10_000, monotonic=ticks.monotonic)


def test_absent_file_is_missing_once(file: DocumentFile) -> None:
    first = file.look()

    assert first is not None
    assert (first.fault, first.problem) == (Status.MISSING, f"never seen: {file.path}")
    assert file.look() is None
    assert file.look(named=True) is None


def test_unchanged_file_is_not_read_again(
    file: DocumentFile, put: Put, nav: Feed[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(nav, 1)
    reading = file.look()
    monkeypatch.setattr(tracked, "read_file", None)

    assert reading is not None
    assert reading.value == 1
    assert file.look() is None


def test_rewritten_unchanged_content_is_no_news_f3(
    file: DocumentFile, put: Put, nav: Feed[float]
) -> None:
    """F3: a new file time on the same bytes says nothing."""
    put(nav, 1)
    file.look()
    put(nav, 1)

    assert file.look() is None


def test_change_without_a_new_stamp_is_found_when_named_or_due(
    file: DocumentFile, put: Put, nav: Feed[float], ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writes within one tick of the file system's clock leave one stamp."""
    put(nav, 1)
    assert file.look() is not None
    monkeypatch.setattr(tracked, "_state", lambda _path: file._state)

    put(nav, 2)
    assert file.look() is None
    named = file.look(named=True)
    put(nav, 3)
    ticks.seconds = file.due
    due = file.look()

    assert named is not None
    assert named.value == 2
    assert due is not None
    assert due.value == 3


def test_fault_is_doubted_before_it_is_told_f96(
    file: DocumentFile, put: Put, nav: Feed[float], ticks: Ticks
) -> None:
    """F96: half a file is looked at again, and told only when it stays so for a quarter second."""
    put(nav, 1)
    file.look()
    file.path.write_bytes(b'{"n": ')
    looks = 0
    began = ticks.seconds

    while (reading := file.look()) is None:
        looks += 1
        assert file.in_doubt
        assert file.due > ticks.seconds
        ticks.seconds = file.due

    assert ticks.seconds - began == pytest.approx(SETTLED)
    assert 3 <= looks <= 8
    assert reading.fault is Status.UNREADABLE
    assert "cut off" in reading.problem
    assert reading.size == 6
    assert reading.modified_at is not None


def test_completed_file_never_was_faulty_f96(
    file: DocumentFile, put: Put, nav: Feed[float], ticks: Ticks
) -> None:
    """F96: truncated, half written, whole: only the whole is told."""
    put(nav, 1)
    file.look()
    for data in (b"", b'{"n"', b'{"n": 2'):
        file.path.write_bytes(data)
        assert file.look() is None
        ticks.seconds += 0.1
    file.path.write_bytes(b'{"n": 2}')

    reading = file.look()

    assert reading is not None
    assert reading.value == 2
    assert not file.in_doubt


def test_file_that_never_holds_still_is_told_in_the_end_f96(
    file: DocumentFile, ticks: Ticks
) -> None:
    """F96: doubt has an end, however often a broken file is rewritten."""
    began = ticks.seconds
    size = 1
    reading = None
    while reading is None:
        file.path.write_bytes(b"{" * size)
        reading = file.look(named=True)
        ticks.seconds += 0.1
        size += 1

    assert ticks.seconds - began == pytest.approx(PATIENCE, abs=0.2)


def test_same_fault_is_told_once(file: DocumentFile, ticks: Ticks) -> None:
    file.path.write_bytes(b"{")
    assert file.look(impatient=True) is not None
    for _ in range(5):
        ticks.seconds += 1
        file.path.write_bytes(b"{")

        assert file.look(named=True) is None


def test_same_broken_bytes_are_decoded_once(
    file: DocumentFile, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large broken file costs its parsing once, however often it is looked at."""
    calls: list[int] = []

    def count(feed: Feed[Any], data: bytes) -> Any:
        calls.append(len(data))
        return decode(feed, data)

    monkeypatch.setattr(tracked, "decode", count)
    file.path.write_bytes(b"{")
    while file.look() is None:
        ticks.seconds = file.due

    assert calls == [1]


@pytest.mark.parametrize("trouble", [b"", b"{", b"[1]"])
def test_same_good_content_is_told_again_after_a_fault(
    file: DocumentFile, put: Put, nav: Feed[float], trouble: bytes
) -> None:
    put(nav, 1)
    file.look()
    file.path.write_bytes(trouble)
    assert file.look(impatient=True) is not None
    put(nav, 1)

    reading = file.look()

    assert reading is not None
    assert reading.fault is None


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", Status.EMPTY),
        (b" \n", Status.EMPTY),
        (b"{}", Status.EMPTY),
        (b"[1]", Status.MALFORMED),
        (b"null", Status.MALFORMED),
        (b'{"m": 1}', Status.MALFORMED),
        (b'{"n": 1, "n": 2}', Status.UNREADABLE),
        (b"\xff\xfe", Status.UNREADABLE),
        (b" " * 10_001, Status.UNREADABLE),
        (b"[" * 10_000, Status.UNREADABLE),
    ],
)
def test_every_trouble_has_its_status_f25_f28_f109(
    file: DocumentFile, data: bytes, status: Status
) -> None:
    """F25, F28, F109: empty, malformed and unreadable are told apart."""
    file.path.write_bytes(data)

    reading = file.look(impatient=True)

    assert reading is not None
    assert reading.fault is status
    assert reading.problem


def test_file_that_went_is_gone_since_then_f25(
    file: DocumentFile, put: Put, nav: Feed[float], ticks: Ticks, clock: FakeClock
) -> None:
    """F25: what was seen and went is not `never seen`; it is gone since it was missed."""
    put(nav, 1)
    file.look()
    file.path.unlink()
    assert file.look() is None
    clock.advance(60)
    ticks.seconds += 1

    reading = file.look()

    assert reading is not None
    assert reading.fault is Status.UNREADABLE
    assert reading.problem == f"gone since 2025-11-26 20:15:00 UTC: {file.path}"
    assert file.look(named=True) is None


def test_open_refused_is_tried_again_though_no_stamp_changes(
    file: DocumentFile, put: Put, nav: Feed[float], ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many open files is a trouble that passes without a trace in the file."""
    put(nav, 1)

    def refuse(*_: Any) -> None:
        raise Unreadable("too many files are open")

    with monkeypatch.context() as patch:
        patch.setattr(tracked, "read_file", refuse)
        assert file.look(impatient=True) is not None
        ticks.seconds = file.due
        while file.look() is None and file.in_doubt:
            ticks.seconds = file.due
    ticks.seconds = file.due

    reading = file.look()

    assert reading is not None
    assert reading.value == 1


def test_facts_come_with_the_reading(file: DocumentFile, put: Put, nav: Feed[float]) -> None:
    path = put(nav, 1)

    reading = file.look()

    assert reading is not None
    assert reading.size == path.stat().st_size
    assert reading.modified_at is not None
    assert reading.modified_at.timestamp() == pytest.approx(path.stat().st_mtime)
    assert reading.parse_seconds >= 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_get_past_the_source(file: DocumentFile, data: bytes) -> None:
    """None may raise: every content gives a reading, or is what was told already."""
    file.path.write_bytes(data)

    file.look(named=True, impatient=True)

    assert not file.in_doubt
