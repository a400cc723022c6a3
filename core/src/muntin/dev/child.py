"""What a server knows that was born in the nursery."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Child:
    """The supervisor's gifts to a server: its sockets, and a pipe to tell that it serves."""

    #: File descriptors of listening sockets.
    listening: tuple[int, ...]
    #: File descriptor to which news is written.
    news: int
    #: True if a server came before this one.
    again: bool = False

    def sockets(self) -> list[socket.socket]:
        """Return the listening sockets."""
        return [socket.socket(fileno=number) for number in self.listening]

    def serving(self) -> None:
        """Tell the supervisor that requests are answered from now on."""
        os.write(self.news, b"up\n")
