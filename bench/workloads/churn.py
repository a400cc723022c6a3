"""W6: churn, ten opens and closes a second, while others follow."""

from __future__ import annotations

import asyncio
import contextlib
import time

from bench.catalogue import Peer
from bench.crowd import TURNED_AWAY, Crowd, quiet
from bench.figures import percentile
from bench.machine import rss_kb
from bench.objects import live_objects, looking_inside
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.window import measure, silent

RATE, STAY = 10, 2.0


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Measure those who stay while others come and go."""
    bench.state.write_all()
    folder = bench.place.state.parent
    stayers = 50 if peer.name == "dash" else 100
    async with serving(peer, bench.place, looking_inside(folder)) as server:
        crowd = Crowd(server)
        await crowd.grow(stayers)
        await quiet(server)
        await _come_and_go(server, time.perf_counter() + 1.0)
        objects, before = await live_objects(server, folder), rss_kb(server.pid)
        updates = bench.scale.pick(20, 3)
        until = time.perf_counter() + updates + 1.5
        window, took = await asyncio.gather(
            measure(server, bench.state, crowd.viewers, updates), _come_and_go(server, until)
        )
        await asyncio.sleep(STAY)
        after, objects_after = rss_kb(server.pid), await live_objects(server, folder)
        await crowd.leave()
    opened = [one for one in took if one > 0]
    figures = window.figures() | {
        "stay": float(stayers),
        "open p50 ms": 1000 * percentile(opened, 0.5),
        "open p99 ms": 1000 * percentile(opened, 0.99),
        "failed %": 100 * (len(took) - len(opened)) / len(took),
        "kB per open, kept": (after - before) / len(took),
        "objects per open, kept": (objects_after - objects) / len(took),
    }
    bench.say(f"open p99 {figures['open p99 ms']:.0f} ms; {window.says()}")
    return [Row("W6", peer.name, "churn", figures, turn=bench.turn)]


async def _come_and_go(server: Running, until: float) -> list[float]:
    """Have someone come ten times a second and stay two; return how long each open took, or 0."""
    took: list[float] = []
    async with asyncio.TaskGroup() as group:
        due = time.perf_counter()
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += 1 / RATE
            group.create_task(_visit(server, took))
    return took


async def _visit(server: Running, took: list[float]) -> None:
    began = time.perf_counter()
    viewer = None
    with contextlib.suppress(*TURNED_AWAY):
        async with asyncio.timeout(5.0):
            viewer = await server.join(silent)
    took.append(time.perf_counter() - began if viewer else 0.0)
    if viewer:
        await asyncio.sleep(STAY)
        viewer.close()


W6 = Workload(
    "W6", "Churn",
    "Ten viewers a second come, stay for two seconds and leave, while others stay and follow one "
    "update a second. Latency is that of those who stay.",
    (
        Column("stay"), Column("open p50 ms", "lower"), Column("open p99 ms", "lower"),
        Column("failed %", "lower"), Column("delivered %", "higher"), Column("p99 ms", "lower"),
        Column("CPU %", "lower"), Column("kB per open, kept", "lower"),
        Column("objects per open, kept", "lower"),
    ),
    run,
    {"muntin": (30, 9), "dash": (32, 0)},
    turns=1, case="what",
)  # fmt: skip
