"""Events: what changes is told to the plugins, and what grows old while nothing changes."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from muntin import Event, Feed
from muntin.sources import read
from muntin.state.store import Store
from muntin.testing import FakeClock
from muntin.web.operators.events import Events

NAV = Feed("nav", dict, late_after=10, stale_after=60)


class Told:
    """A site with one feed, whose plugins keep what they are told."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = Store([NAV], self.clock)
        self.plugins = self
        self._news = threading.Condition()
        self.events: list[Event] = []
        raw = {"nav": 1, "ts": self.clock()}
        self.store.publish(read(NAV, raw, self.clock.now))

    def tell(self, event: Event) -> tuple[()]:
        with self._news:
            self.events.append(event)
            self._news.notify_all()
        return ()

    def wait(self, count: int) -> list[str]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.events) >= count, 30), self.events
            return [f"{one.kind} {one.subject} {one.detail}" for one in self.events]


def test_a_feed_that_nobody_writes_any_more_is_told_as_it_grows_old() -> None:
    told = Told()
    site: Any = SimpleNamespace(store=told.store, plugins=told)
    events = Events(site, every=0.01)
    events.start()
    told.clock.advance(30)
    told.wait(1)
    told.clock.advance(60)
    said = told.wait(2)
    events.stop()

    assert said == ["feed-status nav live to late", "feed-status nav late to stale"]
