"""W0: from a command to its first page, and to the list of plugins."""

from __future__ import annotations

import subprocess
import time

from bench.catalogue import MUNTIN, PRODUCT, Peer
from bench.machine import on_server_core
from bench.rows import Bench, Column, Row, Workload
from bench.serving import serving


async def run(bench: Bench, peer: Peer) -> list[Row]:
    """Start the server, and with Muntin the command line."""
    bench.state.write_all()
    rows: list[Row] = []
    async with serving(peer, bench.place) as server:
        found = {"seconds": server.started_in}
        rows.append(Row("W0", peer.name, "to the first page", found, turn=bench.turn))
        bench.say(f"first page after {server.started_in:.2f} s")
    if peer is MUNTIN:
        _plugins()  # once for nothing: the files are read from the disk
        found = {"seconds": _plugins()}
        rows.append(Row("W0", peer.name, "`muntin plugins`", found, turn=bench.turn))
    return rows


def _plugins() -> float:
    command = on_server_core([str(PRODUCT / "muntin"), "plugins"])
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=30)
    return time.perf_counter() - began


W0 = Workload(
    "W0", "Start", "From the start of the process, on one core, with warm files.",
    (Column("seconds", "lower"),), run,
    {"muntin": (3, 3), "broadcast": (1, 0), "dash": (2, 0),
     "tuned": (4, 0), "panel": (4, 0), "streamlit": (3, 0)},
    turns=3, case="what",
)  # fmt: skip
