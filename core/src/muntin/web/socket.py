"""The WebSocket of a page up to its handshake; then a shared page's is its relay's."""

from __future__ import annotations

import contextlib
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketHandler

from muntin.live.bokeh import CountedFrames, counted_frames, taken_over
from muntin.live.relay.relay import Relay
from muntin.live.relay.viewer_socket import LIMITS
from muntin.web.guard.guard import Refused, Requirement
from muntin.web.guard.hosts import same_origin
from muntin.web.handlers import BaseHandler

#: Close code for a page that another server has made, before this one was started.
RESTARTED = 4410


class GuardedWebSocketHandler(BaseHandler):
    """A WebSocket behind the guard: opened by a page of this very server, with a good token."""

    requires, terse, methods = Requirement.PAGE, True, ("GET",)

    async def prepare(self) -> None:
        """Let in whom the guard admits, from one of our own pages; refuse all others."""
        await super().prepare()
        if self._finished or "Upgrade" not in self.request.headers:
            return  # refused, or no handshake: Tornado says so
        if not self.fits_origin():
            self.send_error(403)
        elif self.admitted.permissions.limited and not self.knows(self.given_token()):
            self.refuse(Refused(403, self.admitted.session))

    def fits_origin(self) -> bool:
        """Return True for a page of this server; for no page at all only without logins."""
        headers = self.request.headers
        origin = headers.get("Origin", headers.get("Sec-WebSocket-Origin"))
        if origin is None:
            return not self.admitted.permissions.limited
        return same_origin(origin, self.request.host)

    def given_token(self) -> str:
        """Return the token, which stands behind the protocol's name."""
        named = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        return named[1].strip() if len(named) == 2 else ""

    def knows(self, token: str) -> bool:
        """Return True if the token is one for this session and exactly this page."""
        raise NotImplementedError

    def check_origin(self, origin: str) -> bool:
        """Accept only pages of this very host and port."""
        return same_origin(origin, self.request.host)


class PageSocket(GuardedWebSocketHandler, WebSocketHandler):
    """Lets one viewer of a shared page in."""

    relay: Relay

    async def prepare(self) -> None:
        """Find the page variant of exactly what this viewer may see."""
        await super().prepare()
        if self._finished:
            return
        page = self.admitted.page
        assert page is not None  # noqa: S101  # the guard has looked
        variant = self.app.variants.of(page, self.admitted)
        if variant is None:
            self.send_error(503)
        else:
            self.relay = variant.relay

    def knows(self, token: str) -> bool:
        """Return True if the token is one for this session and exactly this page."""
        session, page = self.admitted.session, self.admitted.page
        if session is None or page is None or not self.app.guard.enabled:
            return session is not None
        return self.app.access.check_token(
            token, session, *self.admitted.permissions.keys[page.slug]
        )

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Speak ``bokeh`` if the client does."""
        return "bokeh" if "bokeh" in subprotocols else None

    def get_websocket_protocol(self) -> CountedFrames | None:
        """Bound what arrives before the relay has the connection, or after it was refused."""
        return counted_frames(self, LIMITS)

    def on_message(self, message: str | bytes) -> None:
        """Ignored: comes only over a connection that is closing."""

    async def open(self, *args: str, **kwargs: str) -> None:
        """Hand the connection to its relay; from here on Tornado has no part in it."""
        del args, kwargs
        if self.get_query_argument("of", self.app.renderer.born) != self.app.renderer.born:
            self.close(RESTARTED, "the page is of another server")
            return
        revision = self.get_query_argument("rev", "")
        known = (
            int(revision)
            if revision.isascii() and revision.isdigit() and len(revision) < 16
            else None
        )
        connection: Any = self.ws_connection
        with contextlib.suppress(StreamClosedError):
            await connection.stream.write(b"")  # done once the handshake is sent
            taken, early = taken_over(self)
            await self.app.receive(self.relay, taken, early, known, self.admitted.holder)
