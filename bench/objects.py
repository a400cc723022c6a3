"""How many Python objects live in a server."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from pathlib import Path

from bench.serving import Running

INSIDE = Path(__file__).parent / "inside"


def looking_inside(folder: Path) -> dict[str, str]:
    """Return the environment in which a server counts its objects when asked."""
    return {"BENCH_PATHS": str(INSIDE), "BENCH_OBJECTS": str(folder / "objects")}


async def live_objects(server: Running, folder: Path) -> float:
    """Return the number of objects after a collection, NaN if the server does not tell."""
    answer = folder / "objects"
    answer.unlink(missing_ok=True)
    if not server.peer.python:
        return math.nan
    os.kill(server.pid, signal.SIGUSR2)
    for _ in range(100):
        if answer.exists():
            return float(answer.read_text())
        await asyncio.sleep(0.05)
    return math.nan
