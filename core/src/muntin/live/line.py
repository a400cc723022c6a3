"""One viewer's WebSocket after its handshake: it reads little, applies nothing, never waits."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import ProtocolError

from muntin.live.frames import PONG, close_frame, frame
from muntin.live.relay import Relay, Viewer, header_of

#: Frames that one Bokeh message may consist of, and messages a viewer may send in a second.
FRAMES, MESSAGES = 64, 50
#: Bytes of one frame that a viewer may send; nothing is uploaded here.
LIMIT = 64 * 1024
#: Seconds in which the other end may close; a connection that takes nothing is cut then.
GRACE = 1.0


class Line(asyncio.Protocol):
    """A connection as its relay sees it; made by `connect`."""

    __slots__ = (
        "_bytes", "_closing", "_count", "_frames", "_parser", "_part", "_second", "_transport",
        "_unsent", "relay", "viewer",
    )  # fmt: skip

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.viewer: Viewer | None = None
        self._transport: asyncio.Transport | None = None
        self._parser: Connection | None = None
        self._part: list[str | bytes] = []
        self._bytes = 0
        self._frames: list[str | bytes] = []
        self._count = 0
        self._second = 0.0
        self._closing = False
        #: What was sent before the transport was there.
        self._unsent = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # of a stream socket
        self._transport = transport
        if self._unsent:
            transport.write(self._unsent)
        self._unsent = b""

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the viewer."""
        del exc
        self._closing = True
        if self.viewer is not None:
            self.relay.leave(self.viewer)
        self._transport = self._parser = None

    def send(self, frames: bytes) -> None:
        """Hand finished frames to the network without waiting."""
        if self._closing:
            return
        if self._transport is None:
            self._unsent += frames
        else:
            self._transport.write(frames)

    def owed(self) -> int:
        """Return how many bytes the network has not taken yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def drop(self, code: int, reason: str) -> None:
        """Close with a code; a connection that takes nothing is cut after a second."""
        if self._transport is not None and not self._closing:
            self._transport.write(close_frame(code, reason))
            self._closing = True
            asyncio.get_running_loop().call_later(GRACE, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        """Read what a viewer sends."""
        if self._parser is None:
            self._parser = Connection(ConnectionType.SERVER)
        try:
            self._parser.receive_data(data)
            for event in self._parser.events():
                self._take(event)
        except ProtocolError:
            self.drop(1002, "not the WebSocket protocol")

    def _take(self, event: Any) -> None:
        if isinstance(event, CloseConnection):
            self._close_back(event)
        elif self._closing:
            return
        elif isinstance(event, (TextMessage, BytesMessage)):
            self._part.append(event.data if isinstance(event, TextMessage) else bytes(event.data))
            self._bytes += len(event.data)
            if self._bytes > LIMIT:
                self._part = []
                self.drop(1009, "message too big")
            elif event.message_finished:
                whole = self._part
                self._part, self._bytes = [], 0
                self._message(whole[0][:0].join(whole))  # type: ignore[arg-type]  # of one kind
        elif isinstance(event, Ping) and not self._too_many():
            self.send(frame(bytes(event.payload), PONG))

    def _close_back(self, event: CloseConnection) -> None:
        if not self._closing:
            self.send(close_frame(1000 if event.code == 1005 else event.code, ""))
        self._closing = True
        if self._transport is not None:
            self._transport.close()

    def _message(self, message: str | bytes) -> None:
        """Answer what a viewer asks; what it sends is acknowledged and not applied."""
        if self._too_many():
            return
        self._frames.append(message if len(message) < 4096 else b"")
        header = header_of(self._frames[0]) if isinstance(self._frames[0], str) else None
        if header is None:
            self.drop(1002, "not the Bokeh protocol")
            return
        buffers = header.get("num_buffers", 0)
        wanted = 3 + 2 * (buffers if isinstance(buffers, int) and 0 <= buffers < FRAMES else FRAMES)
        if len(self._frames) >= min(wanted, FRAMES):
            self._frames = []
            if self.viewer is not None:
                self.relay.asked(self.viewer, header)

    def _too_many(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._second >= 1.0:
            self._second, self._count = now, 0
        self._count += 1
        if self._count > MESSAGES * 3:
            self.drop(1008, "too many messages")
            return True
        return False


async def receive(
    relay: Relay, taken: socket.socket, early: bytes, revision: int | None, holder: str = ""
) -> None:
    """Bring a viewer into a relay whose socket has its handshake behind it.

    `early` is what the viewer has sent already, `revision` that of the page it has, `holder` the
    handle of its session.
    """
    line = Line(relay)
    line.viewer = relay.join(line, revision, holder)
    await connect(line, taken, early)


async def connect(line: Line, taken: socket.socket, early: bytes = b"") -> None:
    """Give a line its socket; what it was sent before is sent now."""
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_accepted_socket(lambda: line, taken)
    except OSError as error:  # the viewer has left meanwhile
        taken.close()
        line.connection_lost(error)
        return
    if early:
        line.data_received(early)
