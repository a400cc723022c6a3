"""What stands in for a viewer's connection in the tests of the relay."""

from __future__ import annotations

from collections.abc import Callable

from muntin.live.relay.frames import Update
from muntin.live.relay.relay import Connection


class Wire:
    """A socket that keeps what it is given, and owes what it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.owes = 0
        self.dropped: list[tuple[int, str]] = []

    def send(self, frames: bytes) -> None:
        self.sent.append(frames)

    def owed(self) -> int:
        return self.owes

    def drop(self, code: int, reason: str) -> None:
        self.dropped.append((code, reason))

    def take(self) -> list[bytes]:
        sent, self.sent = self.sent, []
        return sent


#: The fixture `join`: connects a viewer of that revision.
Join = Callable[..., tuple[Connection, Wire]]


def update(number: int) -> Update:
    return Update(number, f"update {number}".encode())
