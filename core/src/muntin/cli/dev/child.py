"""What the supervisor passes to a server."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Child:
    """A server's listening sockets, and a pipe on which it reports that it serves."""

    #: File descriptors of listening sockets.
    listening: tuple[int, ...]
    #: File descriptor of the pipe for messages to the supervisor.
    messages: int
    #: True if this is a restart.
    again: bool = False

    def sockets(self) -> list[socket.socket]:
        """Return the listening sockets."""
        return [socket.socket(fileno=number) for number in self.listening]

    def announce(self) -> None:
        """Tell the supervisor that requests are now answered."""
        os.write(self.messages, b"up\n")
