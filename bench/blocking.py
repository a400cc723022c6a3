"""How long a server's event loop is blocked: seen from outside, and as the server says itself."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.serving import Running
from bench.viewers.pages import Refused, fetch

_PROBE = Path(__file__).parent / "viewers" / "probe.py"


@dataclass(slots=True)
class Block:
    """The longest and the p99 of the answers to a probe, ms; and what ``/metrics`` says."""

    longest: float = math.nan
    p99: float = math.nan
    own: float = math.nan


@contextlib.asynccontextmanager
async def probed(server: Running) -> AsyncIterator[Block]:
    """Ask for the server's cheapest address all the while; nothing if it has none."""
    block = Block()
    if not server.peer.health:
        yield block
        return
    probe = await asyncio.create_subprocess_exec(
        # Without its own folder on the path: ``socket.py`` beside it is not Python's.
        sys.executable, "-SP", str(_PROBE), str(server.port), server.peer.health,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield block
    finally:
        out, _ = await probe.communicate(b"")  # its standard input ends
        if len(figures := out.split()) == 2:
            block.longest, block.p99 = map(float, figures)
    block.own = await metric(server, r"muntin_loop_block_seconds(?:\{[^}]*\})?") * 1000


async def metric(server: Running, pattern: str) -> float:
    """Return the largest value of the metrics that match, NaN if there is none."""
    if server.peer.name != "muntin":
        return math.nan
    try:
        text = await fetch(server.port, "/metrics")
    except (OSError, Refused):
        return math.nan
    found = re.findall(rf"^{pattern} (\S+)$", text, re.MULTILINE)
    return max(map(float, found), default=math.nan)
