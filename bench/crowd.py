"""Lets viewers in, many at a time, and notes what that cost the server."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from typing import Any

from bench.machine import cpu_seconds, rss_kb
from bench.serving import Running
from bench.viewers.pages import Refused
from bench.window import silent

#: What may become of someone who tries to come in.
TURNED_AWAY = (OSError, Refused, TimeoutError)


@dataclass(slots=True)
class Crowd:
    """The viewers of one server."""

    server: Running
    viewers: list[Any] = field(default_factory=list)
    refused: int = 0
    #: CPU (s) and memory (kB) that each of the last who came cost.
    cpu_each: float = math.nan
    kb_each: float = math.nan

    async def grow(self, wanted: int, at_once: int = 8) -> None:
        """Let viewers in until there are enough, some at a time as they come in life."""
        before = len(self.viewers)
        cpu, rss = cpu_seconds(self.server.pid), rss_kb(self.server.pid)
        gate = asyncio.Semaphore(at_once)

        async def one() -> None:
            async with gate:
                try:
                    self.viewers.append(await self.server.join(silent))
                except TURNED_AWAY:
                    self.refused += 1

        async with asyncio.timeout(90):
            await asyncio.gather(*(one() for _ in range(wanted - before)))
        added = len(self.viewers) - before
        if before and added:  # the very first pays for what is loaded when it is first needed
            self.cpu_each = (cpu_seconds(self.server.pid) - cpu) / added
            self.kb_each = (rss_kb(self.server.pid) - rss) / added

    async def leave(self) -> None:
        """Have everyone leave."""
        for viewer in self.viewers:
            viewer.close()
        self.viewers = []
        await asyncio.sleep(0.1)


async def quiet(server: Running) -> None:
    """Wait until the server has nothing left to do of its start, ten seconds at most."""
    for _ in range(20):
        before = cpu_seconds(server.pid)
        await asyncio.sleep(0.5)
        if cpu_seconds(server.pid) - before < 0.05:
            return
