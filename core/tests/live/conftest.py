"""A relay with wires on it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

# These tests are no package, and share modules.
sys.path.insert(0, str(Path(__file__).parents[3]))

from core.tests.live.wires import Wire

from muntin.live import relay as module
from muntin.live.relay import Relay, Viewer
from muntin.testing import FakeClock

if TYPE_CHECKING:
    from core.tests.live.wires import Join


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
        store=SimpleNamespace(clock=FakeClock()),
        shown=SimpleNamespace(revision=5),
        catch_up=lambda: b"catch-up",
        look=lambda: None,
    )
    return Relay(stage, owed_bytes=100, owed_seconds=10.0)


@pytest.fixture
def join(relay: Relay) -> Join:
    """Return what connects a viewer to the relay, greeted already."""

    def joined(revision: int | None = 5) -> tuple[Viewer, Wire]:
        wire = Wire()
        viewer = relay.join(wire, revision)
        wire.take()
        return viewer, wire

    return joined
