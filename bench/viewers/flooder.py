"""Sockets that send as fast as they can, each something else; a process of its own.

``python -SP bench/viewers/flooder.py PORT PATH COUNT PAUSE`` ends with its standard input. A
socket that is closed comes back after PAUSE seconds, never if that is negative. Prints how many
connections were opened, how many were closed by the server, and the MB that it took.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys

PING, PONG, TEXT, CONTINUATION = 9, 10, 1, 0


def frame(payload: bytes, opcode: int, final: int = 0x80) -> bytes:
    """Return a short frame, masked with zeros."""
    return bytes([final | opcode, 0x80 | len(payload)]) + bytes(4) + payload


PULL = b'{"msgid":"1","msgtype":"PULL-DOC-REQ"}'
TINY = b'{"msgtype":"X"}'
#: What is sent once, and then without end.
KINDS = (
    (b"", frame(b"", PONG)),
    (b"", frame(b"", PING)),
    (frame(b"", TEXT, 0), frame(b"", CONTINUATION, 0)),
    (b"", frame(TINY, TEXT) + frame(b"", TEXT) * 2),
    (b"", frame(PULL, TEXT) + frame(b"{}", TEXT) * 2),
)


class Flooder:
    """What the sockets of one process have done so far."""

    def __init__(self, port: int, path: str, pause: float) -> None:
        self._address, self._pause = ("127.0.0.1", port), pause
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ).encode()
        self.opened = self.closed = self.sent = 0

    async def run(self, number: int) -> None:
        """Flood, and come back after a pause."""
        first, endless = KINDS[number % len(KINDS)]
        block = endless * (65536 // len(endless))
        while True:
            with contextlib.suppress(OSError):
                await self._flood(first, block)
            if self._pause < 0:
                return
            await asyncio.sleep(self._pause)

    async def _flood(self, first: bytes, block: bytes) -> None:
        loop = asyncio.get_running_loop()
        with socket.socket() as end:
            end.setblocking(False)
            await loop.sock_connect(end, self._address)
            await loop.sock_sendall(end, self._request)
            while b"\r\n\r\n" not in await loop.sock_recv(end, 65536):
                pass
            self.opened += 1
            reading = loop.create_task(self._read(end))
            try:
                await loop.sock_sendall(end, first)
                while not reading.done():
                    await loop.sock_sendall(end, block)
                    self.sent += len(block)
            finally:
                reading.cancel()
                self.closed += 1

    async def _read(self, end: socket.socket) -> None:
        """Read until the server closes, so that it can say why."""
        while await asyncio.get_running_loop().sock_recv(end, 65536):
            pass


async def main(port: int, path: str, count: int, pause: float) -> None:
    """Flood until the standard input ends."""
    flooder = Flooder(port, path, pause)
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(flooder.run(number)) for number in range(count)]
    await loop.run_in_executor(None, sys.stdin.read)
    print(flooder.opened, flooder.closed, flooder.sent / 1e6)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
