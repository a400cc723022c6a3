"""The event loop's pulse: holds are measured, and counted where a viewer may notice."""

from __future__ import annotations

import asyncio
from selectors import DefaultSelector
from types import SimpleNamespace

import pytest

from muntin.live.workers import loop_monitor as module
from muntin.live.workers.loop_monitor import LoopMonitor, measured_loop
from muntin.testing import FakeClock


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the pulse's own clock, moved by hand."""
    clock = FakeClock(1000.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
    return clock


def run(loop_monitor: LoopMonitor, now: FakeClock, *holds: float) -> None:
    async def hold() -> None:
        for seconds in holds:
            now.advance(seconds)
            await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=lambda: measured_loop(loop_monitor)) as runner:
        runner.run(hold())


def test_longest_hold_is_known_and_long_ones_are_counted(now: FakeClock) -> None:
    loop_monitor = LoopMonitor()
    run(loop_monitor, now, 0.001, 0.5, 0.019)

    assert loop_monitor.longest() == pytest.approx(0.5)
    assert loop_monitor.blocks == 1


def test_hold_is_forgotten_after_a_minute(now: FakeClock) -> None:
    loop_monitor = LoopMonitor()
    run(loop_monitor, now, 0.5)
    now.advance(62)

    assert loop_monitor.longest() == 0.0
    assert loop_monitor.blocks == 1


def test_loop_that_waits_is_not_held(now: FakeClock) -> None:
    loop_monitor = LoopMonitor()
    run(loop_monitor, now)

    assert (loop_monitor.longest(), loop_monitor.blocks) == (0.0, 0)


def test_worst_hold_is_known_for_good(now: FakeClock) -> None:
    loop_monitor = LoopMonitor()
    run(loop_monitor, now, 0.5, 0.7, 0.1)
    now.advance(62)

    assert loop_monitor.longest() == 0.0
    assert loop_monitor.worst == pytest.approx(0.7)


@pytest.mark.parametrize(("late", "blocks"), [(0.3, 1), (0.01, 0)])
def test_wait_that_ends_too_late_is_a_hold(
    now: FakeClock, monkeypatch: pytest.MonkeyPatch, late: float, blocks: int
) -> None:
    """Another thread had the interpreter, or the machine had something else to do."""
    loop_monitor = LoopMonitor()
    monkeypatch.setattr(DefaultSelector, "select", lambda *_: now.advance(0.5 + late))
    loop_monitor.select(0.5)

    assert (loop_monitor.worst > 0.02, loop_monitor.blocks) == (bool(blocks), blocks)
    loop_monitor.close()


def test_wait_without_an_end_is_no_hold(now: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    loop_monitor = LoopMonitor()
    monkeypatch.setattr(DefaultSelector, "select", lambda *_: now.advance(100.0))
    loop_monitor.select(None)

    assert loop_monitor.blocks == 0
    loop_monitor.close()
