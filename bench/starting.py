"""Workload "start": from a command to its first page, and to a list of plugins."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass

from bench.machine import on_server_core
from bench.servers import BIN, Peer, Place, serving
from bench.state import State


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds that a command took."""

    name: str
    seconds: float


async def first_pages(peers: list[Peer], place: Place, state: State, repeat: int) -> list[Start]:
    """Return how long each server takes from the start of its process to its first page."""
    found = []
    for _ in range(repeat):
        for peer in peers:
            state.write_all()
            async with serving(peer, place) as server:
                found.append(Start(peer.name, server.started_in))
                print(f"  {peer.label}: first page after {server.started_in:.2f} s", flush=True)
    return found


def plugin_lists(repeat: int) -> list[Start]:
    """Return how long ``muntin plugins`` takes, after one call that warms the disk's cache."""
    command = on_server_core([str(BIN / "muntin"), "plugins"])
    found = []
    for _ in range(repeat + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=30)
        found.append(Start("plugins", time.perf_counter() - began))
    print(f"  muntin plugins: {1000 * found[-1].seconds:.0f} ms", flush=True)
    return found[1:]
