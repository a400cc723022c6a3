"""An event loop whose clock is turned by hand, and a transport that keeps what is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class ManualLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own: seconds pass when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def time(self) -> float:
        """Return the seconds of the loop's own clock."""
        return self.now

    def do(self, job: Callable[[], T]) -> T:
        """Return what a job returns when the loop runs it, with everything that it made ready."""

        async def run() -> T:
            done = job()
            await asyncio.sleep(0)
            return done

        return self.run_until_complete(run())

    def advance(self, seconds: float) -> None:
        """Let time pass; what was due meanwhile is done, and what that makes ready."""
        self.now += seconds
        for _ in range(2):
            self.do(lambda: None)


class KeptTransport(asyncio.Transport):
    """A transport without a socket: what is written stands in `written`."""

    def __init__(self, protocol: asyncio.BufferedProtocol) -> None:
        super().__init__()
        self._protocol = protocol
        self.written = bytearray()
        #: Bytes that the other end has not taken.
        self.owed = 0
        self.reading = True
        self.gone = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep bytes; fail where asyncio would log that the connection is lost."""
        assert not self.gone
        self.written += data

    def is_closing(self) -> bool:
        """Return True once nothing can be written."""
        return self.gone

    def get_write_buffer_size(self) -> int:
        """Return the bytes that are owed."""
        return self.owed

    def pause_reading(self) -> None:
        """Read no more for now."""
        self.reading = False

    def resume_reading(self) -> None:
        """Read on."""
        self.reading = True

    def close(self) -> None:
        """Close at the loop's next turn, as asyncio does."""
        if not self.gone:
            self.gone = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close

    def feed(self, data: bytes) -> int:
        """Have the protocol read some bytes; return how many it took."""
        if self.gone or not self.reading:
            return 0
        buffer = memoryview(self._protocol.get_buffer(-1))
        size = min(len(data), len(buffer))
        buffer[:size] = data[:size]
        self._protocol.buffer_updated(size)
        return size
