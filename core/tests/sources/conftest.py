"""A source at work: on its own thread, into a real store, with everything it published kept."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from muntin.sources import Source
from muntin.sources.files.directory import DirectorySource
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, Status
from muntin.state.store import Store
from muntin.testing import FakeClock


def number(raw: Any) -> float:
    """Return the document's only figure; whatever is wrong with it is the parser's error."""
    return float(raw["n"])


NAV = Feed("nav", number)
KPIS = Feed("kpis", number)


class Follower:
    """Runs a source and waits for what it publishes."""

    def __init__(self, source: Source, feeds: Sequence[Feed[Any]], clock: FakeClock) -> None:
        self.store = Store(feeds, clock)
        self.batches: list[tuple[Reading, ...]] = []
        #: Called on the source's thread with every batch, before anybody sees it.
        self.on_publish: Callable[[], None] = lambda: None
        self.stop = threading.Event()
        self._news = threading.Condition()
        self._feeds = feeds
        self._thread = threading.Thread(target=self._run, args=[source], name="source")
        self._ended = threading.Event()

    def _run(self, source: Source) -> None:
        try:
            source.run(self._feeds, self.publish, self.stop)
        finally:
            self._ended.set()

    def publish(self, *readings: Reading) -> None:
        self.on_publish()
        with self._news:
            self.store.publish(*readings)
            self.batches.append(readings)
            self._news.notify_all()

    def start(self) -> Follower:
        self._thread.start()
        return self

    def wait(self, ready: Callable[[], bool], timeout: float = 5.0) -> None:
        with self._news:
            assert self._news.wait_for(ready, timeout), self.store.snapshot.readings

    def wait_value(self, feed: Feed[Any], value: float) -> None:
        self.wait(lambda: self.store.snapshot.get(feed, None) == value and not self.fault(feed))

    def wait_fault(self, feed: Feed[Any], fault: Status) -> Reading:
        self.wait(lambda: bool(self.batches) and self.fault(feed) is fault)
        return self.store.snapshot.reading(feed)

    def fault(self, feed: Feed[Any]) -> Status | None:
        return self.store.snapshot.reading(feed).fault

    def published(self, feed: Feed[Any]) -> list[Reading]:
        return [reading for batch in self.batches for reading in batch if reading.feed is feed]

    def close(self) -> None:
        self.stop.set()
        if self._thread.ident is not None:
            assert self._ended.wait(5), "the source did not stop"
            self._thread.join(5)


class Follow(Protocol):
    def __call__(self, source: Source, *feeds: Feed[Any], start: bool = True) -> Follower: ...


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def follow(clock: FakeClock) -> Iterator[Follow]:
    followers: list[Follower] = []

    def make(source: Source, *feeds: Feed[Any], start: bool = True) -> Follower:
        follower = Follower(source, feeds or (NAV, KPIS), clock)
        followers.append(follower)
        return follower.start() if start else follower

    yield make
    for follower in followers:
        follower.close()


@pytest.fixture(params=[False, True], ids=["events", "polling"])
def source(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> DirectorySource:
    return DirectorySource(tmp_path, clock, force_polling=request.param)


@pytest.fixture
def put(tmp_path: Path, clock: FakeClock) -> Callable[..., Path]:
    """Write a document by temp file and rename, as careful producers do."""

    def write(feed: Feed[Any], n: Any, root: Path = tmp_path, **more: Any) -> Path:
        path = root / feed.path
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps({"n": n, "updated_ts": clock(), **more}))
        os.replace(temporary, path)  # noqa: PTH105  # the call under test, by its name
        return path

    return write


@pytest.fixture
def nav() -> Feed[float]:
    return NAV


@pytest.fixture
def kpis() -> Feed[float]:
    return KPIS
