"""W12: the same viewers, signed in and not; what it costs to know who they are."""

from __future__ import annotations

import itertools
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.catalogue import PRODUCT, Peer
from bench.crowd import Crowd, quiet
from bench.ratios import CPU
from bench.rows import Bench, Column, Row, Workload
from bench.serving import serving
from bench.viewers import bokeh
from bench.viewers.socket import Heard, Viewer
from bench.window import measure

_GUESTS = Path(__file__).parent.parent / "inside" / "guests.py"


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Measure both in one repetition, in the opposite order at every other."""
    many = bench.scale.pick(500, 100)
    figures: dict[str, Mapping[str, float]] = {}
    for case in ("open", "signed in")[:: 1 if bench.turn % 2 == 0 else -1]:
        with tempfile.TemporaryDirectory(prefix="guests-", dir=bench.place.state.parent) as folder:
            guests, extra = (peer, {}) if case == "open" else _signed_in(peer, Path(folder), many)
            figures[case] = await _measured(bench, guests, extra, many)
    times = {"times open": figures["signed in"][CPU] / figures["open"][CPU]}
    figures["signed in"] = {**figures["signed in"], **times}
    return [Row("W12", peer.name, case, found, turn=bench.turn) for case, found in figures.items()]


def _signed_in(peer: Peer, folder: Path, many: int) -> tuple[Peer, dict[str, str]]:
    """Return the server of a site on which as many have signed in, and its environment."""
    made = subprocess.run(
        [PRODUCT / "python", _GUESTS, folder, f"{many}"], check=True, capture_output=True, text=True
    )
    cookies = itertools.cycle(f"muntin-session={cookie}" for cookie in made.stdout.split())
    signed = replace(peer, path="/login", join=_join(cookies))
    return signed, {"MUNTIN_CONFIG": str(folder / "muntin.toml")}


def _join(cookies: Iterator[str]) -> Any:
    async def join(port: int, heard: Heard) -> Viewer:
        return await bokeh.join(port, "/overview", bokeh.of_muntin, heard, cookie=next(cookies))

    return join


async def _measured(
    bench: Bench, peer: Peer, extra: dict[str, str], many: int
) -> Mapping[str, float]:
    bench.state.write_all()
    async with serving(peer, bench.place, extra) as server:
        crowd = Crowd(server)
        await crowd.grow(1)
        await quiet(server)
        await crowd.grow(many)
        window = await measure(server, bench.state, crowd.viewers, bench.scale.pick(10, 4))
        bench.say(window.says())
        await crowd.leave()
    more = {"viewers": float(many), "CPU ms per new viewer": 1000 * crowd.cpu_each}
    return window.figures() | more


W12 = Workload(
    "W12", "Signed in",
    "As many viewers on a site that is open to all, and on one where each of them has signed in, "
    "by another name each; sessions are looked at every second. The ratio is formed within a "
    "repetition.",
    (
        Column("viewers"), Column("delivered %", "higher"), Column("p99 ms", "lower"),
        Column(CPU, "lower"), Column("times open", "lower"),
        Column("CPU ms per new viewer", "lower"), Column("others on the core %"),
    ),
    run,
    {"muntin": (45, 22)},
    turns=5, case="what",
)  # fmt: skip
