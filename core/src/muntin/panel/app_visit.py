"""A Panel app in a session of one viewer, whose controls work both ways."""

from __future__ import annotations

from typing import Any

from bokeh.document import Document

from muntin.live.bokeh import localise, message_event, patch_message
from muntin.live.panel_apps import application_of, failure_of
from muntin.live.stage.faults import Fault
from muntin.live.stage.stage import CHANNEL
from muntin.panel.broadcast.failures import listening
from muntin.panel.broadcast.health import Health
from muntin.panel.broadcast.stage import Face, face_of
from muntin.panel.identity import introduced
from muntin.panel.session import Connection, PanelSession
from muntin.panel.visits import NotStarted, VisitRequest


class AppVisit:
    """One viewer's own run of an app. Its failures are reported to operators."""

    def __init__(self, asked: VisitRequest) -> None:
        page, site = asked.page, asked.site
        self.page = page
        #: What the page is made from; None until the app has started.
        self.shown: Face | None = None
        #: Ids of the models that stand at the top of the document.
        self.roots: tuple[str, ...] = ()
        where = f"{page.slug}/app"
        self.health = Health(where, site.store.clock, asked.happened, site.dev)
        self._connections: set[Connection] = set()
        self._application = application_of(page.app, page.title, location=True)
        self.session = PanelSession(
            _nothing,
            introduced(asked.request, asked.viewer),
            asked.token,
            f"/{page.slug}",
            self._joined,
            application=self._application,
            made=self._made,
            within=lambda: listening(self._failed, _not_mine),
        )

    def start(self) -> None:
        """Run the app."""
        self.session.start()

    def end(self) -> None:
        """End the session; from any thread, returns at once."""
        self.session.end()

    def connect(self, outlet: Any) -> Connection:
        """Return the connection of a viewer's socket."""
        return self.session.connect(outlet)

    def disconnect(self, connection: Connection) -> None:
        """End a connection."""
        self.session.post(lambda: self._connections.discard(connection))
        self.session.disconnect(connection)

    @property
    def fault(self) -> Fault | None:
        """What has failed in the app, None if nothing has."""
        return self.health.fault

    @property
    def running(self) -> tuple[str, float]:
        """What runs, and seconds since the thread last answered."""
        return "app", self.session.silent()

    def _made(self, document: Document) -> None:
        error, trace = failure_of(self._application)
        if error:
            self.health.failed(trace or error)
            assert self.health.fault is not None  # noqa: S101  # it has just failed
            raise NotStarted(self.health.fault)
        localise(document)
        self.roots = tuple(model.id for model in document.roots)
        self.shown = face_of(document, self.page.title, alone=False)

    def _joined(self, connection: Connection) -> None:
        self._connections.add(connection)
        if self.health.words:
            self._say(connection)

    def _failed(self, trace: str) -> None:
        self.health.failed(trace)
        for connection in tuple(self._connections):
            self._say(connection)

    def _say(self, connection: Connection) -> None:
        event = message_event(Document(), CHANNEL, {"said": self.health.words})
        connection.socket.push(patch_message([event]))


def _nothing(document: Document) -> None:
    """Stand in for what fills a document: the application does."""


def _not_mine() -> bool:
    """Return False: what runs on other threads is not known to be of this session."""
    return False
