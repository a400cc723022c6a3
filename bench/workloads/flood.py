"""W13: 20 sockets send pongs, pings, fragments, messages and pulls without end; what others see."""

from __future__ import annotations

import asyncio
import contextlib
import math
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.blocking import Block, metric, probed
from bench.catalogue import Peer
from bench.crowd import Crowd, quiet
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.window import Window, measure

_FLOODER = Path(__file__).parent.parent / "viewers" / "flooder.py"
FLOODERS, VIEWERS = 20, 100
#: Seconds after which a closed one comes back, by case.
CASES = {"closed ones stay away": -1.0, "come back after 1 s": 1.0, "come back at once": 0.0}
CUT = r"muntin_relay_cut_total\{page=\"overview\"\}"


@dataclass(slots=True)
class Flood:
    """What the flooders say in the end."""

    opened: float = math.nan
    closed: float = math.nan
    mb: float = math.nan


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Measure the viewers alone, then beside each kind of flooder."""
    bench.state.write_all()
    rows = []
    for case, pause in CASES.items():
        async with serving(peer, bench.place) as server:
            crowd = Crowd(server)
            await crowd.grow(VIEWERS)
            await quiet(server)
            updates = bench.scale.pick(8, 4)
            alone, _ = await _measured(server, bench, crowd, updates)
            async with flooding(server, pause) as flood:
                beside, block = await _measured(server, bench, crowd, updates)
            cut = await metric(server, CUT)
            await crowd.leave()
        rows.append(Row("W13", peer.name, case, _figures(alone, beside, block, flood, cut)))
        bench.say(f"{case}: {beside.says()}, /healthz {block.longest:.0f} ms, {cut:.0f} cut")
    return rows


async def _measured(
    server: Running, bench: Bench, crowd: Crowd, updates: int
) -> tuple[Window, Block]:
    async with probed(server) as block:
        window = await measure(server, bench.state, crowd.viewers, updates)
    return window, block


@contextlib.asynccontextmanager
async def flooding(server: Running, pause: float) -> AsyncIterator[Flood]:
    """Have sockets flood the server's page."""
    flood = Flood()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-SP", str(_FLOODER), str(server.port), "/overview/ws?rev=1",
        str(FLOODERS), str(pause), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield flood
    finally:
        out, _ = await process.communicate(b"")
        if len(figures := out.split()) == 3:
            flood.opened, flood.closed, flood.mb = map(float, figures)


def _figures(
    alone: Window, beside: Window, block: Block, flood: Flood, cut: float
) -> dict[str, float]:
    return {
        "p99 alone ms": alone.late_by(0.99),
        "p99 beside ms": beside.late_by(0.99),
        "p99, times alone": beside.late_by(0.99) / alone.late_by(0.99),
        "delivered %": beside.delivered,
        "/healthz longest ms": block.longest,
        "/healthz p99 ms": block.p99,
        "CPU % alone": alone.figures()["CPU %"],
        "CPU % beside": beside.figures()["CPU %"],
        "floods opened": flood.opened,
        "cut": cut,
        "MB taken": flood.mb,
        "viewers’ own lag ms": 1000 * beside.lag,
    }


W13 = Workload(
    "W13", "Floods",
    "100 viewers at one update a second; then 20 sockets of the same page send pongs, pings, "
    "fragments, tiny messages and pulls without end, each kind by four. The server closes them; "
    "in three cases they stay away, come back after a second, or at once, as fast as they can. "
    "/healthz is asked every 5 ms.",
    (
        Column("p99 alone ms"), Column("p99 beside ms", "lower"),
        Column("p99, times alone", "lower"), Column("delivered %", "higher"),
        Column("/healthz longest ms", "lower"), Column("/healthz p99 ms", "lower"),
        Column("CPU % alone"), Column("CPU % beside", "lower"), Column("floods opened"),
        Column("cut"), Column("MB taken"), Column("viewers’ own lag ms"),
    ),
    run,
    {"muntin": (75, 50)}, case="what",
)  # fmt: skip
