"""The directory source at work: real files, real events, a real store."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muntin.sources.decoding import Undecodable, decode
from muntin.sources.doubt import PATIENCE, SETTLED
from muntin.sources.files import document as tracked
from muntin.sources.files.directory import DirectorySource
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status
from muntin.testing import FakeClock

Put = Callable[..., Path]


@pytest.fixture
def first_fault(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when a document could not be decoded, told or not."""
    met = threading.Event()

    def spy(feed: Feed[Any], data: bytes) -> Any:
        try:
            return decode(feed, data)
        except Undecodable:
            met.set()
            raise

    monkeypatch.setattr(tracked, "decode", spy)
    return met


def test_empty_directory_is_told_at_once_f25(
    follow: Any, source: DirectorySource, nav: Any, kpis: Any, tmp_path: Path
) -> None:
    """F25, F17: every feed has a reading, never seen, and names the file looked for."""
    follower = follow(source)

    reading = follower.wait_fault(nav, Status.MISSING)

    assert len(follower.batches[0]) == 2
    assert reading.problem == f"never seen: {tmp_path}/nav.json"
    assert follower.store.wait_loaded(0)
    assert follower.fault(kpis) is Status.MISSING


def test_documents_of_the_start_come_in_one_batch_f106(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any
) -> None:
    """F106: the first snapshot holds all there is."""
    put(nav, 1)
    put(kpis, 2)
    follower = follow(source)

    follower.wait_value(kpis, 2)

    assert follower.store.snapshot[nav] == 1
    assert len(follower.batches) == 1


def test_each_change_is_followed(follow: Any, source: DirectorySource, put: Put, nav: Any) -> None:
    follower = follow(source)
    follower.wait_fault(nav, Status.MISSING)
    for n in range(5):
        put(nav, n)
        follower.wait_value(nav, n)

    assert [reading.value for reading in follower.published(nav)] == [None, 0, 1, 2, 3, 4]


def test_what_changed_together_is_published_together_f106(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any
) -> None:
    """F106: all that one look finds is one batch."""
    follower = follow(source, start=False)

    def change_both() -> None:
        follower.on_publish = lambda: None
        put(nav, 1)
        put(kpis, 2)

    follower.on_publish = change_both
    follower.start()
    follower.wait_value(kpis, 2)

    assert len(follower.batches) == 2
    assert {reading.feed.name for reading in follower.batches[1]} == {"nav", "kpis"}


def test_rewriting_the_same_bytes_is_no_news_f3(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any, clock: FakeClock
) -> None:
    """F3: a producer that rewrites an old document does not make it fresh."""
    put(nav, 1, updated_ts=clock() - 3600)
    follower = follow(source)
    follower.wait_value(nav, 1)

    put(nav, 1, updated_ts=clock() - 3600)
    put(kpis, 1)
    follower.wait_value(kpis, 1)

    assert len(follower.published(nav)) == 1
    assert follower.store.snapshot.status(nav) is Status.STALE


def test_half_written_file_that_is_completed_flashes_no_fault_f96(
    follow: Any, source: DirectorySource, put: Put, nav: Any, first_fault: threading.Event
) -> None:
    """F96: the reader met half a file, waited, and told only the whole."""
    path = put(nav, 1)
    follower = follow(source)
    follower.wait_value(nav, 1)

    with path.open("wb", buffering=0) as file:
        file.write(b'{"n": 2, "upd')
        assert first_fault.wait(5)
        file.write(b'ated_ts": 1764188100}')
    follower.wait_value(nav, 2)

    assert [reading.fault for reading in follower.published(nav)] == [None, None]


def test_half_written_file_at_the_start_is_waited_for_f96(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any, monkeypatch: Any
) -> None:
    """F96: the first batch waits a moment for what is being written."""
    path = put(nav, 1)
    put(kpis, 2)
    path.write_bytes(b'{"n":')

    def complete(feed: Feed[Any], data: bytes) -> Any:
        path.write_bytes(b'{"n": 3}')
        return decode(feed, data)

    monkeypatch.setattr(tracked, "decode", complete)
    follower = follow(source)
    follower.wait_value(nav, 3)

    assert len(follower.batches) == 1


