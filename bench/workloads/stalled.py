"""W9: one viewer in twenty stops reading; what that costs the server, and the others."""

from __future__ import annotations

import asyncio
import math
import statistics
import time

from bench.blocking import metric
from bench.catalogue import Peer
from bench.crowd import Crowd, quiet
from bench.figures import middle
from bench.heavy import HeavyState
from bench.machine import rss_kb
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Place, Running, serving
from bench.window import Window, measure, silent

#: Makes updates of some 50 kB, which fill what a stalled reader may owe without filling the core.
POSITIONS = 200
#: Updates of each window, and seconds in which stalled ones are closed.
UPDATES, PATIENCE = 14, 23
DROPPED = r"muntin_relay_dropped_total\{page=\"overview\"\}"


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Measure the others before, while some do not read, and after; look what became of those."""
    state = HeavyState(bench.place.state.parent.parent / "stalled" / "state", POSITIONS)
    many = bench.scale.pick(200, 60)
    async with serving(peer, Place(state.folder, bench.place.template)) as server:
        crowd = Crowd(server)
        await crowd.grow(many - many // 20)
        await quiet(server)
        updates = bench.scale.pick(UPDATES, 4)

        async def others() -> Window:
            return await measure(server, state, crowd.viewers, updates, together=True)

        before = await others()
        stalled = [await server.join(silent, narrow=True) for _ in range(many // 20)]
        memory = rss_kb(server.pid)
        for viewer in stalled:
            viewer.pause()
        writing = asyncio.create_task(_writing(state, updates + 2, PATIENCE))
        during, (closed, most) = await asyncio.gather(others(), _closing(server, stalled, PATIENCE))
        writing.cancel()
        await asyncio.sleep(2.0)
        codes = {viewer.code for viewer in stalled}
        after = await others()
        await crowd.leave()
    figures = _figures((before, after), during, closed, (most - memory) / len(stalled))
    bench.say(f"closed after {closed:.1f} s with {codes}; the others: {during.says()}")
    return [Row("W9", peer.name, _words(codes), figures, turn=bench.turn)]


async def _writing(state: HeavyState, first: int, last: int) -> None:
    """Go on writing where the window has ended, so that the stalled ones owe ever more."""
    await asyncio.sleep(first)
    for _ in range(first, last):
        state.write_together()
        await asyncio.sleep(1.0)


def _words(codes: set[int]) -> str:
    """Return what became of the stalled ones; 0 is the code of one that was never closed."""
    return f"5 % stalled, closed with {', '.join(map(str, sorted(codes)))}"


async def _closing(server: Running, stalled: list[object], patience: int) -> tuple[float, int]:
    """Return after how long the stalled ones were dropped, NaN for never, and the most memory."""
    began, most, closed = time.perf_counter(), 0, math.nan
    while time.perf_counter() - began < patience:
        await asyncio.sleep(0.25)
        most = max(most, rss_kb(server.pid))
        if await metric(server, DROPPED) >= len(stalled):
            closed = time.perf_counter() - began
            break
    for viewer in stalled:
        viewer.resume()  # type: ignore[attr-defined]
    return closed, most


def _figures(
    without: tuple[Window, Window], during: Window, closed: float, kb: float
) -> dict[str, float]:
    p99 = statistics.mean(window.late_by(0.99) for window in without)
    spreads = [spread for window in without for spread in window.spreads]
    return {
        "viewers": during.viewers,
        "p99 without ms": p99,
        "p99 of the others ms": during.late_by(0.99),
        "delivered to them %": during.delivered,
        "p99, times without": during.late_by(0.99) / p99,
        "first to last ms, without": 1000 * middle(spreads),
        "first to last ms": 1000 * middle(during.spreads),
        "kB held per stalled": kb,
        "closed after s": closed,
    }


W9 = Workload(
    "W9", "Stalled readers",
    "Updates of some 50 kB; besides the viewers as many as one in twenty come in and then read "
    "nothing, with the window of a link far away. “Without” is as many updates before they come "
    "and after they are gone, the mean of both; “first to last” is how long one update takes from "
    "the first of the others to the last, the median. Muntin closes a reader that owes for 10 s "
    "with code 4008; the code is what the stalled ones read when they wake up at that moment.",
    (
        Column("viewers"), Column("p99 without ms"), Column("p99 of the others ms", "lower"),
        Column("delivered to them %", "higher"), Column("p99, times without", "lower"),
        Column("first to last ms, without"), Column("first to last ms", "lower"),
        Column("kB held per stalled"), Column("closed after s", "lower"),
    ),
    run,
    {"muntin": (70, 46)},
    turns=1, case="what",
)  # fmt: skip
