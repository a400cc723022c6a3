"""A window of updates: one a period, what arrives of them, when, and what that costs."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.figures import percentile
from bench.machine import SERVER_CORE, busy_seconds, cpu_seconds
from bench.serving import Running
from bench.state import State, Written

PERIOD = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """What was measured with some viewers on one server."""

    viewers: int
    updates: int
    #: Seconds from rename to bytes, of each update that came in time.
    latencies: list[float] = field(repr=False)
    late: int
    cpu: float
    bytes: int
    #: Share of the server's core that others took meanwhile, per cent.
    foreign: float
    #: The longest that the viewers' own process was late by, seconds.
    lag: float
    #: Seconds from the first viewer who got an update to the last one, of each update.
    spreads: list[float] = field(repr=False, default_factory=list)

    @property
    def delivered(self) -> float:
        """Share of the updates that came before the next one was written, per cent."""
        return 100 * len(self.latencies) / (self.viewers * self.updates)

    def late_by(self, share: float) -> float:
        """Return a percentile of the latency, ms."""
        return 1000 * percentile(self.latencies, share)

    def figures(self) -> dict[str, float]:
        """Return what a table shows of it."""
        each = self.viewers * self.updates
        return {
            "delivered %": self.delivered,
            "p50 ms": self.late_by(0.5),
            "p99 ms": self.late_by(0.99),
            "slowest ms": self.late_by(1.0),
            "CPU ms per viewer-update": 1000 * self.cpu / each,
            "CPU %": 100 * self.cpu / (self.updates * PERIOD),
            "kB per update": self.bytes / 1000 / each,
            "viewers’ own lag ms": 1000 * self.lag,
            "others on the core %": self.foreign,
        }

    def says(self) -> str:
        """Return it in a line."""
        one = self.figures()
        return (
            f"{self.viewers:>5} viewers {self.delivered:6.2f} % delivered, p50"
            f" {one['p50 ms']:.1f} p99 {one['p99 ms']:.1f} ms,"
            f" {one['CPU ms per viewer-update']:.4f} ms CPU per viewer-update"
        )


class Count:
    """Counts what arrives; an update that comes after the next was written is late: a miss."""

    def __init__(self) -> None:
        self.writes: list[Written] = []
        self.latencies: list[float] = []
        self.late = 0
        #: The first and the last latency of each update.
        self.ends: list[list[float]] = []
        self._new = self._old = b"\xff"

    def wrote(self, written: Written) -> None:
        """Note an update; what is still on its way from here on is late."""
        self.writes.append(written)
        self.ends.append([])
        self._old, self._new = self._new, written.shown

    def __call__(self, viewer: Any, payload: bytes, at: float) -> None:
        """Look for the newest value in a payload, and for the one before."""
        newest = len(self.writes) - 1
        if len(payload) < 50:
            return
        if viewer.seen < newest and self._new in payload:
            viewer.seen = newest
            if newest > 0:
                self.latencies.append(late := at - self.writes[-1].at)
                self.ends[-1] = [*self.ends[-1][:1], late]
        elif viewer.seen < newest - 1 and self._old in payload:
            viewer.seen = newest - 1
            self.late += newest > 1


def silent(_viewer: Any, _payload: bytes, _at: float) -> None:
    """Take no notice."""


class Lag:
    """How late this very process is: what it measures of others cannot be finer."""

    def __init__(self, every: float = 0.01) -> None:
        self.most = 0.0
        self._every = every
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            due = time.perf_counter() + self._every
            await asyncio.sleep(self._every)
            self.most = max(self.most, time.perf_counter() - due)

    def stop(self) -> float:
        """Return the longest delay, seconds."""
        self._task.cancel()
        return self.most


async def measure(
    server: Running, state: State, viewers: Sequence[Any], updates: int, *, together: bool = False
) -> Window:
    """Write once a period, the first time for warming up, and count.

    An update's documents are replaced one after another as they are made, or `together`.
    """
    count, write = Count(), state.write_together if together else state.write
    for viewer in viewers:
        viewer.heard, viewer.seen = count, -1
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter() + 0.3
        await _until(began)
        count.wrote(write())
        await _until(began + PERIOD)
        lag, before = Lag(), _used(server, viewers)
        for index in range(updates):
            count.wrote(write())
            await _until(began + (index + 2) * PERIOD)
        after, longest = _used(server, viewers), lag.stop()
    finally:
        gc.enable()
        for viewer in viewers:
            viewer.heard = silent
    cpu, got, core = (now - then for now, then in zip(after, before, strict=True))
    foreign = max(0.0, 100 * (core - cpu) / (updates * PERIOD))
    spreads = [ends[-1] - ends[0] for ends in count.ends if ends]
    return Window(
        len(viewers), updates, count.latencies, count.late, cpu, int(got), foreign, longest, spreads
    )


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


def _used(server: Running, viewers: Sequence[Any]) -> tuple[float, float, float]:
    """Return CPU of the server, bytes received, and work of the server's core so far."""
    received = sum(one.received for one in viewers)
    return cpu_seconds(server.pid), received, busy_seconds(SERVER_CORE)
