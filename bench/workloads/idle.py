"""W5: a thousand idle viewers, then all leave: what they hold, and what comes back."""

from __future__ import annotations

import asyncio
import statistics
import time

from bench.catalogue import Peer
from bench.crowd import Crowd, quiet
from bench.machine import cpu_seconds, rss_kb
from bench.objects import live_objects, looking_inside
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving

#: Viewers: what each server can let in within a reasonable time.
CROWDS = {"muntin": 1000, "panel": 50}


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Look at the memory while nothing happens, and again after everyone has left."""
    bench.state.write_all()
    many = min(CROWDS[peer.name], bench.scale.pick(1000, 200))
    folder = bench.place.state.parent
    async with serving(peer, bench.place, looking_inside(folder)) as server:
        crowd = Crowd(server)
        await crowd.grow(20 if many > 50 else 2)
        await quiet(server)
        await crowd.leave()
        await asyncio.sleep(1.0)
        objects, empty = await live_objects(server, folder), rss_kb(server.pid)
        _, alone = await _idle(server, bench.scale.pick(10, 2))
        await crowd.grow(many)
        full = rss_kb(server.pid)
        slope, cpu = await _idle(server, bench.scale.pick(15, 2))
        await crowd.leave()
        waited, left = await _back(server, empty, bench.scale.pick(40, 6))
        objects_left = await live_objects(server, folder) - objects
    figures = {
        "viewers": float(many),
        "kB per viewer": (full - empty) / many,
        "CPU % idle": cpu,
        "CPU % with nobody": alone,
        "kB a minute idle": slope,
        "MB before": empty / 1000,
        "MB with all": full / 1000,
        "MB after": left / 1000,
        "after, times before": left / empty,
        "seconds after": waited,
        "objects more": objects_left,
    }
    bench.say(
        f"{full / 1000:.0f} MB with {many}, {left / 1000:.0f} after, {empty / 1000:.0f} first"
    )
    return [Row("W5", peer.name, "idle, then gone", figures, turn=bench.turn)]


async def _idle(server: Running, seconds: int) -> tuple[float, float]:
    """Return what the memory grows by, kB a minute, and the CPU taken, per cent."""
    before, began = cpu_seconds(server.pid), time.perf_counter()
    times, sizes = [], []
    for _ in range(2 * seconds):
        await asyncio.sleep(0.5)
        times.append((time.perf_counter() - began) / 60)
        sizes.append(rss_kb(server.pid))
    cpu = (cpu_seconds(server.pid) - before) / (time.perf_counter() - began)
    return statistics.linear_regression(times, sizes).slope, 100 * cpu


async def _back(server: Running, empty: int, patience: int) -> tuple[float, int]:
    """Return the memory within 10 % of the start and after how long, or at the end of patience."""
    began = time.perf_counter()
    while (waited := time.perf_counter() - began) < patience:
        await asyncio.sleep(0.5)
        if (left := rss_kb(server.pid)) <= 1.1 * empty and waited > 3:
            return waited, left
    return waited, rss_kb(server.pid)


W5 = Workload(
    "W5", "Idle viewers, then all leave",
    "Nothing is written. “Before” is after the first few have come and gone, so that what is "
    "loaded when first needed is in it. After all have left it waits until memory is "
    "within 10 % of that, 40 s at most; objects are Python's, after a collection, beyond those "
    "before.",
    (
        Column("viewers"), Column("kB per viewer", "lower"), Column("CPU % with nobody"),
        Column("CPU % idle"),
        Column("kB a minute idle", "lower"), Column("MB before"), Column("MB with all"),
        Column("MB after"), Column("after, times before", "lower"), Column("seconds after"),
        Column("objects more", "lower"),
    ),
    run,
    {"muntin": (42, 14), "panel": (80, 0)},
    turns=1, case="what",
)  # fmt: skip