def test_broken_file_keeps_the_last_good_value_and_recovers_f96(
    follow: Any, source: DirectorySource, put: Put, nav: Any
) -> None:
    """F96: the fault is told once, with the last good value; the same content heals it."""
    path = put(nav, 1)
    whole = path.read_bytes()
    follower = follow(source)
    follower.wait_value(nav, 1)

    path.write_bytes(whole[:-5])
    reading = follower.wait_fault(nav, Status.UNREADABLE)
    path.write_bytes(whole)
    follower.wait_value(nav, 1)

    assert reading.value == 1
    assert "cut off" in reading.problem
    assert [r.fault for r in follower.published(nav)] == [None, Status.UNREADABLE, None]


def test_fast_careless_writer_never_shows_a_fault_f96(
    follow: Any, source: DirectorySource, tmp_path: Path, nav: Any, clock: FakeClock
) -> None:
    """F96: rewritten in place as fast as it goes, in two pieces: no fault, no blank, no mixture."""
    path = tmp_path / nav.path
    wrong: list[float] = []
    filler = "x" * 3000

    def parse(raw: Any) -> float:
        if raw["n"] != raw["again"] or raw["filler"] != filler:
            wrong.append(raw["n"])
        return float(raw["n"])

    feed = Feed("nav", parse)

    halves: list[float] = []

    def write(n: int) -> None:
        data = json.dumps({"n": n, "filler": filler, "updated_ts": clock(), "again": n}).encode()
        began = time.monotonic()
        with path.open("wb", buffering=0) as file:
            file.write(data[:1500])
            file.write(data[1500:])
        halves.append(time.monotonic() - began)

    write(0)
    follower = follow(source, feed)
    follower.wait_value(feed, 0)
    began = time.monotonic()
    for n in range(1, 3001):
        write(n)
    took = time.monotonic() - began
    follower.wait_value(feed, 3000)

    faults = {reading.fault for reading in follower.published(feed)}
    # On a machine that stalls the writer itself, half a file stands there for as long as a fault.
    assert faults == {None} or max(halves) > SETTLED / 2 or took > PATIENCE
    assert wrong == []


def test_hundred_renames_lose_nothing_that_lasts_f96(
    follow: Any, source: DirectorySource, put: Put, nav: Any
) -> None:
    """F96: who is rewritten faster than read is read at its newest."""
    follower = follow(source)
    for n in range(200):
        put(nav, n)
    follower.wait_value(nav, 199)

    values = [reading.value for reading in follower.published(nav) if not reading.fault]
    assert values == sorted(values)


def test_state_is_never_written_to_f97(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any, tmp_path: Path
) -> None:
    """F97: reading good, broken and absent documents leaves the directory as it was."""
    put(nav, 1)
    (tmp_path / "kpis.json").write_bytes(b"{")

    def listing() -> dict[str, tuple[int, int, int]]:
        found = [tmp_path, *tmp_path.rglob("*")]
        facts = {str(path): path.stat() for path in found}
        return {name: (f.st_mtime_ns, f.st_ctime_ns, f.st_size) for name, f in facts.items()}

    before = listing()
    follower = follow(source)
    follower.wait_fault(kpis, Status.UNREADABLE)
    follower.close()

    assert listing() == before


def test_temporary_files_are_ignored_f98(
    follow: Any, source: DirectorySource, put: Put, nav: Any, kpis: Any, tmp_path: Path
) -> None:
    """F98: what stands beside a document under another name is nothing."""
    put(nav, 1)
    follower = follow(source)
    follower.wait_value(nav, 1)

    for name in ("nav.tmp", "nav.json.123.tmp", ".nav.json", ".nav.json.swp", "nav.json~"):
        (tmp_path / name).write_bytes(b'{"n": 9')
    put(kpis, 1)
    follower.wait_value(kpis, 1)

    assert len(follower.published(nav)) == 1


