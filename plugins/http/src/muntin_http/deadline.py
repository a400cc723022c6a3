"""A deadline for a whole request: connecting, waiting, and every byte of the answer.

A socket's own timeout counts each wait alone, so a server that sends a byte a second never meets
it. The deadline shuts the socket down instead, from a timer's thread.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline:
    """Knows the socket in use and shuts it down when a request has had its time."""

    def __init__(self) -> None:
        self._end = 0.0
        self._connection: Any = None
        self._socket: socket.socket | None = None

    @property
    def left(self) -> float:
        """Seconds until the request's end."""
        return self._end - time.monotonic()

    def use(self, connection: Any) -> None:
        """Register the connection in use, and of its socket once there is one."""
        self._connection = connection
        self._socket = connection.sock or self._socket

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Allow what runs inside so many seconds."""
        self._end = time.monotonic() + seconds
        timer = threading.Timer(seconds, self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._connection = self._socket = None

    def _shut(self) -> None:
        # An answer that ends its connection keeps the socket, which the connection has let go.
        for one in (getattr(self._connection, "sock", None), self._socket):
            if one is not None:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


class DeadlineAdapter(HTTPAdapter):
    """Sends requests over connections whose sockets a deadline can shut down."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of connections, one for each scheme."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self._deadline),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self._deadline),
        }


def _pool(pool: Any, connection: Any, deadline: Deadline) -> Any:
    """Return a class of pools whose connections register with the deadline when used."""

    class Limited(connection):  # type: ignore[misc]  # its base is given
        def request(self, *args: Any, **kwargs: Any) -> Any:
            deadline.use(self)
            return super().request(*args, **kwargs)

        def getresponse(self) -> Any:
            deadline.use(self)
            return super().getresponse()

    return type(pool.__name__, (pool,), {"ConnectionCls": Limited})
