"""The store: swaps snapshots, wakes who needs it, and judges by its own clock."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from muntin.state.feeds import Feed
from muntin.state.snapshots import Status, failed, read
from muntin.state.store import Store
from muntin.testing import FakeClock


def parse(raw: Any) -> Any:
    return raw["nav"]


NAV = Feed("nav", parse, late_after=180, stale_after=600)
KPIS = Feed("kpis", parse, late_after=60, stale_after=120)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> Store:
    return Store([NAV, KPIS], clock)


def document(clock: FakeClock, age: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"nav": 1.0, "updated_ts": clock() - age, **more}


def test_store_starts_with_every_feed_missing_f25(store: Store) -> None:
    """F25: nothing is pretended before the first look."""
    assert store.snapshot.statuses() == {"nav": Status.MISSING, "kpis": Status.MISSING}
    assert store.snapshot.version == 0
    assert not store.wait_loaded(0)


def test_publish_swaps_the_snapshot_and_wakes(store: Store, clock: FakeClock) -> None:
    woken: list[frozenset[str]] = []
    store.subscribe(woken.append)
    before = store.snapshot

    changed = store.publish(read(NAV, document(clock), clock.now))

    assert changed == {"nav"}
    assert woken == [changed]
    assert store.snapshot[NAV] == 1.0
    assert store.snapshot.version == before.version + 1
    assert before.status(NAV) is Status.MISSING


def test_readings_of_one_publish_appear_together_f106(store: Store, clock: FakeClock) -> None:
    """F106: no snapshot holds one half of what was published at once."""
    store.publish(*(read(feed, document(clock), clock.now) for feed in (NAV, KPIS)))

    assert store.snapshot.version == 1
    assert set(store.snapshot.statuses().values()) == {Status.LIVE}


def test_ended_subscription_is_not_called(store: Store, clock: FakeClock) -> None:
    woken: list[frozenset[str]] = []
    store.subscribe(woken.append)()

    store.publish(read(NAV, document(clock), clock.now))

    assert woken == []


def test_same_document_again_wakes_nobody_f3(store: Store, clock: FakeClock) -> None:
    """F3: a rewritten, unchanged document is no news."""
    store.publish(read(NAV, document(clock), clock.now))
    clock.advance(1)

    assert store.publish(read(NAV, document(clock, 1), clock.now)) == frozenset()
    assert store.snapshot.version == 1


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), (1, 1.0), (0.0, -0.0)])
def test_values_equal_only_to_python_are_news_f82(
    store: Store, clock: FakeClock, old: Any, new: Any
) -> None:
    """F82: 1 that becomes true is a change."""
    store.publish(read(NAV, document(clock, nav=old), clock.now))

    assert store.publish(read(NAV, document(clock, nav=new), clock.now)) == {"nav"}


def test_fault_keeps_the_last_good_value_f96(store: Store, clock: FakeClock) -> None:
    """F96: a fault is shown beside what was known."""
    store.publish(read(NAV, document(clock), clock.now))

    store.publish(failed(NAV, Status.UNREADABLE, "cut off", clock.now))

    assert store.snapshot[NAV] == 1.0
    assert store.snapshot.status(NAV) is Status.UNREADABLE
    assert store.snapshot.reading(NAV).problem == "cut off"


def test_unknown_feed_is_ignored(store: Store, clock: FakeClock) -> None:
    other = Feed("other", parse)

    assert store.publish(read(other, document(clock), clock.now)) == frozenset()
    assert "other" not in store.snapshot.readings


def test_status_changes_by_the_clock_alone_f16(store: Store, clock: FakeClock) -> None:
    """F16: ten minutes without a new file make the feed stale, and wake who shows it."""
    store.publish(read(NAV, document(clock), clock.now))
    woken: list[frozenset[str]] = []
    store.subscribe(woken.append)
    clock.advance(601)

    assert store.judge() == {"nav"}
    assert woken == [{"nav"}]
    assert store.snapshot.status(NAV) is Status.STALE
    assert store.judge() == frozenset()


def test_clock_set_back_shows_skew_f14(store: Store, clock: FakeClock) -> None:
    """F14: where clocks disagree, the status says so, in both directions."""
    store.publish(read(NAV, document(clock), clock.now))
    clock.advance(-86400)
    assert store.judge() == {"nav"}
    assert store.snapshot.status(NAV) is Status.SKEWED

    clock.advance(86400)
    store.judge()

    assert store.snapshot.status(NAV) is Status.LIVE


@pytest.mark.parametrize(
    ("age", "wait"), [(0, 5.0), (178, 2.005), (180, 0.01), (599.99, 0.015), (900, 5.0), (-7, 2.005)]
)
def test_next_turn_is_waited_for(store: Store, clock: FakeClock, age: float, wait: float) -> None:
    store.publish(read(NAV, document(clock, age), clock.now))

    assert store.seconds_to_next_turn() == pytest.approx(wait, abs=1e-3)


def test_hostile_time_breaks_no_turn(store: Store, clock: FakeClock) -> None:
    """A date at the end of the calendar overflows nothing."""
    hostile = document(clock, updated_ts="9999-12-31T23:59:59Z")

    store.publish(read(NAV, hostile, clock.now))

    assert store.seconds_to_next_turn(1.0) == 1.0
    assert store.snapshot.status(NAV) is Status.SKEWED


def test_loaded_is_seen_from_another_thread(store: Store, clock: FakeClock) -> None:
    """Loaded means looked for once, be it in vain."""
    loaded: list[bool] = []
    waiter = threading.Thread(target=lambda: loaded.append(store.wait_loaded(5)))
    waiter.start()

    store.publish(*(failed(feed, Status.MISSING, "never seen", clock.now) for feed in (NAV, KPIS)))
    waiter.join(5)

    assert loaded == [True]
    assert store.snapshot.version == 0


def test_publishing_from_many_threads_loses_nothing(store: Store, clock: FakeClock) -> None:
    def publish(feed: Feed[Any]) -> None:
        for count in range(100):
            store.publish(read(feed, document(clock, nav=count), clock.now))

    threads = [threading.Thread(target=publish, args=[feed]) for feed in (NAV, KPIS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert (store.snapshot[NAV], store.snapshot[KPIS]) == (99, 99)
    assert store.snapshot.version == 200
