"""W11: the same viewers, sent to by one process or by some; what the busiest of them has to do."""

from __future__ import annotations

from bench.catalogue import Peer
from bench.crowd import Crowd, quiet
from bench.machine import cpu_by_process
from bench.rows import Bench, Column, Row, Workload
from bench.serving import serving
from bench.window import measure


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Measure with one process, then with relay processes, the other way round every other time."""
    rows = []
    for workers in (1, 2)[:: 1 if bench.turn % 2 == 0 else -1]:
        rows += await _measured(bench, peer, workers)
    return rows


async def _measured(bench: Bench, peer: Peer, workers: int) -> list[Row]:
    bench.state.write_all()
    rows = []
    extra = {"MUNTIN_WORKERS": f"{workers}"}
    async with serving(peer, bench.place, extra) as server:
        crowd = Crowd(server)
        await crowd.grow(4)
        await quiet(server)
        for many in bench.scale.pick((500, 2000), (500,)):
            await crowd.grow(many)
            updates = bench.scale.pick(8, 4)
            before = cpu_by_process(server.pid)
            window = await measure(server, bench.state, crowd.viewers, updates)
            after = cpu_by_process(server.pid)
            used = sorted(1000 * (after[one] - before.get(one, 0.0)) for one in after)
            more = {
                "CPU ms per update, busiest": used[-1] / (updates + 1),
                "of all": sum(used) / (updates + 1),
                "processes": float(len(used)),
            }
            case = f"{many} viewers, {workers} process{'es' if workers > 1 else ''}"
            rows.append(Row("W11", peer.name, case, window.figures() | more, many, bench.turn))
            bench.say(f"{workers}: busiest {used[-1]:.0f} of {sum(used):.0f} ms; {window.says()}")
        await crowd.leave()
    return rows


W11 = Workload(
    "W11", "Relay processes",
    "`--workers 2` beside none, at one update a second. Pages and handshakes stay with the "
    "server's own process; two more send. All of them share one core here, as the viewers need the "
    "other, so latency says little: what counts is the CPU of the process that has most to do, "
    "which is what a core each would be filled by.",
    (
        Column("processes"), Column("delivered %", "higher"), Column("p50 ms", "lower"),
        Column("p99 ms", "lower"), Column("CPU ms per update, busiest", "lower"),
        Column("of all", "lower"), Column("others on the core %"),
    ),
    run,
    {"muntin": (75, 25)},
    turns=2, case="what",
)  # fmt: skip
