"""W3: N viewers, one update a second; what arrives, when, and what it costs."""

from __future__ import annotations

from bench.blocking import Block, probed
from bench.catalogue import Peer
from bench.crowd import Crowd, quiet
from bench.rows import Bench, Column, Row, Workload
from bench.serving import Running, serving
from bench.state import State
from bench.window import measure

#: Below this share of updates delivered a server is broken, and no more viewers are let in.
BROKEN = 90.0


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Let viewers in by steps, up to where the server breaks."""
    bench.state.write_all()
    small = {"panel": (10,), "tuned": (20,), "streamlit": (5,), "dash": (50,)}
    rows: list[Row] = []
    async with serving(peer, bench.place) as server:
        await quiet(server)
        wanted = bench.scale.ladder or bench.scale.pick(
            peer.ladder(), small.get(peer.name, (1, 1000))
        )
        await climb("W3", bench, Crowd(server), bench.state, peer.ladder(tuple(wanted)), rows)
    return rows


async def climb(
    name: str, bench: Bench, crowd: Crowd, state: State, ladder: list[int], rows: list[Row]
) -> None:
    """Measure with ever more viewers, until one in ten updates is missed; into `rows`."""
    server = crowd.server
    for wanted in ladder:
        await crowd.grow(wanted)
        window = await measure(server, state, crowd.viewers, bench.scale.updates)
        block = Block()
        if wanted == ladder[-1] and not bench.scale.quick:
            block = await _blocked(server, state, crowd)
        extra = {
            "CPU ms per new viewer": 1000 * crowd.cpu_each,
            "memory kB per viewer": crowd.kb_each,
            "turned away": crowd.refused,
            "loop blocked ms": block.longest,
            "block by /metrics ms": block.own,
        }
        figures = window.figures() | extra
        rows.append(Row(name, server.peer.name, f"{wanted}", figures, wanted, bench.turn))
        bench.say(window.says())
        if window.delivered < BROKEN:
            break
    await crowd.leave()


async def _blocked(server: Running, state: State, crowd: Crowd) -> Block:
    """Look for how long the loop is blocked by an update; apart, as looking costs CPU."""
    async with probed(server) as block:
        await measure(server, state, crowd.viewers, 3)
    return block


COLUMNS = (
    Column("delivered %", "higher"), Column("p50 ms", "lower"), Column("p99 ms", "lower"),
    Column("slowest ms", "lower"), Column("CPU ms per viewer-update", "lower"), Column("CPU %"),
    Column("kB per update", "lower"), Column("CPU ms per new viewer", "lower"),
    Column("memory kB per viewer", "lower"), Column("loop blocked ms", "lower"),
    Column("block by /metrics ms"), Column("viewers’ own lag ms"),
    Column("others on the core %"),
)  # fmt: skip

W3 = Workload(
    "W3", "Live, one update a second",
    "Viewers join one server in steps. An update counts when it arrives before the next one is "
    "written; latency is from the rename of the file to the bytes, of the updates that counted. "
    "A server whose viewers miss one update in ten is given no more.",
    COLUMNS, run,
    {"muntin": (57, 11), "broadcast": (50, 10), "dash": (40, 7),
     "tuned": (60, 9), "panel": (35, 9), "streamlit": (30, 9)},
    turns=2,
)  # fmt: skip
