"""W4: from the rename of a file to the pixel in Chromium, on top of a crowd of viewers."""

from __future__ import annotations

import asyncio
import time

from bench.catalogue import Peer
from bench.crowd import Crowd, quiet
from bench.figures import percentile
from bench.rows import Bench, Column, Row, Workload
from bench.serving import serving
from bench.viewers import chromium
from bench.window import PERIOD

#: Viewers besides the browser: what each server was seen to hold well.
CROWDS = {"muntin": 500, "dash": 100, "panel": 10, "streamlit": 5}


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Write once a second and look when the page shows it."""
    bench.state.write_all()
    many = min(CROWDS[peer.name], bench.scale.pick(500, 100))
    async with serving(peer, bench.place) as server, chromium.browser() as browser:
        crowd = Crowd(server)
        await crowd.grow(many)
        await quiet(server)
        nav = bench.state.fields()["NAV"][0]
        context = await chromium.context(browser)
        address = f"http://127.0.0.1:{server.port}{peer.path}"
        page = await chromium.following(context, address, nav)
        written: dict[str, float] = {}
        for _ in range(bench.scale.pick(15, 4)):
            one = bench.state.write()
            written[one.shown.decode()] = time.time() - (time.perf_counter() - one.at)
            await asyncio.sleep(PERIOD)
        await asyncio.sleep(0.5)
        painted = await chromium.paints(page)
        await crowd.leave()
    took = _took(written, painted)
    figures = {
        "other viewers": float(many),
        "painted %": 100 * len(took) / len(written),
        "p50 ms": 1000 * percentile(took, 0.5),
        "p99 ms": 1000 * percentile(took, 0.99),
    }
    bench.say(f"{figures['painted %']:.0f} % painted, p99 {figures['p99 ms']:.0f} ms")
    return [Row("W4", peer.name, "rename to pixel", figures, turn=bench.turn)]


def _took(written: dict[str, float], painted: dict[str, float]) -> list[float]:
    """Return how long each update took that was painted before the next one was written."""
    times = [*written.values()]
    times.append(times[-1] + PERIOD)
    return [
        painted[text] - at
        for (text, at), following in zip(written.items(), times[1:], strict=True)
        if at <= painted.get(text, float("inf")) < following
    ]


W4 = Workload(
    "W4", "From rename to pixel",
    "One page in Chromium beside viewers at the level of the protocol: 500 for Muntin, for the "
    "others a number that they hold well. It ends with the frame after the one in which the NAV’s "
    "text changed.",
    (
        Column("other viewers"), Column("painted %", "higher"), Column("p50 ms", "lower"),
        Column("p99 ms", "lower"),
    ),
    run,
    {"muntin": (26, 10), "dash": (23, 0),
     "panel": (24, 0), "streamlit": (24, 0)},
    turns=1, case="what",
)  # fmt: skip
