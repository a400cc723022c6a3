"""Logs among the documents of a directory: followed by events and by polling, on a thread."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin.sources.files.directory import DirectorySource
from muntin.sources.files.watching import Watch
from muntin.state.logs import log
from muntin.state.snapshots import Status
from muntin.testing import FakeClock

ROWS = log("rows", lambda row: row["n"], path="../execution/rows.jsonl", also=("rows.jsonl",))


def numbers(follower: Any) -> list[int]:
    value = follower.store.snapshot.get(ROWS, None)
    return [entry.value for entry in value.entries] if value else []


@pytest.fixture(params=[False, True], ids=["events", "polling"])
def state(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> DirectorySource:
    (tmp_path / "state").mkdir()
    return DirectorySource(tmp_path / "state", clock, force_polling=request.param)


def append(path: Path, clock: FakeClock, *found: int) -> None:
    with path.open("a") as file:
        file.writelines(json.dumps({"ts": clock(), "n": n}) + "\n" for n in found)


def test_log_beside_the_documents_is_followed(
    follow: Any, state: DirectorySource, nav: Any, clock: FakeClock, tmp_path: Path
) -> None:
    path = tmp_path / "execution/rows.jsonl"
    path.parent.mkdir()
    append(path, clock, 1)
    (tmp_path / "state/nav.json").write_text('{"n": 1}')
    follower = follow(state, ROWS, nav)
    follower.wait(lambda: numbers(follower) == [1])
    assert len(follower.batches) == 1
    append(path, clock, 2)
    follower.wait(lambda: numbers(follower) == [1, 2])
    path.rename(path.with_name("rows.1.jsonl"))
    append(path, clock, 3)
    follower.wait(lambda: numbers(follower) == [1, 2, 3])

    assert all(reading.fault is None for reading in follower.published(ROWS))


def test_log_that_comes_later_is_found(
    follow: Any, state: DirectorySource, nav: Any, clock: FakeClock, tmp_path: Path
) -> None:
    follower = follow(state, ROWS, nav)
    follower.wait_fault(ROWS, Status.MISSING)
    append(tmp_path / "state/rows.jsonl", clock, 1)

    follower.wait(lambda: numbers(follower) == [1])


def test_alternatives_that_do_not_exist_cost_no_polling(
    tmp_path: Path, clock: FakeClock, follow: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is watched are the directories that there are; events go on being used."""
    watched: list[tuple[str, ...]] = []

    def spy(folders: tuple[str, ...], **options: Any) -> Watch:
        watched.append(folders)
        return Watch(folders, **options)

    monkeypatch.setattr("muntin.sources.files.directory.Watch", spy)
    follower = follow(DirectorySource(tmp_path, clock), ROWS)
    follower.wait_fault(ROWS, Status.MISSING)

    assert watched == [(str(tmp_path),)]


@pytest.mark.slow
def test_long_log_is_read_from_its_end_f100(new_desk: Any, row: Callable[..., bytes]) -> None:
    """F100: 60 MB; of which the window's rows are read, and then what is new."""
    text = "x" * 1230
    with new_desk().path.open("wb") as file:
        for n in range(48_000):
            file.write(row(n, 20.0 * (48_000 - n), text=text))
    desk = new_desk()
    size = desk.path.stat().st_size
    desk.look()

    assert size > 59_000_000
    assert len(desk.value.entries) == 4320
    assert desk.value.complete
    assert desk.followed.bytes_read < 8_000_000
    assert desk.store.snapshot.reading(desk.feed).parse_seconds < 2
    before = desk.followed.bytes_read
    desk.append(row(48_000))
    assert desk.numbers[-1] == 48_000
    assert desk.followed.bytes_read - before < 6000
