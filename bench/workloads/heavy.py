"""W7: a heavy page, 500 positions, 50 holdings and a year of NAV points, all moving."""

from __future__ import annotations

from bench.catalogue import MUNTIN, Peer
from bench.crowd import Crowd, quiet
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.viewers import chromium
from bench.workloads.live import climb

_LADDERS = {
    "muntin": (1, 10, 100, 500),
    "broadcast": (1, 10, 100, 500),
    "dash": (1, 10, 50),
    "panel": (1, 5),
}


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Open the page, and let viewers in by steps."""
    bench.heavy_state.write_all()
    rows: list[Row] = []
    async with serving(peer, bench.heavy) as server:
        await quiet(server)
        if peer.page and not bench.scale.quick:
            rows.append(await _opened(bench, server))
        ladder = bench.scale.pick(list(_LADDERS[peer.name]), [50])
        await climb("W7", bench, Crowd(server), bench.heavy_state, ladder, rows)
    return rows


async def _opened(bench: Bench, server: Running) -> Row:
    """Open it in Chromium with an empty cache."""
    nav = bench.heavy_state.fields()["NAV"][0]
    async with chromium.browser() as browser:
        context = await chromium.context(browser)
        address = f"http://127.0.0.1:{server.port}{server.peer.path}"
        one = await chromium.opening(context, address, nav, own=server.peer is MUNTIN)
    figures = {
        "first numbers ms": one.times["numbers"],
        "charts ms": one.times["charts"],
        "open kB": (one.http + one.socket) / 1000,
    }
    return Row("W7", server.peer.name, "opening", figures, 0, bench.turn)


W7 = Workload(
    "W7", "A heavy page",
    "500 positions, 50 holdings and a year of NAV points; each update changes every position's "
    "price and profit, and the NAV. The others draw no NAV line, and so do less than Muntin.",
    (
        Column("first numbers ms", "lower"), Column("charts ms", "lower"),
        Column("open kB", "lower"), Column("delivered %", "higher"), Column("p50 ms", "lower"),
        Column("p99 ms", "lower"), Column("CPU ms per viewer-update", "lower"), Column("CPU %"),
        Column("kB per update", "lower"), Column("memory kB per viewer", "lower"),
        Column("loop blocked ms", "lower"),
    ),
    run,
    {"muntin": (36, 7), "broadcast": (30, 0), "dash": (24, 0), "panel": (20, 0)},
    turns=1,
)  # fmt: skip
