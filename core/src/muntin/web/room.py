"""The room of a private page: an ordinary Panel session for each viewer, in the same server.

Widgets with Python callbacks work here. Views run on threads of their own, so one that hangs costs
the event loop nothing. To import this loads Panel's server, so only `muntin.web.rooms` does.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bokeh.application import Application as BokehApplication
from bokeh.document import Document
from bokeh.server.tornado import BokehTornado
from bokeh.util.token import (
    check_token_signature,
    generate_jwt_token,
    generate_session_id,
    get_session_id,
)
from panel.io.server import WSHandler  # its module makes Bokeh's server know Panel's sessions
from panel.io.state import set_curdoc
from tornado.httputil import HTTPServerRequest

from muntin.access.policy import Key
from muntin.live.adapter import bundles_of, end_session, message_event, session_context
from muntin.live.markup import delta, feed_row
from muntin.live.scene import Change, Scene
from muntin.live.stage import CHANNEL, Shown
from muntin.pages import Page
from muntin.site import Site
from muntin.viewers import Viewer
from muntin.web.guard import CLOSING, Admitted, Guard
from muntin.web.socket import Guarded

if TYPE_CHECKING:
    from muntin.web.app import App

#: A first picture that takes longer is not waited for, seconds.
PATIENCE = 10.0
#: Views of one page that may run at the same time.
WORKERS = 8


#: Documents that one session may have open at a time; a page that is reloaded soon loses its own.
PAGES = 20
#: Bytes of a message that a widget may send, and parts of messages a second.
MESSAGE_LIMIT, PARTS = 256 * 1024, 600


@dataclass(slots=True)
class Session:
    """One viewer's document, brought up to date as the store changes."""

    site: Site
    #: With only the panels that are this viewer's.
    page: Page
    viewer: Viewer
    document: Document
    pool: ThreadPoolExecutor
    #: Tell the viewer only of the feeds of these panels.
    closed: bool = False
    #: Set when the server ends: nothing is drawn any more.
    ending: threading.Event = field(default_factory=threading.Event)
    revision: int = 0
    scene: Scene = field(init=False)
    _changed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.scene = Scene(self.page, self.document, viewer=self.viewer, traces=self.site.dev)

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
        if self.ending.is_set():
            return
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
        if self.closed:
            snapshot = snapshot.only({feed.name for feed in self.page.feeds})
        with set_curdoc(self.document):
            change = self.scene.update(snapshot, changed)
        self.revision += 1
        shown = Shown(
            self.revision, snapshot, MappingProxyType(dict(self.scene.states)),
            bundles_of(self.document.models), bool(self.document.roots),
        )  # fmt: skip
        return shown, change


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Whose a document is: of which session, and made of which panels."""

    holder: str
    key: Key


class Room:
    """Everything that serves one private page."""

    def __init__(self, site: Site, slug: str) -> None:
        self.site = site
        self.slug = slug
        path = f"/{slug}"
        # Sessions live no longer than the process, so neither needs the key that signs them.
        self._key = secrets.token_bytes(32)
        self.bokeh = BokehTornado(
            {path: BokehApplication()}, use_index=False, include_cookies=[], include_headers=[],
            sign_sessions=True, secret_key=self._key,
            websocket_max_message_size_bytes=MESSAGE_LIMIT,
        )  # fmt: skip
        self.context = session_context(self.bokeh, path)
        #: By id of the Bokeh session.
        self.tenancies: dict[str, Tenancy] = {}
        self.sockets: set[RoomSocket] = set()
        self._ending = threading.Event()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix=f"private-{slug}")

    def socket(self, app: App, request: HTTPServerRequest) -> RoomSocket:
        """Return what speaks with one viewer."""
        return RoomSocket(
            self.bokeh, request, app=app, room=self, slug=self.slug,
            application_context=self.context,
        )  # fmt: skip

    def start(self) -> None:
        """Begin to clean up sessions whose viewers have left."""
        self.bokeh.initialize(asyncio_loop())
        self.bokeh.start()

    def stop(self) -> None:
        """End every session."""
        self._ending.set()
        self.bokeh.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def full(self, holder: str) -> bool:
        """Return True if somebody who signed in has as many documents open as anybody may have."""
        own = [one for one in self.tenancies.values() if one.holder == holder]
        return bool(holder) and len(own) >= PAGES

    async def open(
        self, request: HTTPServerRequest, page: Page, who: Admitted
    ) -> tuple[str, Session, Shown]:
        """Return token, session and first picture for a new viewer; raise TimeoutError."""
        session_id = generate_session_id(secret_key=self._key, signed=True)
        token = generate_jwt_token(session_id, secret_key=self._key, signed=True, expiration=300)
        self.tenancies[session_id] = Tenancy(who.holder, who.sight.keys[page.slug])
        server_session = await self.context.create_session_if_needed(session_id, request, token)
        document = server_session.document
        document.on_session_destroyed(lambda _context: self._forget(session_id))
        closed = who.sight.limited
        session = Session(
            self.site, page, who.viewer, document, self._pool, closed, ending=self._ending
        )
        drawing = server_session.with_document_locked(session.draw, None)
        shown, _ = await asyncio.wait_for(drawing, PATIENCE)
        session.follow()
        return token, session, shown

    def _forget(self, session_id: str) -> None:
        self.tenancies.pop(session_id, None)

    def fits(self, token: str, holder: str) -> bool:
        """Return True if a token opens a document that was made for this very session."""
        try:
            good = check_token_signature(token, secret_key=self._key, signed=True)
            tenancy = self.tenancies.get(get_session_id(token)) if good else None
        except (ValueError, KeyError, TypeError):  # whatever somebody sent in place of one
            return False
        return tenancy is not None and tenancy.holder == holder

    def expel(self, guard: Guard) -> None:
        """Close the sockets and documents of all whose session is over or sees something else."""
        for session_id, tenancy in list(self.tenancies.items()):
            code = guard.still(tenancy.holder, tenancy.key)
            if not code:
                continue
            self._forget(session_id)
            for socket in [one for one in self.sockets if one.session_id == session_id]:
                socket.close(code, CLOSING[code])
            end_session(self.context, session_id)


def asyncio_loop() -> Any:
    """Return Tornado's face of the running event loop."""
    from tornado.ioloop import IOLoop

    return IOLoop.current()


