"""Private pages: an ordinary Panel session for each viewer, in the same page and the same server.

Widgets with Python callbacks work here. Views run on threads of their own, so one that hangs costs
the event loop nothing.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import panel.io.server  # noqa: F401  # makes Bokeh's server one that knows Panel's sessions
from bokeh.application import Application as BokehApplication
from bokeh.document import Document
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import generate_jwt_token, generate_session_id
from panel.io.state import set_curdoc
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule

from muntin.live.adapter import bundles_of, message_event, session_context
from muntin.live.markup import delta, feed_row
from muntin.live.scene import Change, Scene
from muntin.live.stage import CHANNEL, Shown
from muntin.pages import Page
from muntin.site import Site
from muntin.web.handlers import Base

#: A first picture that takes longer is not waited for, seconds.
PATIENCE = 10.0
#: Views of one page that may run at the same time.
WORKERS = 8


@dataclass(slots=True)
class Session:
    """One viewer's document, brought up to date as the store changes."""

    site: Site
    page: Page
    document: Document
    pool: ThreadPoolExecutor
    revision: int = 0
    scene: Scene = field(init=False)
    _changed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.scene = Scene(self.page, self.document, traces=self.site.dev)

    def follow(self) -> None:
        """Update on every change of the store until the viewer leaves; say so every two seconds."""
        loop = asyncio.get_running_loop()

        def wake(names: frozenset[str]) -> None:
            loop.call_soon_threadsafe(self._note, names)

        close = self.site.store.subscribe(wake)
        self.document.on_session_destroyed(lambda _context: close())
        self.document.add_periodic_callback(self._beat, 2000)

    def _note(self, names: frozenset[str]) -> None:
        idle = not self._changed
        self._changed |= names
        if idle:
            update: Any = self._update  # Bokeh takes coroutines as well
            self.document.add_next_tick_callback(update)

    def _beat(self) -> None:
        self._send("muntin-beat", round(self.site.store.clock() * 1000))

    def _send(self, kind: str, data: Any) -> None:
        self.document.callbacks.trigger_on_change(message_event(self.document, kind, data))

    async def _update(self) -> None:
        changed, self._changed = frozenset(self._changed), set()
        shown, change = await self.draw(changed)
        readings = shown.snapshot.readings
        rows = [
            feed_row(readings[name], shown.snapshot.now) for name in changed if name in readings
        ]
        self._send(CHANNEL, delta(shown, change, rows))

    async def draw(self, changed: frozenset[str] | None) -> tuple[Shown, Change]:
        """Draw what changed on a thread and return what is shown then; holds the events back."""
        self.document.hold("combine")
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.pool, self._draw, changed)
        finally:
            self.document.unhold()

    def _draw(self, changed: frozenset[str] | None) -> tuple[Shown, Change]:
        snapshot = self.site.store.snapshot
        with set_curdoc(self.document):
            change = self.scene.update(snapshot, changed)
        self.revision += 1
        shown = Shown(
            self.revision, snapshot, MappingProxyType(dict(self.scene.states)),
            bundles_of(self.document.models), bool(self.document.roots),
        )  # fmt: skip
        return shown, change


class Room:
    """Everything that serves one private page."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        path = f"/{page.slug}"
        self.bokeh = BokehTornado(
            {path: BokehApplication()}, extra_websocket_origins=["*"], use_index=False,
            include_cookies=[], include_headers=[],
        )  # fmt: skip
        self._context = session_context(self.bokeh, path)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=f"private-{page.slug}")

    def start(self) -> None:
        """Begin to clean up sessions whose viewers have left."""
        self.bokeh.initialize(asyncio_loop())
        self.bokeh.start()

    def stop(self) -> None:
        """End every session."""
        self.bokeh.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def open(self, request: HTTPServerRequest) -> tuple[str, Session, Shown]:
        """Return token, session and first picture for a new viewer; raise TimeoutError."""
        session_id = generate_session_id(secret_key=None, signed=False)
        token = generate_jwt_token(session_id, secret_key=None, signed=False, expiration=300)
        server_session = await self._context.create_session_if_needed(session_id, request, token)
        session = Session(self.site, self.page, server_session.document, self._pool)
        drawing = server_session.with_document_locked(session.draw, None)
        shown, _ = await asyncio.wait_for(drawing, PATIENCE)
        session.follow()
        return token, session, shown

    def rule(self) -> Rule:
        """Return the route of the page's WebSocket, for pages of this very host only."""
        return Rule(_SameOrigin(f"/{self.page.slug}/ws"), self.bokeh)


def asyncio_loop() -> Any:
    """Return Tornado's face of the running event loop."""
    from tornado.ioloop import IOLoop

    return IOLoop.current()


class _SameOrigin(Matcher):
    """Matches a path if the request comes from a page of the same host and port."""

    def __init__(self, path: str) -> None:
        self.path = path

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return no arguments for a match, None otherwise."""
        fits = request.path == self.path and _same_origin(request)
        return {} if fits else None


def _same_origin(request: HTTPServerRequest) -> bool:
    """Return True for a request of no page (no Origin), or of a page of this host and port."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:  # "null", which sandboxed pages send, has no host, and is another one's
        return urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:  # such as http://[
        return False


class PrivateHandler(Base):
    """Serves a private page: a new session for each request."""

    room: Room

    async def get(self) -> None:
        """Send the page, or say that its views take too long."""
        try:
            token, session, shown = await self.room.open(self.request)
        except TimeoutError:
            self.set_status(503)
            text = f"“{self.room.page.title}” takes too long to draw. This page tries again."
            self.reply(self.app.renderer.message("One moment", text, self.theme, retry=5))
            return
        roots = {model.id: model.name for model in session.document.roots}
        more = {"token": token, "roots": roots}
        self.set_header("Server-Timing", f'now;desc="{self.app.site.store.clock() * 1000:.0f}"')
        self.reply(self.app.renderer.private(self.room.page, shown, self.theme, more))