def test_location_is_fixed_when_the_source_is_made_f105(
    follow: Any, tmp_path: Path, put: Put, nav: Any, clock: FakeClock, monkeypatch: Any
) -> None:
    """F105: a relative path means where one stood at the start."""
    put(nav, 1)
    monkeypatch.chdir(tmp_path.parent)
    source = DirectorySource(Path(tmp_path.name), clock)
    monkeypatch.chdir("/")

    follower = follow(source)
    follower.wait_value(nav, 1)

    assert source.location == str(tmp_path)


def test_absent_directory_is_told_and_recovers_f105(
    follow: Any, tmp_path: Path, put: Put, nav: Any, clock: FakeClock
) -> None:
    """F105: a wrong directory is named in every reading; it may appear later."""
    root = tmp_path / "state"
    follower = follow(DirectorySource(root, clock))
    reading = follower.wait_fault(nav, Status.MISSING)
    assert f"the directory {root} does not exist" in reading.problem

    root.mkdir()
    put(nav, 1, root)
    follower.wait_value(nav, 1)


def test_root_that_is_a_file_is_told_f105(
    follow: Any, tmp_path: Path, nav: Any, clock: FakeClock
) -> None:
    """F105: a wrong root is a sentence, not a crash."""
    root = tmp_path / "state"
    root.touch()

    reading = follow(DirectorySource(root, clock)).wait_fault(nav, Status.MISSING)

    assert f"{root} is not a directory" in reading.problem


def test_directory_that_goes_and_comes_back(
    follow: Any, tmp_path: Path, put: Put, nav: Any, kpis: Any, clock: FakeClock
) -> None:
    root = tmp_path / "state"
    root.mkdir()
    put(nav, 1, root)
    follower = follow(DirectorySource(root, clock))
    follower.wait_value(nav, 1)

    root.rename(tmp_path / "away")
    reading = follower.wait_fault(nav, Status.UNREADABLE)
    assert reading.value == 1
    assert "gone since 2025-11-26 20:15:00 UTC" in reading.problem
    assert "does not exist" in reading.problem
    assert follower.fault(kpis) is Status.MISSING

    (tmp_path / "away").rename(root)
    follower.wait_value(nav, 1)


def test_directory_swapped_by_a_link_is_followed(
    follow: Any, tmp_path: Path, put: Put, nav: Any, clock: FakeClock
) -> None:
    for n, name in enumerate(("old", "new")):
        (tmp_path / name).mkdir()
        put(nav, n, tmp_path / name)
    current = tmp_path / "current"
    current.symlink_to("old")
    follower = follow(DirectorySource(current, clock))
    follower.wait_value(nav, 0)

    (tmp_path / "next").symlink_to("new")
    (tmp_path / "next").rename(current)
    follower.wait_value(nav, 1)
    put(nav, 2, tmp_path / "new")

    follower.wait_value(nav, 2)


def test_feeds_may_stand_in_other_directories(
    follow: Any, tmp_path: Path, put: Put, source: DirectorySource, clock: FakeClock
) -> None:
    (tmp_path / "sub").mkdir()
    inner = Feed("inner", lambda raw: raw["n"], path="sub/inner.json")
    outer = Feed("outer", lambda raw: raw["n"], path="../state/../outer.json")
    (tmp_path / "state").mkdir()
    source = DirectorySource(tmp_path / "state", clock)
    follower = follow(source, inner, outer)
    follower.wait_fault(inner, Status.MISSING)

    put(outer, 1, tmp_path / "state")
    follower.wait_value(outer, 1)
    (tmp_path / "state" / "sub").mkdir()
    put(inner, 2, tmp_path / "state")

    follower.wait_value(inner, 2)


def test_source_without_feeds_publishes_its_nothing(follow: Any, source: DirectorySource) -> None:
    follower = follow(source, start=False)
    follower._feeds = ()

    follower.start()
    follower.wait(lambda: follower.batches == [()])


def test_stop_before_the_first_look_still_tells(
    follow: Any, source: DirectorySource, put: Put, nav: Any
) -> None:
    put(nav, 1).write_bytes(b"{")
    follower = follow(source, start=False)
    follower.stop.set()

    follower.start().close()

    assert follower.fault(nav) is Status.UNREADABLE
