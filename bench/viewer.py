"""A viewer at the level of the wire: one HTTP request, one WebSocket, hardly any CPU of its own."""

from __future__ import annotations

import asyncio
import base64
import gzip
import os
import struct
import time
from collections.abc import Callable

#: Called with a viewer, the payload of a frame it received, and when.
Heard = Callable[["Viewer", bytes, float], None]

_PING, _PONG, _CLOSE = 9, 10, 8


class Refused(Exception):
    """The server did not answer as it should."""


async def fetch(port: int, path: str) -> str:
    """Return a page, compressed on the way as it is for a browser."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
        "Connection: close\r\n\r\n".encode()
    )
    head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
    writer.close()
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise Refused(head.decode(errors="replace")[:200])
    if b"transfer-encoding: chunked" in head.lower():
        body = _joined(body)
    return (gzip.decompress(body) if b"encoding: gzip" in head.lower() else body).decode()


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        body, chunks = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return body


class Viewer(asyncio.Protocol):
    """One WebSocket; every frame's payload goes to `heard` with the time its bytes were read."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self.heard = heard
        self.received = 0
        #: Index of the newest update this viewer has shown.
        self.seen = -1
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._request = request
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take bytes; the clock is read first."""
        at = time.perf_counter()
        self.received += len(data)
        self._buffer += data
        if self.opened.done() or self._greeted():
            while (payload := self._frame()) is not None:
                self.heard(self, payload, at)

    def _greeted(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        if b" 101 " in head.split(b"\r\n")[0]:
            self.opened.set_result(None)
            return True
        self.opened.set_exception(Refused(head.decode(errors="replace")[:200]))
        return False

    def _frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        start, size = 2, buffer[1] & 127
        if size > 125:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            (size,) = struct.unpack_from("!H" if start == 4 else "!Q", buffer, 2)
        if len(buffer) < start + size:
            return None
        opcode, payload = buffer[0] & 15, bytes(buffer[start : start + size])
        del buffer[: start + size]
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            self.close()
        return payload if opcode < _CLOSE else b""

    def send(self, *texts: str) -> None:
        """Send text frames."""
        for text in texts:
            self._send(1, text.encode())

    def _send(self, opcode: int, payload: bytes) -> None:
        """Send a short frame, masked with zeros."""
        assert len(payload) < 126
        if self._transport is not None and not self._transport.is_closing():
            head = bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0])
            self._transport.write(head + payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server is gone; an unfinished greeting fails."""
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(exc or Refused("closed before it was open"))

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.close()


async def connect(port: int, path: str, heard: Heard, protocols: str = "") -> Viewer:
    """Return a viewer whose WebSocket is open."""
    key = base64.b64encode(os.urandom(16)).decode()
    chosen = f"Sec-WebSocket-Protocol: {protocols}\r\n" if protocols else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n{chosen}\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    _, viewer = await loop.create_connection(lambda: Viewer(request, heard), "127.0.0.1", port)
    await asyncio.wait_for(viewer.opened, 30)
    return viewer
