"""W1: the page in real Chromium, with an empty cache and with a full one."""

from __future__ import annotations

from bench.catalogue import MUNTIN, Peer
from bench.rows import Bench, Column, Row, Workload
from bench.serving import serving
from bench.viewers import chromium
from bench.viewers.chromium import Opening


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Open the page once for nothing, then cold and warm, each in a browser of its own."""
    bench.state.write_all()
    nav = bench.state.fields()["NAV"][0]
    rows: list[Row] = []
    async with serving(peer, bench.place) as server, chromium.browser() as browser:
        address = f"http://127.0.0.1:{server.port}{peer.path}"
        for measured in range(bench.scale.pick(3, 1) + 1):
            context = await chromium.context(browser)
            for case in ("cold", "warm"):
                one = await chromium.opening(context, address, nav, own=peer is MUNTIN)
                if measured:
                    rows.append(Row("W1", peer.name, case, _figures(one), turn=bench.turn))
                    bench.say(
                        f"{case}: numbers {one.times['numbers']:.0f}, charts "
                        f"{one.times['charts']:.0f} ms, {one.http / 1000:.0f} kB"
                    )
            await context.close()
    return rows


def _figures(one: Opening) -> dict[str, float]:
    return {
        "first numbers ms": one.times["numbers"],
        "live ms": one.times["link"],
        "charts ms": one.times["charts"],
        "HTTP kB": one.http / 1000,
        "WebSocket kB": one.socket / 1000,
        "requests": one.requests,
        "layout shift": one.shift,
    }


W1 = Workload(
    "W1", "Opening the page in Chromium",
    "From entering the address to the frame in which the NAV is painted, the page is live, and its "
    "charts are drawn. A page without a lamp of its own counts as live with its first numbers.",
    (
        Column("first numbers ms", "lower"), Column("live ms", "lower"),
        Column("charts ms", "lower"), Column("HTTP kB", "lower"), Column("WebSocket kB", "lower"),
        Column("requests", "lower"), Column("layout shift", "lower"),
    ),
    run,
    {"muntin": (15, 5), "dash": (16, 6),
     "tuned": (19, 0), "panel": (19, 0), "streamlit": (20, 0)},
    turns=1,
    case="cache",
)  # fmt: skip
