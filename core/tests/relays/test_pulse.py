"""The event loop's pulse: holds are measured, and counted where a viewer may notice."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from muntin.relays import pulse as module
from muntin.relays.pulse import Pulse, measured_loop
from muntin.testing import FakeClock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the pulse's own clock, moved by hand."""
    clock = FakeClock(1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
    return clock


def run(pulse: Pulse, now: FakeClock, *holds: float) -> None:
    async def hold() -> None:
        for seconds in holds:
            now.advance(seconds)
            await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=lambda: measured_loop(pulse)) as runner:
        runner.run(hold())


def test_longest_hold_is_known_and_long_ones_are_counted(now: FakeClock) -> None:
    pulse = Pulse()
    run(pulse, now, 0.001, 0.5, 0.019)

    assert pulse.longest() == pytest.approx(0.5)
    assert pulse.blocks == 1


def test_hold_is_forgotten_after_a_minute(now: FakeClock) -> None:
    pulse = Pulse()
    run(pulse, now, 0.5)
    now.advance(62)

    assert pulse.longest() == 0.0
    assert pulse.blocks == 1


def test_loop_that_waits_is_not_held(now: FakeClock) -> None:
    pulse = Pulse()
    run(pulse, now)

    assert (pulse.longest(), pulse.blocks) == (0.0, 0)
