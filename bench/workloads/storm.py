"""W2: an open storm, 1 to 50 opens a second, whether or not the ones before are through."""

from __future__ import annotations

import asyncio
import math
import time

from bench.catalogue import Peer
from bench.crowd import TURNED_AWAY, quiet
from bench.figures import percentile
from bench.machine import cpu_seconds
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.window import silent

#: An open that takes longer than this has failed: its viewer has left.
PATIENCE = 5.0


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Raise the rate until opens fail or take more than a second."""
    bench.state.write_all()
    rows: list[Row] = []
    async with serving(peer, bench.place) as server:
        (await server.join(silent)).close()
        await quiet(server)
        for rate in bench.scale.pick((1, 5, 10, 20, 50), (10, 50)):
            figures = await _storm(server, rate, bench.scale.pick(4, 2))
            rows.append(Row("W2", peer.name, f"{rate} a second", figures, rate, bench.turn))
            bench.say(
                f"{rate} a second: p99 {figures['p99 ms']:.0f} ms, "
                f"{figures['failed %']:.0f} % failed"
            )
            if figures["failed %"] > 1 or figures["p99 ms"] > 1000:
                break
    return rows


async def _storm(server: Running, rate: int, seconds: int) -> dict[str, float]:
    took: list[float] = []
    before, began = cpu_seconds(server.pid), time.perf_counter()
    opens = max(3, rate * seconds)
    async with asyncio.TaskGroup() as group:
        for index in range(opens):
            await asyncio.sleep(max(0.0, began + index / rate - time.perf_counter()))
            group.create_task(_open(server, took))
    through = [one for one in took if not math.isnan(one)]
    return {
        "p50 ms": 1000 * percentile(through, 0.5),
        "p99 ms": 1000 * percentile(through, 0.99),
        "failed %": 100 * (opens - len(through)) / opens,
        "CPU ms per open": 1000 * (cpu_seconds(server.pid) - before) / opens,
    }


async def _open(server: Running, took: list[float]) -> None:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            viewer = await server.join(silent)
    except TURNED_AWAY:
        took.append(math.nan)
        return
    took.append(time.perf_counter() - began)
    viewer.close()


W2 = Workload(
    "W2", "An open storm",
    "Page, connection and first content, opened at a steady rate for some seconds, each by a new "
    "viewer who then leaves. Who waits longer than 5 s has left: a failure. The rate is raised "
    "until opens fail or the p99 exceeds a second.",
    (
        Column("p50 ms", "lower"), Column("p99 ms", "lower"), Column("failed %", "lower"),
        Column("CPU ms per open", "lower"),
    ),
    run,
    {"muntin": (22, 7), "broadcast": (21, 0), "dash": (22, 0),
     "tuned": (17, 0), "panel": (14, 0), "streamlit": (14, 0)},
    turns=1, case="opens",
)  # fmt: skip
