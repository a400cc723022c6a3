"""W10: the server is killed, and all of its viewers come back at once."""

from __future__ import annotations

import asyncio
import time
from random import Random

from bench.catalogue import Peer
from bench.crowd import TURNED_AWAY, Crowd, quiet
from bench.machine import cpu_seconds
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.window import silent

CROWDS = {"muntin": 200, "broadcast": 200, "dash": 200, "tuned": 50, "panel": 20, "streamlit": 20}


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Kill it, start it again, and count who is back."""
    bench.state.write_all()
    many = min(CROWDS[peer.name], bench.scale.pick(200, 100))
    async with serving(peer, bench.place) as server:
        crowd = Crowd(server)
        await crowd.grow(many)
        await quiet(server)
        for viewer in crowd.viewers:
            viewer.close()
        server.kill()
        killed = time.perf_counter()
        began = server.start()
        back: list[float] = []
        async with asyncio.TaskGroup() as group:
            chance = Random(3)
            for _ in range(many):
                group.create_task(_come_back(server, back, chance))
            await server.ready(began)
            first = time.perf_counter() - killed
        cpu = cpu_seconds(server.pid)
    back.sort()
    needed = -(-99 * many // 100)
    figures = {
        "viewers": float(many),
        "first page s": first,
        "99 % live s": back[needed - 1] - killed if len(back) >= needed else float("nan"),
        "after the first page s": back[needed - 1] - killed - first
        if len(back) >= needed
        else float("nan"),
        "CPU s": cpu,
        "came back %": 100 * len(back) / many,
    }
    bench.say(f"99 % of {many} live after {figures['99 % live s']:.2f} s")
    return [Row("W10", peer.name, "killed", figures, turn=bench.turn)]


async def _come_back(server: Running, back: list[float], chance: Random) -> None:
    """Try at once, and again after a quarter to half a second, for 30 s at most."""
    until = time.perf_counter() + 30
    while time.perf_counter() < until:
        try:
            async with asyncio.timeout(10):
                viewer = await server.join(silent)
        except TURNED_AWAY:
            await asyncio.sleep(chance.uniform(0.25, 0.5))
            continue
        back.append(time.perf_counter())
        await asyncio.sleep(0)
        viewer.close()
        return


W10 = Workload(
    "W10", "Killed and back",
    "SIGKILL, a new process on the same port at once, and everyone tries again every 0.25 to "
    "0.5 s. Live means: page, connection and current content.",
    (
        Column("viewers"), Column("first page s", "lower"), Column("99 % live s", "lower"),
        Column("after the first page s", "lower"), Column("CPU s"), Column("came back %", "higher"),
    ),
    run,
    {"muntin": (6, 5), "broadcast": (4, 0), "dash": (8, 0),
     "tuned": (20, 0), "panel": (12, 0), "streamlit": (10, 0)},
    turns=1, case="what",
)  # fmt: skip
