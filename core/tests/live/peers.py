"""The other end of a viewer's WebSocket, frame by frame."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

#: The three frames by which a page asks for its document.
PULL = (b'{"msgid":"p","msgtype":"PULL-DOC-REQ"}', b"{}", b"{}")


def masked(payload: bytes = b"", opcode: int = TEXT, *, final: bool = True) -> bytes:
    """Return a frame as clients send it; the mask is zeros."""
    size = len(payload)
    head = bytes([(0x80 if final else 0) | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += struct.pack("!BH", 0x80 | 126, size)
    else:
        head += struct.pack("!BQ", 0x80 | 127, size)
    return head + bytes(4) + payload


def message(*parts: bytes) -> bytes:
    """Return a Bokeh message: one text frame for each part."""
    return b"".join(map(masked, parts))


#: A quarter of a megabyte each of what may be sent without end.
SIZE = 256 * 1024


def _endless(frames: bytes, first: bytes = b"") -> bytes:
    return first + frames * (SIZE // len(frames))


FLOODS = {
    "pongs": _endless(masked(opcode=PONG)),
    "pings": _endless(masked(opcode=PING)),
    "long pings": _endless(masked(b"x" * 125, PING)),
    "fragments of nothing": _endless(
        masked(opcode=CONTINUATION, final=False), masked(opcode=TEXT, final=False)
    ),
    "fragments of a byte": _endless(
        masked(b" ", CONTINUATION, final=False), masked(b" ", TEXT, final=False)
    ),
    "tiny messages": _endless(message(b'{"msgtype":"X"}', b"", b"")),
    "pulls": _endless(message(*PULL)),
    "pongs within a message": _endless(
        masked(opcode=PONG) + masked(b" ", CONTINUATION, final=False),
        masked(opcode=TEXT, final=False),
    ),
    "one frame without end": masked(b'{"msgtype":"X"}') + masked(b" " * SIZE),
}


class Peer:
    """A socket to a connection that sends what it is given and keeps what it gets."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self.got = b""

    async def send(self, data: bytes) -> None:
        """Send as much as the other end takes before it closes."""
        with contextlib.suppress(OSError):
            await asyncio.get_running_loop().sock_sendall(self._end, data)

    async def read_to_end(self) -> None:
        """Read until the other end closes."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while data := await loop.sock_recv(self._end, 65536):
                self.got += data

    async def hear(self, wanted: bytes) -> None:
        """Read until something has come."""
        while wanted not in self.got:
            data = await asyncio.get_running_loop().sock_recv(self._end, 65536)
            assert data, f"closed before {wanted!r} came: {self.got!r}"
            self.got += data

    def close(self) -> None:
        """Leave without a word."""
        self._end.close()
