"""The gate: a listening socket through which newcomers come in a few at a time."""

from __future__ import annotations

import socket
from typing import Any

#: Connections that one turn of the event loop takes: who follows a page waits for no more of them.
AT_ONCE = 8


class Gate(socket.socket):
    """A listening socket that lets in a few connections, then has the event loop turn.

    Tornado takes up to 128 at once from any socket. After a restart, when everybody comes back,
    that held the loop for a quarter of a second again and again.
    """

    let_in = 0

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection; raise BlockingIOError if there is none, or enough for now."""
        try:
            if self.let_in >= AT_ONCE:
                raise BlockingIOError
            found = super().accept()
        except BlockingIOError:
            self.let_in = 0
            raise
        self.let_in += 1
        return found


def gate(listening: socket.socket) -> Gate:
    """Return the gate in a listening socket's place, which is closed."""
    made = Gate(fileno=listening.detach())
    made.setblocking(False)
    return made
