"""Viewers without a browser: they speak the Bokeh protocol over sockets of their own."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.kit import PATIENCE, Server
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

T = TypeVar("T")


def in_loop(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return what a coroutine returns, run in a loop of its own; the browser's may run here."""
    done: list[T] = []
    failed: list[BaseException] = []

    def target() -> None:
        try:
            done.append(asyncio.run(asyncio.wait_for(run(), 3 * PATIENCE)))
        except BaseException as error:  # noqa: BLE001  # handed over to the test's own thread
            failed.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


@dataclass(frozen=True)
class Message:
    """One message of the Bokeh protocol, frame by frame."""

    frames: tuple[str | bytes, ...]

    @property
    def header(self) -> dict[str, Any]:
        header: dict[str, Any] = json.loads(self.frames[0])
        return header

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.frames[2])
        return content

    @property
    def kind(self) -> str:
        return str(self.header["msgtype"])


class Client:
    """One viewer without a browser."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection
        self._closed = False

    async def frame(self) -> str | bytes | None:
        """Return the next frame, None once the connection is closed."""
        if self._closed:
            return None
        frame = await asyncio.wait_for(self.connection.read_message(), PATIENCE)
        self._closed = frame is None
        return frame

    async def read(self) -> Message:
        """Return the next message."""
        frames: list[str | bytes] = []
        wanted = 3
        while len(frames) < wanted:
            frame = await self.frame()
            assert frame is not None, "the server closed the connection"
            frames.append(frame)
            if len(frames) == 1:
                wanted = 3 + 2 * json.loads(frame).get("num_buffers", 0)
        return Message(tuple(frames))

    async def find(self, wanted: Callable[[Message], bool]) -> Message:
        """Return the first message that is wanted; the ones before are dropped."""
        while True:
            message = await self.read()
            if wanted(message):
                return message

    async def patch(self, text: str = "") -> Message:
        """Return the next PATCH-DOC that holds this text."""
        return await self.find(
            lambda message: message.kind == "PATCH-DOC" and text in str(message.frames[2])
        )

    async def send(
        self, kind: str, content: dict[str, Any] | None = None, msgid: str = "m1"
    ) -> None:
        """Send one message."""
        for part in ({"msgid": msgid, "msgtype": kind}, {}, content or {}):
            await self.connection.write_message(json.dumps(part))

    async def pull(self, msgid: str = "pull-1") -> Message:
        """Ask for the document and return the reply."""
        await self.send("PULL-DOC-REQ", msgid=msgid)
        return await self.find(lambda message: message.kind == "PULL-DOC-REPLY")

    async def closed(self) -> None:
        """Return once the server has closed the connection."""
        while await self.frame() is not None:
            pass

    async def close(self) -> None:
        """Close the connection and return once it is."""
        self.connection.close()
        await self.closed()


async def connect(server: Server, query: str = "") -> Client:
    """Return a connected viewer."""
    address = f"ws://127.0.0.1:{server.port}/overview/ws{query}"
    request = HTTPRequest(address, headers={"Origin": server.url})
    return Client(await websocket_connect(request, subprotocols=["bokeh", "token"]))


@asynccontextmanager
async def viewers(
    server: Server, count: int = 1, query: str = "?rev=1"
) -> AsyncIterator[list[Client]]:
    """Connect viewers that follow, each greeted and caught up; close them in the end."""
    clients = [await connect(server, query=query) for _ in range(count)]
    try:
        for client in clients:
            await client.pull()
        yield clients
    finally:
        for client in clients:
            await client.close()


def handshake(server: Server, origin: str) -> int:
    """Return the status of the answer to the wish for a WebSocket."""
    headers = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": origin,
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("GET", "/overview/ws", headers=headers)
    answer = connection.getresponse()
    answer.close()
    connection.close()
    return answer.status
