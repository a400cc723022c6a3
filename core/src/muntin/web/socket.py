"""The WebSocket of a shared page up to its handshake; then it is its relay's."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlsplit

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketHandler

from muntin.live.adapter import taken_over
from muntin.live.relay import Relay
from muntin.web.app import App


class PageSocket(WebSocketHandler):
    """Lets one viewer of a shared page in."""

    def initialize(self, app: App, relay: Relay) -> None:
        """Take app and relay from the route."""
        self.app = app
        self.relay = relay

    def set_default_headers(self) -> None:
        """Say nothing of the server's make."""
        self.clear_header("Server")

    def check_origin(self, origin: str) -> bool:
        """Accept only pages of this very host and port."""
        parts = urlsplit(origin)
        return (
            parts.scheme in {"http", "https"} and parts.netloc.lower() == self.request.host.lower()
        )

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Speak ``bokeh`` if the client does."""
        return "bokeh" if "bokeh" in subprotocols else None

    async def open(self, *args: str, **kwargs: str) -> None:
        """Hand the connection to its relay; from here on Tornado has no part in it."""
        del args, kwargs
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
            await self.app.receive(self.relay, taken, early, known)
