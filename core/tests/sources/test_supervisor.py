"""A source that fails is told, and started again; statuses change by the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from structlog.testing import capture_logs

from muntin.sources.backoff import Backoff
from muntin.sources.files.directory import DirectorySource
from muntin.sources.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Supervisor
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status, read
from muntin.state.store import Store
from muntin.testing import FakeClock

Put = Callable[..., Path]


class Scripted:
    """A source that does one thing per run."""

    location = "scripted"

    def __init__(self, *steps: Callable[..., object]) -> None:
        self.steps = list(steps)
        self.runs = 0

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., object], stop: threading.Event
    ) -> None:
        self.runs += 1
        self.steps.pop(0)(feeds, publish)
        stop.wait()


class Waiter:
    """Waits until a store satisfies a condition."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._changed = threading.Condition()
        store.subscribe(self._wake)

    def _wake(self, _: frozenset[str]) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait(self, ready: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(ready, 5)


@pytest.fixture
def store(nav: Feed[float], kpis: Feed[float], clock: FakeClock) -> Store:
    return Store([nav, kpis], clock)


@pytest.fixture
def supervise(store: Store) -> Iterator[Callable[..., Supervisor]]:
    made: list[Supervisor] = []

    def start(source: Any) -> Supervisor:
        made.append(Supervisor(store, source, first_pause=0.01, longest_turn=0.01))
        made[-1].start()
        return made[-1]

    yield start
    for supervisor in made:
        assert supervisor.stop()


def fail(*_: Any) -> None:
    raise ZeroDivisionError("division\nby zero")


def test_failed_source_is_told_and_started_again_f27(
    store: Store, nav: Any, kpis: Any, clock: FakeClock, supervise: Any
) -> None:
    """F27: a source's failure is named in every feed, keeps what was known, and heals."""
    good = read(nav, {"n": 1, "updated_ts": clock()}, clock.now)
    better = read(nav, {"n": 2, "updated_ts": clock()}, clock.now)
    told: list[Any] = []

    def good_then_fail(_feeds: Any, publish: Callable[..., object]) -> None:
        publish(good)
        fail()

    def look_then_heal(_feeds: Any, publish: Callable[..., object]) -> None:
        told.append(store.snapshot)
        publish(better)

    source = Scripted(good_then_fail, look_then_heal)
    waiter = Waiter(store)
    with capture_logs() as logs:
        supervise(source)
        waiter.wait(lambda: store.snapshot.get(nav, None) == 2)

    reading = told[0].reading(nav)
    entry = next(entry for entry in logs if entry["event"] == "the source failed")
    assert (reading.value, reading.fault) == (1, Status.UNREADABLE)
    assert reading.problem == (
        f"the source failed: ZeroDivisionError: division by zero (ref {entry['reference']})"
    )
    assert told[0].reading(kpis).fault is Status.UNREADABLE
    assert store.snapshot.status(nav) is Status.LIVE


class Unspeakable(Exception):
    def __str__(self) -> NoReturn:
        raise ZeroDivisionError


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), Unspeakable()])
def test_whatever_a_source_raises_it_is_told_and_started_again(
    store: Store, nav: Any, clock: FakeClock, supervise: Any, error: BaseException
) -> None:
    told: list[str] = []

    def end(*_: Any) -> NoReturn:
        raise error

    def heal(_feeds: Any, publish: Callable[..., object]) -> None:
        told.append(store.snapshot.reading(nav).problem)
        publish(read(nav, {"n": 2, "updated_ts": clock()}, clock.now))

    waiter = Waiter(store)
    supervise(Scripted(end, heal))
    waiter.wait(lambda: store.snapshot.get(nav, None) == 2)

    assert told[0].startswith(f"the source failed: {type(error).__name__}")


def test_pauses_between_attempts_grow() -> None:
    backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE, spread=lambda: 0.5)

    assert [backoff.pause() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.reset()
    assert backoff.pause() == 1


def test_source_that_ends_is_not_started_again(store: Store, supervise: Any) -> None:
    class Ending(Scripted):
        def run(self, *_: Any) -> None:
            self.runs += 1

    source = Ending()
    supervisor = supervise(source)
    supervisor._threads[0].join(5)

    assert source.runs == 1


def test_status_changes_without_a_new_file_f16(
    store: Store, nav: Any, put: Put, clock: FakeClock, tmp_path: Path, supervise: Any
) -> None:
    """F16: ten minutes without a change make the feed stale, and somebody is told."""
    put(nav, 1)
    waiter = Waiter(store)
    seen: list[Status] = []
    store.subscribe(lambda names: seen.append(store.snapshot.status(nav)) if names else None)
    supervise(DirectorySource(tmp_path, clock))
    waiter.wait(lambda: store.snapshot.status(nav) is Status.LIVE)

    clock.advance(200)
    waiter.wait(lambda: Status.LATE in seen)
    clock.advance(600)
    waiter.wait(lambda: Status.STALE in seen)

    assert store.snapshot[nav] == 1


def test_threads_have_names_and_end(store: Store, tmp_path: Path, clock: FakeClock) -> None:
    supervisor = Supervisor(store, DirectorySource(tmp_path, clock))
    supervisor.start()
    assert store.wait_loaded(5)
    names = {thread.name for thread in threading.enumerate()}

    assert {"source-state", "ticker"} <= names
    assert supervisor.stop()
    assert not {"source-state", "ticker"} & {thread.name for thread in threading.enumerate()}


def test_stop_before_start_is_harmless(store: Store) -> None:
    assert Supervisor(store, Scripted()).stop()
