"""A page of panels in a Panel session of one viewer, brought up to date as the store changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import structlog
from bokeh.document import Document
from panel.io.state import set_curdoc

from muntin.live.bokeh import bundles_of, message_event, patch_message
from muntin.live.stage.faults import FAULTS, Fault
from muntin.live.stage.markup import catch_up, delta, feed_row
from muntin.live.stage.scene import Change, Scene
from muntin.live.stage.stage import CHANNEL, PageState
from muntin.panel.identity import introduced
from muntin.panel.session import Connection, PanelSession
from muntin.panel.visits import VisitRequest
from muntin.state.snapshots import Snapshot

log = structlog.get_logger("muntin.panel")


class PageSession:
    """One viewer's copy of a private page."""

    def __init__(self, asked: VisitRequest) -> None:
        self.site, self.page, self._asked = asked.site, asked.page, asked
        self.session = PanelSession(
            self._build,
            introduced(asked.request, asked.viewer),
            asked.token,
            f"/{self.page.slug}",
            self._joined,
        )
        #: What is shown now; None until the first picture.
        self.shown: PageState | None = None
        #: None: what fails is a panel's, and marked there.
        self.fault: Fault | None = None
        #: Names of the models that stand at the top of the document, by their ids.
        self.roots: dict[str, str] = {}
        self._scene: Scene | None = None
        self._changed: set[str] = set()
        self._connections = 0
        self._updating: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start the session, which draws the first picture and follows the store from then on."""
        self._unsubscribe = self.site.store.subscribe(self._wake)
        self.session.start()

    def end(self) -> None:
        """Stop following the store, then end the session; from any thread, returns at once."""
        self._unsubscribe()
        self.session.end()

    def connect(self, outlet: Any) -> Connection:
        """Return the connection of a viewer's socket."""
        self._connections += 1
        return self.session.connect(outlet)

    def disconnect(self, connection: Connection) -> None:
        """End a connection."""
        self._connections -= 1
        self.session.disconnect(connection)

    @property
    def running(self) -> tuple[str, float]:
        """Slug of the panel whose view runs, and seconds since the thread last answered."""
        panel = "" if self._scene is None else self._scene.running
        return panel, self.session.silent()

    def _build(self, document: Document) -> None:
        self._scene = Scene(
            self.page, document, self._asked.happened, self._asked.viewer, traces=self.site.dev
        )
        self._changed.clear()
        with set_curdoc(document):
            self._draw(document, None)
        self.roots = {model.id: model.name or "" for model in document.roots}

    def _wake(self, names: frozenset[str]) -> None:
        # Called on the source's thread while the store publishes.
        self.session.post(lambda: self._note(names))

    def _note(self, names: frozenset[str]) -> None:
        self._changed |= names
        if self._connections and self._updating is None:
            self._updating = asyncio.ensure_future(self._update())

    async def _update(self) -> None:
        """Draw what changed, then wait as long as viewers of a shared page do for the next."""
        try:
            while self._changed and self._connections:
                await self.session.locked(self._redraw)
                await asyncio.sleep(self.site.config.site.refresh)
        finally:
            self._updating = None

    def _joined(self, connection: Connection) -> None:
        """Send a new viewer what changed since the page was made; its charts it has pulled."""
        if self.shown is not None:
            event = message_event(Document(), CHANNEL, catch_up(self.shown))
            connection.socket.push(patch_message([event]))
        self._note(frozenset())

    def _redraw(self, document: Document) -> None:
        names = frozenset(self._changed)
        self._changed.clear()
        document.hold("combine")
        try:
            shown, change = self._draw(document, names)
        finally:
            sent = self._release(document)
        if not sent and self._scene is not None:
            change = change.and_panels(self._scene.withdraw(shown.snapshot.now))
            shown = self._show(document, shown.snapshot)
        readings = shown.snapshot.readings
        rows = [feed_row(readings[name], shown.snapshot.now) for name in names if name in readings]
        event = message_event(document, CHANNEL, delta(shown, change, rows))
        document.callbacks.trigger_on_change(event)

    def _release(self, document: Document) -> bool:
        """Send the changes of charts; return False if one cannot be encoded."""
        try:
            document.unhold()
        except FAULTS as error:
            log.warning("charts not sent", page=self.page.slug, error=repr(error)[:300])
            return False
        return True

    def _draw(self, document: Document, changed: frozenset[str] | None) -> tuple[PageState, Change]:
        assert self._scene is not None  # noqa: S101  # made by _build
        snapshot = self._seen(self.site.store.snapshot)
        change = self._scene.update(snapshot, changed)
        return self._show(document, snapshot), change

    def _show(self, document: Document, snapshot: Snapshot) -> PageState:
        assert self._scene is not None  # noqa: S101  # made by _build
        self.shown = PageState(
            1 if self.shown is None else self.shown.revision + 1,
            snapshot,
            MappingProxyType(dict(self._scene.states)),
            bundles_of(document.models),
            bool(document.roots),
        )
        return self.shown

    def _seen(self, snapshot: Snapshot) -> Snapshot:
        if not self._asked.limited:
            return snapshot
        return snapshot.only({feed.name for feed in self.page.feeds})
