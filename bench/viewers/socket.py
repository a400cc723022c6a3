"""A viewer at the level of the wire: one WebSocket, hardly any CPU of its own."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from bench.viewers.pages import Refused

#: Called with a viewer, the payload of a message it received, and when its bytes were read.
Heard = Callable[[Any, bytes, float], None]

TEXT, BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10


class Viewer(asyncio.Protocol):
    """One WebSocket; every frame's payload goes to `heard` with the time its bytes were read."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        self.heard = heard
        self.received = 0
        #: Index of the newest update this viewer has shown.
        self.seen = -1
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        #: The code that the server closed with, 0 if it sent none.
        self.code = 0
        #: Called once when the connection is gone.
        self.lost: Callable[[], None] = lambda: None
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
            self._take(at)

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

    def _take(self, at: float) -> None:
        """Hand on every whole frame in the buffer."""
        buffer, start = self._buffer, 0
        while len(buffer) - start >= 2:
            head, size = start + 2, buffer[start + 1] & 127
            if size > 125:
                head = start + (4 if size == 126 else 10)
                if len(buffer) < head:
                    break
                (size,) = struct.unpack_from("!H" if size == 126 else "!Q", buffer, start + 2)
            if len(buffer) < head + size:
                break
            payload = bytes(buffer[head : head + size])
            opcode, start = buffer[start] & 15, head + size
            if opcode < _CLOSE:
                self.heard(self, payload, at)
            else:
                self._control(opcode, payload)
        del buffer[:start]

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self.send(payload, _PONG)
        elif opcode == _CLOSE:
            self.code = int.from_bytes(payload[:2], "big")
            self.close()

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        """Send one frame, masked with zeros."""
        if self._transport is None or self._transport.is_closing():
            return
        size = len(payload)
        if size < 126:
            head = bytes([0x80 | opcode, 0x80 | size])
        else:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        self._transport.write(head + b"\0\0\0\0" + payload)

    def pause(self) -> None:
        """Stop reading, as a laptop does that has gone to sleep."""
        assert self._transport is not None
        self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone; an unfinished greeting fails."""
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(exc or Refused("closed before it was open"))
        self.lost()

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.close()


async def connect(
    port: int, path: str, heard: Heard, protocols: str = "", *,
    narrow: bool = False, cookie: str = "",
) -> Viewer:  # fmt: skip
    """Return a viewer whose WebSocket is open; a narrow one takes little before it is full."""
    key = base64.b64encode(os.urandom(16)).decode()
    chosen = f"Sec-WebSocket-Protocol: {protocols}\r\n" if protocols else ""
    chosen += f"Cookie: {cookie}\r\n" if cookie else ""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n{chosen}\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    end = _socket(narrow=narrow)
    try:
        await loop.sock_connect(end, ("127.0.0.1", port))
    except (OSError, asyncio.CancelledError):
        end.close()
        raise
    _, viewer = await loop.create_connection(lambda: Viewer(request, heard), sock=end)
    try:
        await asyncio.wait_for(viewer.opened, 30)
    except (TimeoutError, OSError, Refused, asyncio.CancelledError):
        viewer.close()
        raise
    return viewer


def _socket(*, narrow: bool) -> socket.socket:
    """Return a socket; narrow: the segments and the window of a link far away, not of loopback."""
    end = socket.socket()
    end.setblocking(False)
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if narrow:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    return end
