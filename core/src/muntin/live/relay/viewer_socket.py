"""One viewer's WebSocket after its handshake: it reads little, applies nothing, never waits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Protocol

from wsproto.connection import Connection as WebSocketConnection
from wsproto.connection import ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import ProtocolError

from muntin.live.relay.allowance import GRACE, Allowance, Limits
from muntin.live.relay.frames import PONG, close_frame, frame
from muntin.live.relay.relay import PULL, Connection, Relay, header_of

#: What a viewer of a shared page may send. A page sends three frames when it opens, and again when
#: charts come or go.
LIMITS = Limits(rate=50, pause_above=100, close_above=300)
#: Units that a pull costs besides its frames: its answer is the whole document.
PULL_COST = 10
#: Bytes that are read at a time, and so the most that one turn of the event loop parses.
READ = 4096
#: Frames that one Bokeh message may consist of, and characters of its header.
FRAMES, HEADER = 64, 4096
#: Reads after a cut whose bytes are dropped unseen, to notice an end that closes properly.
LAST_READS = 16


class Clock(Protocol):
    """What a connection needs of the event loop."""

    def time(self) -> float:
        """Return seconds that never go back."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> object:
        """Call back after some seconds."""
        ...


class ViewerSocket(asyncio.BufferedProtocol):
    """A connection as its relay sees it; made by `connect`."""

    __slots__ = (
        "_allowance",
        "_buffer",
        "_closing",
        "_cut",
        "_frames_left",
        "_header",
        "_last_reads",
        "_loop",
        "_parser",
        "_text",
        "_transport",
        "_unsent",
        "relay",
        "viewer",
    )

    def __init__(self, relay: Relay, loop: Clock) -> None:
        self.relay = relay
        self.viewer: Connection | None = None
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        #: Made when the viewer first sends something: most send little, many nothing.
        self._parser: WebSocketConnection | None = None
        self._allowance = Allowance(LIMITS)
        self._buffer: bytearray | None = None
        #: The message that is arriving: the text of its header, then the header and how many frames
        #: are to come. Nothing is kept of those, as nothing in them is used.
        self._text = ""
        self._header: dict[str, object] | None = None
        self._frames_left = 0
        #: True once a close frame was sent, and once nothing more is read.
        self._closing = self._cut = False
        self._last_reads = LAST_READS
        #: What was sent before the transport was there.
        self._unsent = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # of a stream socket
        self._transport = transport
        if self._unsent:
            transport.write(self._unsent)
        self._unsent = b""
        if self._closing:
            self._loop.call_later(GRACE, self._abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the viewer."""
        del exc
        self._closing = self._cut = True
        if self.viewer is not None:
            self.relay.leave(self.viewer)
        self._transport = self._parser = None

    def send(self, frames: bytes) -> None:
        """Hand finished frames to the network without waiting."""
        if not self._closing:
            self._write(frames)

    def _write(self, frames: bytes) -> None:
        if self._transport is None:
            self._unsent += frames
        elif not self._transport.is_closing():  # asyncio logs each write to a lost connection
            self._transport.write(frames)

    def owed(self) -> int:
        """Return how many bytes the network has not taken yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def drop(self, code: int, reason: str) -> None:
        """Close with a code; a connection that does not close within a second is aborted.

        One that is closing already is aborted at once.
        """
        if self._closing:
            self._abort()
            return
        self._closing = True
        self._write(close_frame(code, reason))
        if self._transport is not None:
            self._loop.call_later(GRACE, self._abort)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def cut(self, code: int, reason: str) -> None:
        """Close with a code and parse nothing more, for what was sent is not worth it."""
        if self._cut:
            return
        self._cut, self._parser = True, None
        self.relay.counts.cut += 1
        if not self._closing:
            self.drop(code, reason)

    def get_buffer(self, sizehint: int) -> bytearray:
        """Return where the next bytes go; one is kept only while they arrive."""
        del sizehint
        self._buffer = bytearray(READ)
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Read what has arrived, then pause for as long as the sender is ahead of its allowance."""
        assert self._buffer is not None  # noqa: S101  # asyncio has asked for it
        data, self._buffer = bytes(self._buffer[:nbytes]), None
        self.receive(data)
        if self._transport is not None:
            self._pause(self._transport, full=nbytes == READ)

    def _pause(self, transport: asyncio.Transport, *, full: bool) -> None:
        if self._cut:
            self._last_reads -= 1
            if self._last_reads <= 0:
                transport.pause_reading()
            return
        pause = self._allowance.pause(full=full)
        if pause is None:
            self.cut(1008, "too many messages")
        elif pause:
            transport.pause_reading()
            self._loop.call_later(pause, self._read_on)

    def _read_on(self) -> None:
        if self._transport is not None and not self._cut:
            self._transport.resume_reading()

    def receive(self, data: bytes) -> None:
        """Read what a viewer sends, up to the point where it is too much."""
        if self._cut or not self._spend(size=len(data)):
            return
        if self._parser is None:
            self._parser = WebSocketConnection(ConnectionType.SERVER)
        try:
            self._parser.receive_data(data)
            for event in self._parser.events():
                if not self._spend(units=1):
                    return
                self._take(event)
                if self._cut:
                    return
        except ProtocolError:
            self.cut(1002, "not the WebSocket protocol")

    def _spend(self, units: float = 0, size: int = 0) -> bool:
        if self._allowance.spend(self._loop.time(), units, size):
            return True
        self.cut(1008, "too many messages")
        return False

    def _take(self, event: Any) -> None:
        if isinstance(event, CloseConnection):
            self._close_back(event)
        elif self._closing:
            return
        elif isinstance(event, (TextMessage, BytesMessage)):
            self._take_data(event)
        elif isinstance(event, Ping):
            self.send(frame(bytes(event.payload), PONG))

    def _close_back(self, event: CloseConnection) -> None:
        if self._parser is not None and self._parser.state is ConnectionState.OPEN:
            self.cut(int(event.code), "not the WebSocket protocol")  # a broken frame, no close
            return
        if not self._closing:
            self.send(close_frame(1000 if event.code == 1005 else event.code, ""))
        self._closing = self._cut = True
        if self._transport is not None:
            self._transport.close()

    def _take_data(self, event: TextMessage | BytesMessage) -> None:
        if self._header is None:
            if isinstance(event, BytesMessage) or len(self._text) + len(event.data) > HEADER:
                self.cut(1002, "not the Bokeh protocol")
                return
            self._text += event.data
        if event.message_finished:
            self._take_frame()

    def _take_frame(self) -> None:
        """Answer a message once all its frames are here; it is acknowledged and not applied."""
        if self._header is None:
            self._begin(header_of(self._text))
            return
        self._frames_left -= 1
        if self._frames_left == 0:
            header, self._header = self._header, None
            if self.viewer is not None and self._spend(units=_cost(header)):
                self.relay.asked(self.viewer, header)

    def _begin(self, header: dict[str, object] | None) -> None:
        self._header, self._text = header, ""
        if header is None:
            self.cut(1002, "not the Bokeh protocol")
        else:
            self._frames_left = _frames_after(header)


def _frames_after(header: dict[str, object]) -> int:
    """Return how many frames follow a header: metadata, content, and two for each buffer."""
    buffers = header.get("num_buffers", 0)
    if not isinstance(buffers, int) or not 0 <= buffers < FRAMES:
        buffers = FRAMES
    return min(2 + 2 * buffers, FRAMES - 1)


def _cost(header: dict[str, object]) -> int:
    return PULL_COST if header.get("msgtype") == PULL else 0


async def receive(
    relay: Relay, taken: socket.socket, early: bytes, revision: int | None, holder: str = ""
) -> None:
    """Bring a viewer into a relay whose socket has its handshake behind it.

    `early` is what the viewer has sent already, `revision` that of the page it has, `holder` the
    handle of its session.
    """
    viewer_socket = ViewerSocket(relay, asyncio.get_running_loop())
    viewer_socket.viewer = relay.join(viewer_socket, revision, holder)
    await connect(viewer_socket, taken, early)


async def connect(viewer_socket: ViewerSocket, taken: socket.socket, early: bytes = b"") -> None:
    """Give a line its socket; what it was sent before is sent now."""
    loop = asyncio.get_running_loop()
    try:
        await loop.connect_accepted_socket(lambda: viewer_socket, taken)
    except OSError as error:  # the viewer has left meanwhile
        taken.close()
        viewer_socket.connection_lost(error)
        return
    if early:
        viewer_socket.receive(early)
