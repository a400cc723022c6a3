"""A store that tests fill by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, Status, failed, read
from muntin.state.store import Store
from muntin.testing.clock import FakeClock
from muntin.testing.snapshots import changed


class FakeStore(Store):
    """A `Store` with a clock moved by hand; it takes up every feed that is published."""

    def __init__(self, feeds: Iterable[Feed[Any]] = (), clock: FakeClock | None = None) -> None:
        self.hand = clock or FakeClock()
        super().__init__(feeds, self.hand)

    def publish(self, *what: Any, **raw: Any) -> frozenset[str]:
        """Publish ``(FEED, raw)``, ``(FEED, nav=1.0)`` or readings; return the feeds that changed.

        ``publish(FEED)`` publishes the feed's example.
        """
        if what and isinstance(what[0], Feed):
            feed, *rest = what
            what = (read(feed, rest[0] if rest else changed(feed, raw), self.hand.now),)
        for reading in what:
            self._adopt(reading)
        return super().publish(*what)

    def advance(self, seconds: float) -> frozenset[str]:
        """Move the clock and return the feeds whose status changed by that alone."""
        self.hand.advance(seconds)
        return self.judge()

    def _adopt(self, reading: Reading) -> None:
        feed = reading.feed
        if feed.name in self.feeds:
            return
        unseen = failed(feed, Status.MISSING, "never seen", self.hand.now)
        with self._lock:
            self.feeds = MappingProxyType({**self.feeds, feed.name: feed})
            known = MappingProxyType({**self._snapshot.readings, feed.name: unseen})
            self._snapshot = replace(self._snapshot, readings=known)
            self._statuses = self._snapshot.statuses()
