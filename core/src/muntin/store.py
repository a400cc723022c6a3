"""The store: one per process, holds the newest snapshot and wakes who needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from muntin.feeds import Feed
from muntin.state import Reading, Snapshot, Status, failed

#: Called with the names of the feeds whose value or status changed; must return at once.
Wake = Callable[[frozenset[str]], None]

#: A clock returns epoch seconds; tests pass a fake one.
Clock = Callable[[], float]


class Store:
    """Holds what is known of a fixed set of feeds; reading it needs no lock.

    Sources call `publish`, from any thread; stages subscribe. `judge` re-computes every status by
    the clock, so that a feed goes stale without new data.
    """

    def __init__(self, feeds: Iterable[Feed[Any]], clock: Clock = time.time) -> None:
        self.clock = clock
        self.feeds = MappingProxyType({feed.name: feed for feed in feeds})
        now = self._now()
        first = {f.name: failed(f, Status.MISSING, "never seen", now) for f in self.feeds.values()}
        self._snapshot = Snapshot(MappingProxyType(first), now)
        self._statuses = self._snapshot.statuses()
        self._loaded = False
        self._wakes: tuple[Wake, ...] = ()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot, judged at this instant."""
        return replace(self._snapshot, now=self._now())

    def publish(self, *readings: Reading) -> frozenset[str]:
        """Swap in the next snapshot; return the names of the feeds that changed.

        A faulty reading keeps the feed's last good value. Readings of unknown feeds are ignored.
        """
        with self._lock:
            self._loaded = True
            self._changed.notify_all()
            known = dict(self._snapshot.readings)
            changed = set()
            for reading in readings:
                name = reading.feed.name
                if name in self.feeds:
                    merged = reading.after(known.get(name))
                    if _differs(known.get(name), merged):
                        changed.add(name)
                    known[name] = merged
            return self._swap(known, changed)

    def judge(self) -> frozenset[str]:
        """Re-compute every status by the clock; return the names of the feeds that changed."""
        with self._lock:
            return self._swap(dict(self._snapshot.readings), set())

    def _swap(self, readings: dict[str, Reading], changed: set[str]) -> frozenset[str]:
        version = self._snapshot.version + 1
        snapshot = Snapshot(MappingProxyType(readings), self._now(), version)
        statuses = snapshot.statuses()
        changed |= {name for name, status in statuses.items() if self._statuses[name] != status}
        self._statuses = statuses
        if not changed:
            self._snapshot = replace(snapshot, version=version - 1)
            return frozenset()
        self._snapshot = snapshot
        names = frozenset(changed)
        for wake in self._wakes:
            wake(names)
        return names

    def subscribe(self, wake: Wake) -> Callable[[], None]:
        """Have `wake` called on every change; return the function that ends it."""
        with self._lock:
            self._wakes = (*self._wakes, wake)

        def close() -> None:
            with self._lock:
                self._wakes = tuple(other for other in self._wakes if other is not wake)

        return close

    def seconds_to_next_turn(self, longest: float = 5.0) -> float:
        """Return how long no status can change by age alone, at most `longest` seconds."""
        now = self._now()
        turns = (reading.turns_at(now) for reading in self._snapshot.readings.values())
        first = min((turn for turn in turns if turn is not None), default=None)
        if first is None:
            return longest
        return min(longest, max(0.01, (first - now).total_seconds() + 0.005))

    def wait_loaded(self, timeout: float) -> bool:
        """Wait until every required feed has been looked for; return False after `timeout` seconds.

        Looked for means published at least once, be it as missing.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._loaded, timeout)


def _differs(old: Reading | None, new: Reading) -> bool:
    if old is None:
        return True
    return (old.value is not new.value and _other_document(old.raw, new.raw)) or (
        old.as_of, old.fault, old.problem
    ) != (new.as_of, new.fault, new.problem)  # fmt: skip


def _other_document(old: Any, new: Any) -> bool:
    # To Python 1, 1.0 and True are equal; to a field they are not.
    return bool(old != new) or repr(old) != repr(new)