class RoomSocket(Guarded, WSHandler):
    """One viewer of a private page: Bokeh's own socket, behind the same guard as all others.

    Bokeh's own ways to ask who is there are not used: `prepare` is ours.
    """

    room: Room

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.session_id = ""
        self._counted = (0.0, 0)
        super().__init__(*args, **kwargs)

    def initialize(self, application_context: Any, **more: Any) -> None:  # type: ignore[override]  # Bokeh's own takes less
        """Take app and room; Bokeh has taken the rest."""
        del application_context
        super().initialize(**more)

    def knows(self, token: str) -> bool:
        """Return True if the token opens a document that was made for this very session."""
        return self.room.fits(token, self.admitted.holder)

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Join the document."""
        self.session_id = get_session_id(self.given_token())
        self.room.sockets.add(self)
        return super().open(*args, **kwargs)  # type: ignore[no-untyped-call]  # Bokeh's

    async def on_message(self, fragment: str | bytes) -> None:
        """Hand on what widgets send, at a pace at which people use them."""
        second, count = self._counted
        now = asyncio.get_running_loop().time()
        self._counted = (now, 1) if now - second >= 1.0 else (second, count + 1)
        if self._counted[1] > PARTS:
            self.close(1008, "too many messages")
        else:
            await super().on_message(fragment)

    def on_close(self) -> None:
        """Leave the document."""
        self.room.sockets.discard(self)
        super().on_close()
