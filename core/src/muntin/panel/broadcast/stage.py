"""A Panel app as a relay sees it: one document for everybody, each change encoded once."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import structlog
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent

from muntin.live.bokeh import forget_removed, localise, message_event, patch_frames, pull_body
from muntin.live.panel_apps import controls_of, has_template, page_of, resources_of
from muntin.live.relay.frames import Update
from muntin.live.relay.protocols import Audience, NoAudience
from muntin.live.stage.faults import FAULTS
from muntin.live.stage.scene import Happened, PanelState
from muntin.live.stage.stage import CHANNEL, PageState, StageMetrics
from muntin.pages import Page, Panel
from muntin.panel.broadcast.health import Health
from muntin.panel.broadcast.outbox import Outbox
from muntin.panel.broadcast.session import AppSession
from muntin.state.store import Store

log = structlog.get_logger("muntin.apps")

#: Seconds for which an update waits for the one before it to be sent.
PATIENCE = 2.0
#: Seconds until an app that could not be started is tried again: doubled from first to longest.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0


@dataclass(frozen=True, slots=True)
class Face:
    """What of an app's page does not change: whose page it stands in, and its scripts."""

    title: str
    #: The app's own page, with marks for script and nonces; "" where it stands in Muntin's.
    html: str = ""
    #: Tags of the scripts and style sheets that Muntin's page needs for it.
    scripts: str = ""
    styles: str = ""


#: Stands in a `Face` where the page's own script and data belong.
SCRIPT = "<!--muntin-->"


