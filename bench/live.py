"""Workload "live": N viewers, one update a second; what arrives, when, and what it costs."""

from __future__ import annotations

import asyncio
import gc
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.figures import percentile
from bench.machine import SERVER_CORE, busy_seconds, cpu_seconds, rss_kb
from bench.servers import Peer, Place, Running, serving
from bench.state import State, Written
from bench.viewer import Viewer

PERIOD = 1.0


@dataclass(frozen=True, slots=True)
class Live:
    """What was measured with a number of viewers on one server."""

    peer: str
    viewers: int
    updates: int
    #: Seconds from rename to bytes, of each update that came in time.
    latencies: list[float] = field(repr=False)
    late: int
    cpu: float
    bytes: int
    #: CPU and memory that those who joined for this case cost (the first viewer is left out).
    cpu_per_join: float
    kb_per_viewer: float
    #: Share of the server's core that others took meanwhile, per cent.
    foreign: float

    @property
    def delivered(self) -> float:
        """Share of the updates that came before the next one was written, per cent."""
        return 100 * len(self.latencies) / (self.viewers * self.updates)

    @property
    def cpu_ms(self) -> float:
        """The server's CPU per viewer and update, whether it arrived or not, ms."""
        return 1000 * self.cpu / (self.viewers * self.updates)

    @property
    def kb(self) -> float:
        """Bytes received per viewer and update, kB."""
        return self.bytes / 1000 / (self.viewers * self.updates)

    def late_by(self, share: float) -> float:
        """Return a percentile of the latency, ms."""
        return 1000 * percentile(self.latencies, share)


class Count:
    """Counts what arrives; an update that comes after the next was written is late: a miss."""

    def __init__(self) -> None:
        self.writes: list[Written] = []
        self.latencies: list[float] = []
        self.late = 0

    def wrote(self, written: Written) -> None:
        """Note an update; what is still on its way from here on is late."""
        self.writes.append(written)

    def __call__(self, viewer: Viewer, payload: bytes, at: float) -> None:
        """Look for the newest value in a payload, and for the one before."""
        newest = len(self.writes) - 1
        if newest < 0 or len(payload) < 50:
            return
        if viewer.seen < newest and self.writes[-1].shown in payload:
            viewer.seen = newest
            if newest > 0:
                self.latencies.append(at - self.writes[-1].at)
        elif viewer.seen < newest - 1 and newest > 1 and self.writes[-2].shown in payload:
            viewer.seen = newest - 1
            self.late += 1


def silent(_viewer: Viewer, _payload: bytes, _at: float) -> None:
    """Take no notice."""


async def measure(
    peer: Peer, place: Place, state: State, viewers: Iterable[int], seconds: int
) -> list[Live]:
    """Return a measurement for each number of viewers; they join one server in steps."""
    state.write_all()
    found: list[Live] = []
    async with serving(peer, place) as server:
        await _quiet(server)
        joined: list[Viewer] = []
        for wanted in sorted(viewers):
            cost = await _join(server, joined, wanted)
            found.append(await _case(server, state, joined, seconds, cost))
            _say(found[-1])
        for viewer in joined:
            viewer.close()
        await asyncio.sleep(0.2)
    return found


async def _join(server: Running, joined: list[Viewer], wanted: int) -> tuple[float, float]:
    """Let viewers in until there are enough; return CPU (s) and memory (kB) of each."""
    before, cpu, rss = len(joined), cpu_seconds(server.pid), rss_kb(server.pid)
    while len(joined) < wanted:
        joined.append(await server.join(silent))
    added = wanted - before
    if before == 0:
        return math.nan, math.nan
    return (cpu_seconds(server.pid) - cpu) / added, (rss_kb(server.pid) - rss) / added


async def _quiet(server: Running) -> None:
    """Wait until the server has nothing left to do of its start, ten seconds at most."""
    for _ in range(20):
        before = cpu_seconds(server.pid)
        await asyncio.sleep(0.5)
        if cpu_seconds(server.pid) - before < 0.05:
            return


async def _case(
    server: Running, state: State, joined: list[Viewer], seconds: int, cost: tuple[float, float]
) -> Live:
    """Write once a second, the first time for warming up, and count."""
    count = Count()
    for viewer in joined:
        viewer.heard, viewer.seen = count, -1
    gc.collect()
    gc.disable()
    began = time.perf_counter() + 0.3
    before = _used(server, joined)
    for index in range(seconds + 1):
        await asyncio.sleep(began + index * PERIOD - time.perf_counter())
        if index == 1:
            before = _used(server, joined)
        count.wrote(state.write())
    await asyncio.sleep(began + (seconds + 1) * PERIOD - time.perf_counter())
    cpu, got, core = (now - then for now, then in zip(_used(server, joined), before, strict=True))
    gc.enable()
    for viewer in joined:
        viewer.heard = silent
    return Live(
        server.peer.name, len(joined), seconds, count.latencies, count.late, cpu, int(got), *cost,
        foreign=max(0.0, 100 * (core - cpu) / (seconds * PERIOD)),
    )  # fmt: skip


def _used(server: Running, joined: list[Viewer]) -> tuple[float, float, float]:
    """Return CPU of the server, bytes received, and work of the server's core so far."""
    received = sum(one.received for one in joined)
    return cpu_seconds(server.pid), received, busy_seconds(SERVER_CORE)


def _say(one: Live) -> None:
    print(
        f"  {one.peer:<10}{one.viewers:>5} viewers  {one.delivered:6.2f} % delivered"
        f"  p50 {one.late_by(0.5):6.1f}  p99 {one.late_by(0.99):6.1f} ms"
        f"  {one.cpu_ms:8.4f} ms CPU per viewer-update"
        f"  (others: {one.foreign:.0f} % of the core)",
        flush=True,
    )
