"""The socket of a private page: carries messages between a viewer and the viewer's session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tornado.websocket import WebSocketClosedError, WebSocketHandler

from muntin.live.bokeh import CountedFrames, counted_frames
from muntin.live.relay.allowance import Limits
from muntin.web.private_pages import PrivatePages, Visit
from muntin.web.socket import GuardedWebSocketHandler

if TYPE_CHECKING:
    from muntin.panel.session import Connection

#: Bytes of a message that a widget may send, and frames of any kind: a slider that is dragged sends
#: some 180 a second.
MESSAGE_LIMIT = 256 * 1024
FRAMES = Limits(rate=300, pause_above=600, close_above=1200, unit=1024, pauses=300)
#: Bytes that a viewer may owe; one who takes less is closed and comes back.
MOST_OWED = 8_000_000
#: Close code for a reader that does not keep up.
TOO_SLOW = 4008


class PrivateSocket(GuardedWebSocketHandler, WebSocketHandler):
    """One viewer of a private page, behind the same guard as all others."""

    pages: PrivatePages

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._visit: Visit | None = None
        self._connection: Connection | None = None
        self._loop = asyncio.get_running_loop()
        self._owed = 0
        super().__init__(*args, **kwargs)

    @property
    def max_message_size(self) -> int:
        """Bytes of the largest message that a widget may send."""
        return MESSAGE_LIMIT

    async def prepare(self) -> None:
        """Find the session that the token was given out for; refuse a viewer without one."""
        await super().prepare()
        if self._finished or "Upgrade" not in self.request.headers:
            return
        self._visit = self._find(self.given_token())
        if self._visit is None:
            self.send_error(403)

    def _find(self, token: str) -> Visit | None:
        page = self.pages.get(self.slug)
        return None if page is None else page.find(token, self.admitted.holder)

    def knows(self, token: str) -> bool:
        """Return True if the token opens a session that was begun for this very login."""
        return self._find(token) is not None

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Speak ``bokeh`` if the client does."""
        return "bokeh" if "bokeh" in subprotocols else None

    def open(self, *args: str, **kwargs: str) -> None:
        """Join the session."""
        del args, kwargs
        assert self._visit is not None  # noqa: S101  # prepare has found it
        self.set_nodelay(True)
        self._visit.join(self)
        self._connection = self._visit.session.connect(_Outlet(self, self._loop))

    def get_websocket_protocol(self) -> CountedFrames | None:
        """Read at the pace at which people use widgets."""
        return counted_frames(self, FRAMES)

    def on_message(self, message: str | bytes) -> None:
        """Hand on what widgets send."""
        if self._connection is not None:
            self._connection.receive(message)

    def on_close(self) -> None:
        """Leave the session."""
        if self._visit is None or self._connection is None:
            return
        self.pages[self.slug].left(self._visit, self)
        self._visit.session.disconnect(self._connection)

    def send(self, parts: list[str | bytes]) -> None:
        """Send the fragments of one message; nothing once the socket is closed."""
        if self._owed > MOST_OWED:
            self.close(TOO_SLOW, "too slow: reconnect")
            return
        try:
            for part in parts:
                self._write_part(part)
        except WebSocketClosedError:
            return  # on_close comes, or has come

    def _write_part(self, part: str | bytes) -> None:
        size = len(part)
        written = self.write_message(part, binary=isinstance(part, bytes))
        self._owed += size

        def done(future: asyncio.Future[None]) -> None:
            self._owed -= size
            if not future.cancelled():
                future.exception()  # a socket that is cut meanwhile says so in on_close

        written.add_done_callback(done)


class _Outlet:
    """A socket as its session sees it: from another thread."""

    def __init__(self, socket: PrivateSocket, loop: asyncio.AbstractEventLoop) -> None:
        self._socket, self._loop = socket, loop

    def send(self, parts: list[str | bytes]) -> None:
        """Have the fragments of one message sent."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._socket.send, parts)

    def close(self, code: int, reason: str) -> None:
        """Have the socket closed."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._socket.close, code, reason)
