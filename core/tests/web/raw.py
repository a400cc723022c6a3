"""A client that sends any bytes right behind its handshake."""

from __future__ import annotations

import contextlib
import socket
from typing import Any, Self


class Raw:
    """One WebSocket of a page, without any library between."""

    def __init__(self, server: Any, sent: bytes, path: str = "/page/ws", token: str = "") -> None:
        self.heard = b""
        self._client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        named = f"Sec-WebSocket-Protocol: bokeh, {token}\r\n" if token else ""
        head = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{named}"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        with contextlib.suppress(ConnectionError):  # closed before it was all sent
            self._client.sendall(head.encode() + sent)

    def hears(self, wanted: bytes) -> bool:
        """Return True once something has come; False if the connection ends before."""
        with contextlib.suppress(ConnectionError):
            while wanted not in self.heard and (received := self._client.recv(65536)):
                self.heard += received
        return wanted in self.heard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
