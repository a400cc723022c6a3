"""W8: a page whose panel sleeps two seconds in every update; what the other pages notice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from bench.catalogue import MUNTIN, Peer
from bench.crowd import Crowd, quiet
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.viewers import bokeh
from bench.viewers.pages import Refused
from bench.viewers.socket import Viewer
from bench.window import measure, silent

#: The plugin, as it is installed: a package and its dist-info, found by its entry point.
PLUGIN = Path(__file__).parent.parent / "peers" / "sleeper"


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Measure the Overview without the sleeper, and with it watched."""
    rows: list[Row] = []
    for case in ("without", "with"):
        bench.state.write_all()
        sleeps = case == "with"
        chosen = with_sleeper(peer) if sleeps else peer
        async with serving(
            chosen, bench.place, {"BENCH_PATHS": str(PLUGIN)} if sleeps else {}
        ) as server:
            crowd = Crowd(server)
            await crowd.grow(100 if peer is MUNTIN else 5)
            watching = [await _watch(server)] if sleeps else []
            await quiet(server)
            window = await measure(server, bench.state, crowd.viewers, bench.scale.pick(10, 2))
            for viewer in watching:
                viewer.close()
            await crowd.leave()
        rows.append(Row("W8", peer.name, case, window.figures(), turn=bench.turn))
        bench.say(f"{case} the sleeper: {window.says()}")
    return rows


def with_sleeper(peer: Peer) -> Peer:
    """Return the server with the sleeper: Muntin finds the plugin, Panel is given a second app."""
    if peer is MUNTIN:
        return peer

    def command(state: Path, template: Path, port: int) -> list[str]:
        first, serve, app, *rest = peer.command(state, template, port)
        return [first, serve, app, str(PLUGIN.parent / "sleeper_panel.py"), *rest]

    return replace(peer, command=command)


async def _watch(server: Running) -> Viewer:
    """Return a viewer of the sleeper's page, which is not ready at once."""
    for _ in range(20):
        try:
            if server.peer is MUNTIN:
                return await bokeh.join(server.port, "/sleeper", bokeh.of_muntin, silent)
            find = bokeh.of_panel("sleeper_panel")
            return await bokeh.join(server.port, "/sleeper_panel", find, silent)
        except Refused:
            await asyncio.sleep(0.5)
    raise Refused("the sleeper's page never came")


W8 = Workload(
    "W8", "A panel that sleeps",
    "A plugin’s panel sleeps 2 s in every update, and its page is watched. The figures are those "
    "of the Overview’s viewers, without the plugin and with it. For plain Panel the same view is a "
    "second app in the same server.",
    (
        Column("delivered %", "higher"), Column("p50 ms", "lower"), Column("p99 ms", "lower"),
        Column("slowest ms", "lower"),
    ),
    run,
    {"muntin": (32, 13), "panel": (36, 0)},
    turns=1, case="sleeper",
)  # fmt: skip
