"""A stage at work on its own thread, with a store under it and views to look at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from core.tests.live.charts import draw
from core.tests.live.messages import delta_of

from muntin.live.relay.frames import Update
from muntin.live.stage.stage import Stage
from muntin.pages import Page, Panel
from muntin.state.feeds import Feed
from muntin.state.snapshots import Snapshot, read
from muntin.state.store import Store
from muntin.testing import FakeClock
from muntin.ui import Chart, Metric, label, metrics

NAV: Feed[dict[str, Any]] = Feed("nav", dict)
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict)
WAIT = 5.0


class Running:
    """A store with a stage on it, and every update it has emitted."""

    def __init__(self, panels: tuple[Panel, ...], refresh: float) -> None:
        self.clock = FakeClock()
        self.store = Store([NAV, KPIS], self.clock)
        self.updates: list[Update] = []
        self._news = threading.Condition()
        self.watched, self.sending = True, False
        self.stage = Stage(Page("page", "Page", panels), self.store, refresh)

    def start(self) -> Running:
        self.stage.start(self)
        assert self.stage.ready.wait(WAIT)
        return self

    def emit(self, update: Update) -> None:
        with self._news:
            self.updates.append(update)
            self._news.notify_all()

    def publish(self, *feeds: Feed[Any], value: float = 1.0) -> None:
        raw = {"nav": value, "ts": self.clock()}
        self.store.publish(*(read(feed, raw, self.clock.now) for feed in feeds or (NAV,)))

    def wait(self, count: int) -> Update:
        with self._news:
            assert self._news.wait_for(lambda: len(self.updates) >= count, WAIT), self.updates
            return self.updates[count - 1]

    def wait_text(self, text: str) -> list[Any]:
        """Wait for the update that says `text`, however many there were until then."""
        with self._news:
            assert self._news.wait_for(lambda: self._saying(text) is not None, WAIT), self.updates
        found = self._saying(text)
        assert found is not None
        return delta_of(found.frames)

    def _saying(self, text: str) -> Update | None:
        return next((one for one in self.updates if text.encode() in one.frames), None)

    def pull(self) -> tuple[int, bytes]:
        pulled: list[tuple[int, bytes]] = []
        done = threading.Event()

        def take(revision: int, body: bytes) -> None:
            pulled.append((revision, body))
            done.set()

        self.stage.pull(take)
        assert done.wait(WAIT)
        return pulled[0]


#: The fixture `start`: puts views on a stage and starts it.
Start = Callable[..., Running]


def value(state: Snapshot) -> float:
    found = state.get(NAV, None)
    return float("nan") if found is None else float(found["nav"])


def metric(state: Snapshot) -> object:
    return metrics(Metric("nav", "NAV", label(f"value {value(state)}")))


def chart(state: Snapshot) -> Chart:
    return Chart(draw, {"points": {"x": [0], "y": [value(state)]}}, "c")
