"""The WebSocket of a shared page: it reads little, applies nothing, and never waits."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketHandler

from muntin.live.adapter import close_frame, owed_bytes
from muntin.live.relay import Relay, Viewer, header_of
from muntin.web.app import App

#: Frames that one Bokeh message may consist of, and messages a viewer may send in a second.
FRAMES, MESSAGES = 64, 50


class PageSocket(WebSocketHandler):
    """One viewer of a shared page."""

    def initialize(self, app: App, relay: Relay) -> None:
        """Take app and relay from the route."""
        self.app = app
        self.relay = relay
        self.viewer: Viewer | None = None
        self._frames: list[str | bytes] = []
        self._count = 0
        self._second = 0.0

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

    def open(self, *args: str, **kwargs: str) -> None:
        """Greet the viewer."""
        del args, kwargs
        self.set_nodelay(True)
        revision = self.get_query_argument("rev", "")
        known = (
            int(revision)
            if revision.isascii() and revision.isdigit() and len(revision) < 16
            else None
        )
        self.viewer = self.relay.join(self, known)

    def on_message(self, message: str | bytes) -> None:
        """Answer what a viewer asks; what it sends is acknowledged and not applied."""
        if self._too_many():
            self.close(1008, "too many messages")
            return
        self._frames.append(message if len(message) < 4096 else b"")
        header = header_of(self._frames[0]) if isinstance(self._frames[0], str) else None
        if header is None:
            self.close(1002, "not the Bokeh protocol")
            return
        buffers = header.get("num_buffers", 0)
        wanted = 3 + 2 * (buffers if isinstance(buffers, int) and 0 <= buffers < FRAMES else FRAMES)
        if len(self._frames) >= min(wanted, FRAMES):
            self._frames = []
            self._answer(header)

    def _too_many(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._second >= 1.0:
            self._second, self._count = now, 0
        self._count += 1
        return self._count > MESSAGES * 3

    def _answer(self, header: dict[str, object]) -> None:
        viewer = self.viewer
        if viewer is None:
            return
        if header.get("msgtype") != "PULL-DOC-REQ":
            self.relay.answer(viewer, header)
            return
        if viewer.pulling is not None:
            return
        loop, request = asyncio.get_running_loop(), str(header.get("msgid", ""))[:64]
        self.relay.hold(viewer)

        def done(revision: int, body: bytes) -> None:
            loop.call_soon_threadsafe(self.relay.deliver, viewer, request, revision, body)

        self.relay.stage.pull(done)

    def on_close(self) -> None:
        """Forget the viewer."""
        if self.viewer is not None:
            self.relay.leave(self.viewer)

    def send(self, frames: bytes) -> None:
        """Hand finished frames to the network without waiting."""
        stream = self._stream()
        if stream is not None and not stream.closed():
            try:
                stream.write(frames).add_done_callback(_taken)
            except StreamClosedError:
                self.on_close()

    def owed(self) -> int:
        """Return how many bytes the network has not taken yet."""
        stream = self._stream()
        return 0 if stream is None else owed_bytes(stream)

    def drop(self, code: int, reason: str) -> None:
        """Close with a code; a connection that takes nothing is cut after a second."""
        stream = self._stream()
        if stream is None or stream.closed():
            return
        try:
            stream.write(close_frame(code, reason)).add_done_callback(_taken)
        except StreamClosedError:
            return
        asyncio.get_running_loop().call_later(1.0, stream.close)

    def _stream(self) -> Any:
        return None if self.ws_connection is None else self.ws_connection.stream


def _taken(future: asyncio.Future[None]) -> None:
    """Look at the outcome of a write, so that a lost connection is no unseen exception."""
    if not future.cancelled():
        future.exception()
