"""``python -m bench.apps``: measures the app under each server in turn, and writes the table."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.apps.crowd import Crowd, of_broadcast
from bench.apps.report import write
from bench.machine import cpu_seconds, on_client_core, on_server_core, rss_kb
from bench.process import free_port, started
from bench.viewers.bokeh import Find, of_panel
from bench.viewers.pages import Refused, fetch

APP = Path(__file__).parent / "stream.py"
#: An update later than this, for one in a hundred, and a server does not hold its viewers.
BOUND = 0.250
#: Times that a crowd is tried until a server holds it: others may use the machine meanwhile.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: its command but for app and port, how to come in, and how many to try."""

    name: str
    command: tuple[str, ...]
    find: Find
    crowds: tuple[int, ...]


PANEL = ("-m", "panel", "serve", str(APP))
PEERS = (
    Peer("Muntin", ("-m", "muntin", "serve", str(APP)), of_broadcast, (10, 100, 1000)),
    Peer("panel serve", PANEL, of_panel("stream"), (1, 10, 20, 40)),
    Peer(
        "panel serve --num-threads 4",
        (*PANEL, "--num-threads", "4"),
        of_panel("stream"),
        (1, 10, 20, 40),
    ),
)


@dataclass(slots=True)
class Held:
    """How a server did with so many viewers: seconds, or milliseconds where it says so."""

    viewers: int
    #: Share of the updates that were due and came.
    came: float
    p50: float
    p99: float
    cpu_ms_per_update: float
    #: Share of the core.
    core: float
    kb_per_viewer: float

    @property
    def well(self) -> bool:
        """True if nearly all updates came, and in time."""
        return self.came > 0.8 and self.p99 < BOUND


@dataclass(slots=True)
class Row:
    """What was measured of a server."""

    name: str
    opening_ms: float = 0.0
    paint_ms: list[float] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


@contextlib.asynccontextmanager
async def running(peer: Peer) -> AsyncIterator[tuple[int, int]]:
    """Run a server on its core; give its process and its port."""
    port = free_port()
    command = on_server_core([sys.executable, *peer.command, "--port", str(port)])
    with started(command, {"BOKEH_ALLOW_WS_ORIGIN": f"127.0.0.1:{port}"}) as process:
        for _ in range(300):
            with contextlib.suppress(OSError, Refused, TimeoutError):
                await fetch(port, "/stream")
                break
            await asyncio.sleep(0.1)
        yield process.pid, port


async def opening(pid: int, crowd: Crowd, count: int = 20) -> float:
    """Return the CPU of one opening: page, socket and document, one after another; ms."""
    await crowd.come(2)
    crowd.leave()
    await asyncio.sleep(1.0)
    spent = 0.0
    for _ in range(count):
        began = cpu_seconds(pid)
        await crowd.come(1)
        spent += cpu_seconds(pid) - began
        crowd.leave()
    return 1000 * spent / count


async def hold(pid: int, crowd: Crowd, count: int, seconds: float) -> Held:
    """Return how a server does with so many viewers."""
    await crowd.come(1)
    await asyncio.sleep(2.0)
    before = rss_kb(pid)
    await crowd.come(count - 1)
    await asyncio.sleep(3.0)
    crowd.begin()
    cpu, began = cpu_seconds(pid), time.perf_counter()
    await asyncio.sleep(seconds)
    cpu, took = cpu_seconds(pid) - cpu, time.perf_counter() - began
    memory, late = rss_kb(pid) - before, sorted(crowd.late) or [float("inf")]
    crowd.leave()
    updates = len(crowd.late)
    return Held(
        count,
        updates / (count * took),
        late[len(late) // 2],
        late[int(0.99 * (len(late) - 1))],
        1000 * cpu / max(1, updates),
        cpu / took,
        memory / max(1, count - 1),
    )


async def paints(port: int, count: int = 3) -> list[float]:
    """Return when the figures stood in Chromium, ms from the request, with an empty cache."""
    from playwright.async_api import async_playwright

    from bench.viewers.chromium import FLAGS

    found = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for _ in range(count):
            page = await browser.new_page()
            began = time.perf_counter()
            await page.goto(f"http://127.0.0.1:{port}/stream", wait_until="commit")
            await page.get_by_text("USD").first.wait_for(timeout=30_000)
            found.append(1000 * (time.perf_counter() - began))
            await page.close()
        await browser.close()
    return sorted(found)


async def tried(peer: Peer, count: int, seconds: float) -> Held:
    """Return how a new process of a server does with so many viewers; badly if some stay out."""
    async with running(peer) as (pid, port):
        crowd = Crowd(port, peer.find)
        try:
            return await hold(pid, crowd, count, seconds)
        except (Refused, OSError, TimeoutError):
            crowd.leave()
            return Held(count, 0.0, float("inf"), float("inf"), float("inf"), 1.0, 0.0)


async def measure(peer: Peer, seconds: float) -> Row:
    """Return what is measured of a server; it ends where it does not hold its viewers.

    Each crowd meets a process of its own: sessions that were left live on for a while.
    """
    row = Row(peer.name)
    async with running(peer) as (pid, port):
        row.opening_ms = await opening(pid, Crowd(port, peer.find))
        row.paint_ms = await paints(port)
    for count in peer.crowds:
        tries = [await tried(peer, count, seconds)]
        while len(tries) < TRIES and not tries[-1].well:
            tries.append(await tried(peer, count, seconds))
        row.held.append(min(tries, key=lambda one: (-round(one.came, 1), one.p99)))
        if not row.held[-1].well:
            break
    return row


def main() -> None:
    """Run everything; ``--seconds`` for each crowd, ``--out`` for the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "RESULTS.md")
    given = parser.parse_args()
    on_client_core()
    load, rows = os.getloadavg()[0], []
    for peer in PEERS:
        rows.append(asyncio.run(measure(peer, given.seconds)))
        print(rows[-1])
    write(given.out, rows, load)


if __name__ == "__main__":
    main()
