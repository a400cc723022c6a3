"""W1: the page in real Chromium: for the first time, the second, and to one who has been here."""

from __future__ import annotations

from bench.catalogue import MUNTIN, Peer
from bench.rows import Bench, Column, Row, Workload
from bench.serving import serving
from bench.viewers import chromium
from bench.viewers.chromium import Opening


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Open the page once for nothing, then cold, warm and returning, each in a fresh browser."""
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
                    rows.append(_row(bench, peer, case, one))
            await context.close()
        for _ in range(bench.scale.pick(3, 1)):
            one = await _third(address, nav, peer)
            rows.append(_row(bench, peer, "returning", one))
    return rows


async def _third(address: str, nav: str, peer: Peer) -> Opening:
    """Return the third opening within one profile: by then Chromium keeps what it compiled."""
    async with chromium.profile() as context:
        for _ in range(3):
            one = await chromium.opening(context, address, nav, own=peer is MUNTIN)
    return one


def _row(bench: Bench, peer: Peer, case: str, one: Opening) -> Row:
    bench.say(
        f"{case}: numbers {one.times['numbers']:.0f}, charts {one.times['charts']:.0f} ms,"
        f" {one.http / 1000:.0f} kB"
    )
    return Row("W1", peer.name, case, _figures(one), turn=bench.turn)


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
    "charts are drawn. A page without a lamp of its own counts as live with its first numbers. "
    "“Warm” is the second opening: files come from the cache, scripts are compiled anew. "
    "“Returning” is the third within a profile on disk, as browsers of viewers have it: Chromium "
    "has kept the compiled scripts by then. See PROFILE-opening.md.",
    (
        Column("first numbers ms", "lower"), Column("live ms", "lower"),
        Column("charts ms", "lower"), Column("HTTP kB", "lower"), Column("WebSocket kB", "lower"),
        Column("requests", "lower"), Column("layout shift", "lower"),
    ),
    run,
    {"muntin": (30, 10), "dash": (36, 12),
     "tuned": (42, 0), "panel": (42, 0), "streamlit": (46, 0)},
    turns=1,
    case="cache",
)  # fmt: skip