class AppStage:
    """Runs one app and encodes every change in it once for its audience.

    Updates are emitted on the app's thread or on its watcher's. Without viewers, nothing is
    encoded.
    """

    def __init__(
        self,
        page: Page,
        store: Store,
        refresh: float = 0.1,
        happened: Happened = lambda *_: None,
        *,
        traces: bool = False,
    ) -> None:
        self.page, self.store, self.refresh = page, store, refresh
        self.figures = StageMetrics()
        #: Set once the app is there, or has failed to start.
        self.ready = threading.Event()
        self._waiting: deque[Callable[[], None]] = deque()
        #: None until the app has started.
        self.face: Face | None = None
        self.shown: PageState | None = None
        self._audience: Audience = NoAudience()
        self._panel = Panel(page.title, _nothing)
        self.health = Health(f"{page.slug}/{self._panel.slug}", store.clock, happened, traces)
        self._outbox = Outbox(self.health.failed, lambda: localise(self._document))
        self._lock = threading.Lock()
        self._due = False
        self._sent_at = 0.0
        self._pull: tuple[int, bytes] | None = None
        self._controls: dict[str, str] = {}
        #: Ids of the models among which the controls were looked for.
        self._models: frozenset[str] = frozenset()
        self._said = ""
        self._over = threading.Event()
        self._session = self._new_session()
        self._watch = threading.Thread(target=self._look_on, name=f"watch-{page.slug}", daemon=True)

    # ------------------------------------------------------------ what a relay and a server ask

    def start(self, audience: Audience) -> None:
        """Run the app for an audience."""
        self._audience = audience
        if not self._over.is_set():
            self._session.start()
            self._watch.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End the app; one that hangs is left behind as a daemon."""
        self._over.set()
        self._begun()
        self._session.stop(timeout)

    @property
    def running(self) -> tuple[str, float]:
        """Slug of the panel, and for how many seconds it has held its loop; empty if it has not."""
        busy = self._session.busy
        return (self._panel.slug, busy) if busy else ("", 0.0)

    def then(self, done: Callable[[], None]) -> None:
        """Have `done` called, on any thread, once the app has started or could not be started."""
        self._waiting.append(done)
        if self.ready.is_set():
            self._begun()

    def _begun(self) -> None:
        self.ready.set()
        while self._waiting:
            with contextlib.suppress(IndexError):  # another thread was quicker
                self._waiting.popleft()()

    @property
    def behind(self) -> bool:
        """False: an app goes on, whoever looks."""
        return False

    def fresh(self, timeout: float = 1.0) -> bool:
        """Return True: what is shown is of now."""
        del timeout
        return True

    def look(self) -> None:
        """Do nothing: an app goes on, whoever looks."""

    def now(self) -> float:
        """Return the server's time, in seconds since the epoch."""
        return self.store.clock()

    def catch_up(self) -> bytes:
        """Return the frames by which a page of any revision asks for the whole document."""
        shown = self.shown
        assert shown is not None  # noqa: S101  # called once the stage is ready
        return self._message(shown.revision, whole=True)

    def pull(self, done: Callable[[int, bytes], None]) -> None:
        """Have `done(revision, frames)` called with the document now.

        At once where it is known already, else on the app's thread.
        """
        known, shown = self._pull, self.shown
        if known is not None and shown is not None and known[0] == shown.revision:
            done(*known)
        else:
            self._session.call(lambda: self._answer(done))

    # ------------------------------------------------------------ on the app's thread

    def _made(self, document: Document) -> None:
        """Take note that the app has its document."""
        localise(document)
        if not document.roots:
            log.warning("app shows nothing", page=self.page.slug, fix="mark parts as .servable()")
        self.face = face_of(document, self.page.title)
        self._publish()
        self._begun()

    def _ended(self) -> None:
        """Take note that the app is over; one that has not started shows why."""
        if self.face is None:
            self._publish()
        self._begun()

    def _take(self, event: DocumentPatchedEvent) -> None:
        if self._outbox.add(event):
            self._session.call(self._encode)

    def _encode(self) -> None:
        """Encode what a callback has changed, now that it is done."""
        if not self._audience.watched:
            self._outbox.drop()
            self._forget()
            self._publish()
            return
        self._outbox.encode()
        if not self._due:
            self._due = True
            self._session.call(self._flush, max(0.0, self._sent_at + self.refresh - _now()))

    def _flush(self) -> None:
        """Hand on what has changed since the last update, once that is sent."""
        if self._audience.sending and _now() - self._sent_at < PATIENCE:
            self._session.call(self._flush, 0.02)
            return
        self._due = False
        self._hand_on()

    def _hand_on(self) -> None:
        started = _now()
        frames = self._outbox.take()
        self._sent_at = _now()
        if frames is None:
            self._publish(whole=True)
        elif frames:
            self._publish(frames, self._new_controls(), started=started)
        self.health.updated()

    def _answer(self, done: Callable[[int, bytes], None]) -> None:
        """Answer a pull with the document of a revision that everything before it belongs to."""
        if self.shown is None:
            return
        try:
            self._hand_on()
            revision = self.shown.revision
            if self._pull is None or self._pull[0] != revision:
                localise(self._document)
                self._controls = controls_of(self._document)
                body = pull_body(self._document, muntin={"controls": self._controls})
                self._pull = (revision, body)
            done(*self._pull)
        except FAULTS as error:
            log.warning("app not sent", page=self.page.slug, error=repr(error)[:300])

    def _new_controls(self) -> dict[str, str]:
        """Return the controls that have come since viewers were told of them."""
        models = frozenset(model.id for model in self._document.models)
        if models == self._models:
            return {}
        self._models = models
        now = controls_of(self._document)
        new = {name: what for name, what in now.items() if self._controls.get(name) != what}
        self._controls = now
        return new

    def _forget(self) -> None:
        if self._session.document is not None:
            forget_removed(self._session.document)

    @property
    def _document(self) -> Document:
        assert self._session.document is not None  # noqa: S101  # nothing changes before it is there
        return self._session.document

    # ------------------------------------------------------------ on any thread

    def _publish(
        self,
        frames: bytes = b"",
        controls: dict[str, str] = MappingProxyType({}),  # type: ignore[assignment]  # read only
        *,
        whole: bool = False,
        started: float = 0.0,
    ) -> None:
        """Begin a revision, and hand it to whoever looks."""
        with self._lock:
            old = self.shown
            revision = 1 if old is None else old.revision + 1
            state = PanelState(
                self._panel,
                fault=self.health.fault,
                drawn=self.face is not None,
                faults=self.health.faults,
            )
            panels = MappingProxyType({self._panel.slug: state})
            self.shown = PageState(revision, self.store.snapshot, panels, (), charts=True)
            self._said = self.health.words
            if old is None or not self._audience.watched:
                return
            frames += self._message(revision, controls, whole=whole)
            seconds = _now() - started if started else 0.0
            self.figures.done(len(frames), seconds)
            self._audience.emit(Update(revision, frames, seconds))

    def _message(
        self, revision: int, controls: Any = MappingProxyType({}), *, whole: bool = False
    ) -> bytes:
        """Return the frames that tell a page its revision and how the app is."""
        data = {
            "revision": revision,
            "said": self.health.words,
            "controls": dict(controls),
            "whole": whole,
        }
        return patch_frames([message_event(Document(), CHANNEL, data)])

    # ------------------------------------------------------------ on the thread that looks on

    def _look_on(self) -> None:
        pause, tried_at = FIRST_PAUSE, _now()
        while not self._over.wait(1.0):
            self.health.held(self._session.busy)
            if self.shown is not None and self.health.words != self._said:
                self._publish()
            if self.face is None and self._session.over and _now() - tried_at > pause:
                pause, tried_at = min(2 * pause, LONGEST_PAUSE), _now()
                self._session = self._new_session()
                self._session.start()

    def _new_session(self) -> AppSession:
        return AppSession(
            self.page.app,
            self.page.slug,
            self.page.title,
            take=self._take,
            failed=self.health.failed,
            made=self._made,
            ended=self._ended,
        )


def face_of(document: Document, title: str, *, alone: bool = True) -> Face:
    """Return what an app's page is made from; Panel's own title stands for none.

    An app that stands `alone` for all viewers has no switch of themes, which asks for it again.
    """
    named = document.title not in {"Bokeh Application", "Panel Application", ""}
    title = document.title if named else title
    if has_template(document):
        return Face(title, page_of(document, SCRIPT, toggle=not alone))
    scripts, styles = resources_of(document)
    return Face(title, scripts=scripts, styles=styles)


def _nothing(snapshot: Any) -> None:
    """Stand in for a view: an app draws itself."""


_now = time.monotonic
