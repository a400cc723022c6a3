"""The servers that are measured: how each is started, and how a viewer of it comes in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.machine import on_server_core
from bench.viewer import Heard, Refused, Viewer, connect, fetch

BIN, PEERS = Path(sys.executable).parent, Path(__file__).parent / "peers"

_PULL = ('{"msgid":"1","msgtype":"PULL-DOC-REQ"}', "{}", "{}")


@dataclass(frozen=True, slots=True)
class Place:
    """What a server is started with."""

    state: Path
    #: File with Muntin's bytes of one update, for the broadcast.
    template: Path


@dataclass(frozen=True)
class Peer:
    """One of the servers beside each other."""

    name: str
    label: str
    path: str
    command: Callable[[Place, int], list[str]]
    #: WebSocket address and subprotocols, found in the page; None for no Bokeh document.
    socket: Callable[[str], tuple[str, str]]
    #: True if it speaks the Bokeh protocol and has a page to look at.
    page: bool = True
    #: Numbers of viewers it is measured with.
    viewers: tuple[int, ...] = (1, 10, 50, 200)
    #: More than this it cannot hold; they are not tried.
    limit: int = 1_000_000

    async def join(self, port: int, heard: Heard) -> Viewer:
        """Come in as a browser does: the page, the WebSocket, the document."""
        address, protocols = self.socket(await fetch(port, self.path))
        if not self.page:
            return await connect(port, address, heard, protocols)
        welcome = _Welcome(heard)
        viewer = await connect(port, address, welcome, protocols)
        await asyncio.wait_for(welcome.document, 30)
        viewer.heard = heard
        return viewer


class _Welcome:
    """Greeted with ACK, asks for the document; passes on all that is heard."""

    def __init__(self, heard: Heard) -> None:
        self.document: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heard = heard
        self._asked = False

    def __call__(self, viewer: Viewer, payload: bytes, at: float) -> None:
        """Take a payload."""
        if not self._asked and b'"ACK"' in payload[:200]:
            self._asked = True
            viewer.send(*_PULL)
        elif b'"PULL-DOC-REPLY"' in payload[:200] and not self.document.done():
            self.document.set_result(None)
        self._heard(viewer, payload, at)


def _muntin_socket(html: str) -> tuple[str, str]:
    found = re.search(r'<script[^>]*id="mu-data"[^>]*>(.*?)</script>', html, re.DOTALL)
    if not found:
        raise Refused("no mu-data in the page")
    page = json.loads(found[1])
    return f"{page['ws']}?rev={page['revision']}", f"bokeh, {page['token']}"


def _panel_socket(html: str) -> tuple[str, str]:
    found = re.search(r'"token":"([^"]+)"', html)
    if not found:
        raise Refused("no session token in the page")
    return "/plain_panel/ws", f"bokeh, {found[1]}"


MUNTIN = Peer(
    "muntin", "Muntin", "/overview",
    lambda place, port: [str(BIN / "muntin"), "serve", str(place.state), "--port", str(port)],
    _muntin_socket,
)  # fmt: skip
PANEL = Peer(
    "panel", "plain Panel", "/plain_panel",
    lambda place, port: [
        str(BIN / "panel"), "serve", str(PEERS / "plain_panel.py"), "--port", str(port),
        "--address", "127.0.0.1", "--allow-websocket-origin", f"127.0.0.1:{port}",
        "--args", str(place.state),
    ],
    _panel_socket, viewers=(1, 10, 20, 50), limit=50,
)  # fmt: skip
BROADCAST = Peer(
    "broadcast", "bare broadcast", "/",
    lambda place, port: [
        sys.executable, str(PEERS / "broadcast.py"), str(place.state), str(place.template),
        str(port),
    ],
    lambda _html: ("/ws", ""), page=False,
)  # fmt: skip

PEERS_BY_NAME = {peer.name: peer for peer in (MUNTIN, BROADCAST, PANEL)}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    peer: Peer
    port: int
    pid: int
    #: Seconds from the start of its process to its first page.
    started_in: float

    async def join(self, heard: Heard) -> Viewer:
        """Come in as a browser does."""
        return await self.peer.join(self.port, heard)


@contextlib.asynccontextmanager
async def serving(peer: Peer, place: Place) -> AsyncIterator[Running]:
    """Start a server on its core, wait for its first page, and end it afterwards."""
    port = _free_port()
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: ASYNC220  # returns at once
            on_server_core(peer.command(place, port)), stdout=log, stderr=log
        )
        try:
            await _first_page(peer, port, process)
            yield Running(peer, port, process.pid, time.perf_counter() - began)
        except BaseException:
            log.seek(0)
            print(f"--- what {peer.label} said ---\n{log.read().decode()[-2000:]}")
            raise
        finally:
            await _end(process)


async def _first_page(peer: Peer, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        with contextlib.suppress(OSError, Refused):
            await fetch(port, peer.path)
            return
        if process.poll() is not None:
            break
        await asyncio.sleep(0.01)
    raise Refused(f"{peer.label} did not serve a page")


async def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    for _ in range(100):
        if process.poll() is not None:
            return
        await asyncio.sleep(0.05)
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
