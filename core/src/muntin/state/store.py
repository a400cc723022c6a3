"""The store: one per process; holds the newest snapshot and notifies subscribers of changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from muntin.state.feeds import Feed
from muntin.state.frames import is_frame
from muntin.state.snapshots import Reading, Snapshot, Status, failed

#: Called with the names of the feeds whose value or status changed; must not block.
Wake = Callable[[frozenset[str]], None]

#: Returns epoch seconds; tests pass a fake one.
Clock = Callable[[], float]


class Store:
    """Holds the newest snapshot of a fixed set of feeds; reading it needs no lock.

    Sources call `publish` from any thread; stages subscribe. `judge` recomputes every status by the
    clock, so that a feed goes stale without new data.
    """

    def __init__(
        self,
        feeds: Iterable[Feed[Any]],
        clock: Clock = time.time,
        places: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.clock = clock
        self.feeds = MappingProxyType({feed.name: feed for feed in feeds})
        #: Where each feed's document is, by name, for readings that do not say.
        self.places = places
        now = self._now()
        first = {
            name: failed(feed, Status.MISSING, "never seen", now, place=places.get(name, ""))
            for name, feed in self.feeds.items()
        }
        self._snapshot = Snapshot(MappingProxyType(first), now)
        self._statuses = self._snapshot.statuses()
        self._awaited = frozenset(self.feeds)
        self._wakes: tuple[Wake, ...] = ()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot, at the current time."""
        return replace(self._snapshot, now=self._now())

    def publish(self, *readings: Reading) -> frozenset[str]:
        """Publish the next snapshot and return the names of the feeds that changed.

        A faulty reading keeps the feed's last good value. Readings of unknown feeds are ignored.
        """
        with self._lock:
            if self._awaited:
                self._awaited -= {reading.feed.name for reading in readings}
                self._changed.notify_all()
            known = dict(self._snapshot.readings)
            changed = set()
            for reading in readings:
                name = reading.feed.name
                if name in self.feeds:
                    merged = self._placed(reading.after(known.get(name)))
                    if _differs(known.get(name), merged):
                        changed.add(name)
                    known[name] = merged
            return self._swap(known, changed)

    def _placed(self, reading: Reading) -> Reading:
        name = reading.feed.name
        if reading.place or name not in self.places:
            return reading
        return replace(reading, place=self.places[name])

    def judge(self) -> frozenset[str]:
        """Recompute every status by the clock and return the names of the feeds that changed."""
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
        """Call `wake` on every change; return the function that ends the subscription."""
        with self._lock:
            self._wakes = (*self._wakes, wake)

        def close() -> None:
            with self._lock:
                self._wakes = tuple(other for other in self._wakes if other is not wake)

        return close

    def seconds_to_next_turn(self, longest: float = 5.0) -> float:
        """Return the seconds until a status may change by age alone, at most `longest`."""
        now = self._now()
        turns = (reading.turns_at(now) for reading in self._snapshot.readings.values())
        first = min((turn for turn in turns if turn is not None), default=None)
        if first is None:
            return longest
        return min(longest, max(0.01, (first - now).total_seconds() + 0.005))

    def wait_loaded(self, timeout: float) -> bool:
        """Wait until every feed has been looked for; return False after `timeout` seconds.

        A feed has been looked for once a reading of it was published, even one that it is missing.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._awaited, timeout)

    def awaited(self, names: Iterable[str]) -> frozenset[str]:
        """Return which of these feeds no reading was ever published of."""
        return self._awaited.intersection(names)


def _differs(old: Reading | None, new: Reading) -> bool:
    if old is None:
        return True
    if old.value is not new.value and _other_document(old.raw, new.raw):
        return True
    return (old.as_of, old.fault, old.problem) != (new.as_of, new.fault, new.problem)


def _other_document(old: Any, new: Any) -> bool:
    if is_frame(old) or is_frame(new):
        return not (is_frame(old) and is_frame(new) and old.equals(new))
    # To Python 1, 1.0 and True are equal; to a field they are not.
    return bool(old != new) or repr(old) != repr(new)
