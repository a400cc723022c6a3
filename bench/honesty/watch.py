"""Runs the faults against all servers at once and measures what their screens say."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Error, Page, async_playwright

from bench.honesty.faults import Fault
from bench.honesty.judge import Seen, is_honest, number_of
from bench.honesty.peers import PEERS, ROOT, Peer
from bench.honesty.producer import FIGURES, Producer
from bench.honesty.proxy import Proxy
from bench.process import free_port
from bench.viewers.chromium import FLAGS

#: A page has this long to say what is wrong, seconds.
GRACE = 5.0
#: Between two looks at a screen, seconds.
LOOK = 0.25


@dataclass(slots=True)
class Result:
    """What one screen showed during one fault."""

    seconds: float = 0.0
    looks: int = 0
    #: The first false or unmarked figure, as it stood on the screen.
    example: str = ""
    #: Seconds until all figures were current again; None if the page had to be loaded again.
    recovered: float | None = None


@dataclass(slots=True)
class Served:
    """A server, the proxy in front of it, and the page that is watched."""

    peer: Peer
    folder: Path
    port: int
    proxy: Proxy
    address: str = ""
    process: subprocess.Popen[bytes] | None = None
    page: Page | None = None
    results: dict[str, Result] = field(default_factory=dict)

    async def start(self, proxy_port: int) -> None:
        """Start the server and wait until it answers."""
        self._spawn(proxy_port)
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            await asyncio.sleep(0.1)
        raise RuntimeError(f"{self.peer.label} does not answer on port {self.port}")

    def _spawn(self, proxy_port: int) -> None:
        self.address = f"http://127.0.0.1:{proxy_port}{self.peer.path}"
        self.process = subprocess.Popen(
            self.peer.command(self.folder, self.port, proxy_port),
            env={
                **os.environ,
                "STATE_DIR": str(self.folder),
                "PYTHONPATH": "" if self.peer.name == "muntin" else str(ROOT),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def signal(self, number: int) -> None:
        """Send a signal to the server and its children."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def end(self) -> None:
        """Kill the server, even a frozen one, and collect it."""
        self.signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    async def figures(self) -> list[Seen] | None:
        """Return what the screen shows; None while the page is being loaded."""
        assert self.page is not None
        try:
            found: list[Any] = await asyncio.wait_for(self.page.evaluate(self.peer.read), 5)
        except (Error, TimeoutError):
            return None
        return [Seen(*one) for one in found]


class Watch:
    """All servers on one folder of documents, and a browser page of each."""

    def __init__(self, folder: Path, pictures: Path | None, say: Callable[[str], object]) -> None:
        self.producer = Producer(folder)
        self.folder, self.pictures, self.say = folder, pictures, say
        self.served: list[Served] = []

    @contextlib.asynccontextmanager
    async def running(self, peers: tuple[Peer, ...] = PEERS) -> AsyncIterator[None]:
        """Start producer, servers, proxies and pages; end them all afterwards."""
        self.producer.write()
        writing = asyncio.create_task(self._write())
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=FLAGS
                )
                for peer in peers:
                    await self._open(peer, browser)
                yield
                await browser.close()
        finally:
            writing.cancel()
            for one in self.served:
                one.end()
                await one.proxy.stop()

    async def _write(self) -> None:
        while True:
            self.producer.write()
            await asyncio.sleep(1)

    async def _open(self, peer: Peer, browser: Any) -> None:
        port = free_port()
        proxy = Proxy(port)
        served = Served(peer, self.folder, port, proxy)
        self.served.append(served)
        await served.start(await proxy.start())
        context = await browser.new_context(
            viewport={"width": 1200, "height": 700}, bypass_csp=True
        )
        served.page = await context.new_page()
        await served.page.goto(served.address)
        if not await self._current(served, 40):
            raise RuntimeError(f"{peer.label} never showed all {len(FIGURES)} figures")

    async def _current(self, served: Served, seconds: float) -> bool:
        """Wait until every figure is there and true; return False if that takes longer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            seen = await served.figures()
            now = time.time()
            recent = [one for one in self.producer.truths if now - one.at < 10]
            if seen and {one.name for one in seen if _is_current(one, recent, now)} == set(FIGURES):
                return True
            await asyncio.sleep(LOOK)
        return False

    async def run(self, fault: Fault, seconds: float) -> None:
        """Have a fault last for so long, measure, mend it, and wait until all is well."""
        self.say(f"{fault.name}: {fault.words}")
        await self._begin(fault)
        began = time.monotonic()
        await asyncio.gather(*(self._look(one, fault, began, seconds) for one in self.served))
        await self._end(fault)
        mended = time.monotonic()
        await asyncio.gather(*(self._recover(one, fault, mended) for one in self.served))

    async def _begin(self, fault: Fault) -> None:
        if fault.begin is not None:
            self.producer.spoil = fault.begin(time.time())
        if fault.removes:
            for name in ("nav", "kpis_v7", "positions_state"):
                (self.folder / f"{name}.json").unlink(missing_ok=True)
        for one in self.served:
            if fault.outside == "kill":
                one.end()
            elif fault.outside == "freeze":
                one.signal(signal.SIGSTOP)
            elif fault.outside == "cut":
                one.proxy.cut()

    async def _end(self, fault: Fault) -> None:
        self.producer.spoil = None
        self.producer.write()
        for one in self.served:
            if fault.outside == "kill":
                await one.start(int(one.address.split(":")[2].partition("/")[0]))
            elif fault.outside == "freeze":
                one.signal(signal.SIGCONT)
            elif fault.outside == "cut":
                one.proxy.mend()

    async def _look(self, served: Served, fault: Fault, began: float, seconds: float) -> None:
        result = served.results.setdefault(fault.name, Result())
        pictured = False
        last = time.monotonic()
        while (now := time.monotonic()) < began + seconds:
            if now >= began + GRACE:
                self._judge(result, await served.figures(), now - max(last, began + GRACE))
            last = now
            if not pictured and now > began + seconds * 0.8:
                pictured = True
                await self._picture(served, fault)
            await asyncio.sleep(LOOK)

    def _judge(self, result: Result, seen: list[Seen] | None, span: float) -> None:
        result.looks += 1
        now = time.time()
        wrong = [one for one in seen or () if not is_honest(one, self.producer.truths, now)]
        if wrong:
            result.seconds += span
            first = wrong[0]
            result.example = result.example or f"{first.name} {first.text} · {first.beside[:80]}"

    async def _picture(self, served: Served, fault: Fault) -> None:
        if self.pictures is not None and served.page is not None:
            with contextlib.suppress(Error):
                await served.page.screenshot(
                    path=self.pictures / f"{fault.name}-{served.peer.name}.png"
                )

    async def _recover(self, served: Served, fault: Fault, mended: float) -> None:
        if await self._current(served, 20):
            served.results[fault.name].recovered = time.monotonic() - mended
            return
        assert served.page is not None
        with contextlib.suppress(Error):
            await served.page.goto(served.address)
        await self._current(served, 40)


def _is_current(seen: Seen, recent: list[Any], now: float) -> bool:
    return number_of(seen.text) is not None and is_honest(Seen(seen.name, seen.text), recent, now)
