"""A listening socket that accepts a few connections at a time, and none without descriptors."""

from __future__ import annotations

import os
import resource
import socket
from typing import Any

from tornado.ioloop import IOLoop

from muntin.access.throttled_log import ThrottledLog

#: Connections accepted in one turn of the event loop; viewers of a page wait for no more of them.
AT_ONCE = 8

#: Descriptors kept free for files, at most; with few descriptors, a quarter of them.
HEADROOM = 64

#: Seconds until the next look for free descriptors.
PAUSE = 0.25


class AcceptThrottle(socket.socket):
    """A listening socket that accepts a few connections, then lets the event loop turn.

    Tornado accepts up to 128 at once from any socket: after a restart, when all viewers come back,
    that holds the loop for a quarter of a second at a time. And it raises what goes wrong, in every
    turn of the loop, as long as there are no descriptors for a connection that waits. This one
    leaves connections waiting instead, and looks again after a pause.
    """

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(fileno=listening.detach())
        self.setblocking(False)
        self._accepted = 0
        self._log = ThrottledLog("muntin.web")

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection; raise BlockingIOError if none is to be accepted now."""
        try:
            found = self._next()
        except OSError:
            self._accepted = 0
            raise
        self._accepted += 1
        return found

    def _next(self) -> tuple[socket.socket, Any]:
        if self._accepted >= AT_ONCE:
            raise BlockingIOError
        if not has_headroom(self.fileno()):
            raise self._paused("too few file descriptors are free")
        try:
            return super().accept()
        except (BlockingIOError, ConnectionAbortedError):
            raise
        except OSError as error:  # such as no descriptors or memory in the whole system
            raise self._paused(str(error)) from error

    def _paused(self, problem: str) -> BlockingIOError:
        """Take no connections for a while; return what tells Tornado that there are none."""
        self._log.warning("no connections are accepted for now", problem=problem)
        loop = IOLoop.current()
        loop.update_handler(self, 0)
        loop.call_later(PAUSE, self._resume, loop)
        return BlockingIOError()

    def _resume(self, loop: IOLoop) -> None:
        if self.fileno() >= 0:  # else the server has stopped
            loop.update_handler(self, IOLoop.READ)


def has_headroom(descriptor: int) -> bool:
    """Return True if this process may open a connection, and some files besides.

    A copy of any open descriptor gets the lowest number that is free.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return True
    try:
        lowest = os.dup(descriptor)
    except OSError:
        return False
    os.close(lowest)
    return lowest < limit - min(HEADROOM, limit // 4)
