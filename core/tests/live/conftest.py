"""A relay with wires on it, and stages at work: the fixtures of what happens live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from core.tests.live.running import NAV, Running
from core.tests.live.wires import Wire

from muntin.live.relay import relay as module
from muntin.live.relay.relay import Connection, Relay
from muntin.pages import Panel
from muntin.testing import FakeClock

if TYPE_CHECKING:
    from core.tests.live.running import Start
    from core.tests.live.wires import Join

    from muntin.state.snapshots import Snapshot


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the relay's own clock, moved by hand."""
    clock = FakeClock(1000.0)
    fake = SimpleNamespace(monotonic=clock, perf_counter=clock)
    monkeypatch.setattr(module, "time", fake)
    return clock


@pytest.fixture
def relay(now: FakeClock) -> Relay:
    stage: Any = SimpleNamespace(
        now=FakeClock(),
        shown=SimpleNamespace(revision=5),
        catch_up=lambda: b"catch-up",
        look=lambda: None,
    )
    return Relay(stage, owed_bytes=100, owed_seconds=10.0)


@pytest.fixture
def join(relay: Relay) -> Join:
    """Return what connects a viewer to the relay, greeted already."""

    def joined(revision: int | None = 5) -> tuple[Connection, Wire]:
        wire = Wire()
        viewer = relay.join(wire, revision)
        wire.take()
        return viewer, wire

    return joined


@pytest.fixture
def start() -> Iterator[Start]:
    """Return what starts a stage of some views; it ends with the test."""
    started: list[Running] = []

    def make(
        *views: Callable[[Snapshot], object], refresh: float = 0.02, **options: Any
    ) -> Running:
        options = options or {"wants": (NAV,)}
        panels = tuple(
            Panel(title, view, **options) for title, view in zip("ABCD", views, strict=False)
        )
        started.append(running := Running(panels, refresh))
        return running.start()

    yield make
    for running in started:
        running.stage.stop()
        assert not running.stage._thread.is_alive()
