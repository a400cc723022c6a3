"""Comes in where Dash's protocol is spoken: the page, its layout, and a POST every second."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from random import Random
from typing import Any

from bench.viewers.pages import Refused, fetch
from bench.viewers.socket import Heard

PERIOD = 1.0


class Poller(asyncio.Protocol):
    """One kept connection that asks once a second; the interface is that of a WebSocket viewer.

    It waits for an answer before it asks again: a browser would ask all the same, so this is
    kinder to the server than a browser is.
    """

    def __init__(self, port: int, body: Callable[[int], bytes], heard: Heard) -> None:
        self.heard = heard
        self.received, self.seen, self.closed, self.code = 0, -1, False, 0
        self.lost: Callable[[], None] = lambda: None
        self.first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._port, self._body, self._count = port, body, 0
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._waiting = False

    async def ask(self) -> None:
        """Send the callback's request, on a new connection if the server has ended the last."""
        if self._transport is None:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        assert self._transport is not None
        body, self._count, self._waiting = self._body(self._count), self._count + 1, True
        head = (
            f"POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer.clear()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the clock is read first."""
        at = time.perf_counter()
        self.received += len(data)
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        size = int(found[1]) if found else 0
        if len(self._buffer) < end + 4 + size:
            return
        payload = bytes(self._buffer[end + 4 : end + 4 + size])
        del self._buffer[: end + 4 + size]
        self._waiting = False
        if head.split(b"\r\n")[0].endswith(b" 200 OK"):
            self._answered(payload, at)

    def _answered(self, payload: bytes, at: float) -> None:
        if not self.first.done():
            self.first.set_result(None)
        self.heard(self, payload, at)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ask on a new connection next time."""
        del exc
        self._transport, self._waiting = None, False
        self.lost()

    async def poll(self, phase: float) -> None:
        """Ask once a second, unless an answer is still out, until closed."""
        loop = asyncio.get_running_loop()
        due = loop.time() + phase * PERIOD
        while not self.closed:
            await asyncio.sleep(max(0.0, due - loop.time()))
            due += PERIOD
            if not self._waiting and not self.closed:
                try:
                    await self.ask()
                except OSError:
                    continue

    def close(self) -> None:
        """Leave."""
        self.closed = True
        if self._transport is not None:
            self._transport.close()


async def join(port: int, heard: Heard, random: Random) -> Poller:
    """Return a viewer that has the page, its layout and the first answer, and asks from now on."""
    await fetch(port, "/")
    await fetch(port, "/_dash-layout")
    (callback,) = json.loads(await fetch(port, "/_dash-dependencies"))
    poller = Poller(port, _request(callback), heard)
    try:
        await poller.ask()
        await asyncio.wait_for(poller.first, 30)
    except (OSError, TimeoutError, asyncio.CancelledError):
        poller.close()
        raise
    task = asyncio.create_task(poller.poll(random.random()))
    poller.lost = lambda: task.cancel() if poller.closed else None
    return poller


def _request(callback: dict[str, Any]) -> Callable[[int], bytes]:
    """Return what makes the body that Dash's own script sends for a callback."""
    parts = [one.rpartition(".") for one in callback["output"].strip(".").split("...")]
    if not callback["inputs"]:
        raise Refused("the callback has no input")
    (wanted,) = callback["inputs"]
    changed = f"{wanted['id']}.{wanted['property']}"
    content: dict[str, Any] = {
        "output": callback["output"],
        "outputs": [{"id": name, "property": what} for name, _, what in parts],
        "changedPropIds": [changed],
        "parsedChangedPropsIds": [changed],
    }

    def body(count: int) -> bytes:
        return json.dumps({**content, "inputs": [{**wanted, "value": count}]}).encode()

    return body
