"""The stage: owns the one document that all viewers of a page share, on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import structlog
from bokeh.document import Document

from muntin.live.bokeh import (
    bundles_of,
    message_event,
    patch_frames,
    pull_body,
)
from muntin.live.relay.frames import Update
from muntin.live.relay.protocols import Audience, NoAudience
from muntin.live.stage.faults import FAULTS
from muntin.live.stage.inbox import Inbox
from muntin.live.stage.markup import catch_up, delta, feed_row
from muntin.live.stage.scene import Change, Happened, PanelState, Scene
from muntin.pages import Page, Viewer
from muntin.state.snapshots import Snapshot
from muntin.state.store import Store

log = structlog.get_logger("muntin.stage")

#: Name under which HTML changes travel within PATCH-DOC messages.
CHANNEL = "muntin"


@dataclass(frozen=True, slots=True, eq=False)
class PageState:
    """What a stage shows at one revision; immutable, so that any thread may read it."""

    revision: int
    snapshot: Snapshot
    panels: MappingProxyType[str, PanelState]
    #: Script bundles that the document's models need.
    bundles: tuple[str, ...]
    #: True if the document has charts to pull.
    charts: bool


@dataclass(slots=True)
class StageMetrics:
    """Counts of a stage, for `/metrics` and the operators' page."""

    updates: int = 0
    encodes: int = 0
    bytes: int = 0
    seconds: float = 0.0
    busy_since: float | None = None
    #: When each of the last updates was done, and how long it took.
    last: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=1000))

    def done(self, size: int, seconds: float) -> None:
        """Count one update."""
        self.updates += 1
        self.encodes += 1
        self.bytes += size
        self.seconds += seconds
        self.last.append((time.monotonic(), seconds))

    def recent(self, span: float) -> list[float]:
        """Return how long each update of the last `span` seconds took; at most 1,000."""
        start = time.monotonic() - span
        return [seconds for at, seconds in tuple(self.last) if at >= start]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose personal page it is, and the turns that it takes at drawing with those of others."""

    viewer: Viewer
    turns: AbstractContextManager[object]


class Stage:
    """Renders one page on its own thread and encodes every change once for its audience.

    Without viewers, the page is rendered every few seconds and nothing is encoded. Viewers get the
    status of every feed of the site, or, if `closed`, only of those that the page's panels read.
    A personal page is drawn for its `owner`. Revisions count up from `revision`.
    """

    def __init__(
        self,
        page: Page,
        store: Store,
        refresh: float = 0.1,
        happened: Happened = lambda *_: None,
        *,
        traces: bool = False,
        closed: bool = False,
        owner: Owner | None = None,
        revision: int = 0,
    ) -> None:
        self._traces = traces
        self._viewer = None if owner is None else owner.viewer
        self._turns = nullcontext() if owner is None else owner.turns
        self._revision = revision
        self.page = page
        self.store = store
        self.refresh = refresh
        self.figures = StageMetrics()
        self.shown: PageState | None = None
        #: Set once the first picture is ready.
        self.ready = threading.Event()
        self._audience: Audience = NoAudience()
        self._happened = happened
        #: What was last said of each feed.
        self._rows: dict[str, list[Any]] = {}
        self._inbox: Inbox[Callable[[Scene], None]] = Inbox(
            refresh, lambda: self._audience.watched, lambda: self._audience.sending
        )
        #: Names of the feeds that viewers are told of; None for every feed of the site.
        self._told = frozenset(feed.name for feed in page.feeds) if closed else None
        self._stopping = False
        self._events: list[Any] = []
        self._pull: tuple[int, bytes] | None = None
        self._catch_up: tuple[int, bytes] | None = None
        self._close: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name=f"stage-{page.slug}", daemon=True)

    def start(self, audience: Audience) -> None:
        """Render the page for an audience, then follow the store; do nothing once stopped."""
        if self._stopping:
            return
        self._audience = audience
        self._close = self.store.subscribe(self._inbox.change)
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread; one that hangs in a view is left behind as a daemon."""
        self._close()
        self._stopping = True
        self._inbox.stop()
        self.ready.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    @property
    def running(self) -> tuple[str, float]:
        """Slug of the panel whose view is running and for how many seconds; empty if none is."""
        since = self.figures.busy_since
        return ("", 0.0) if since is None else (self._scene.running, time.monotonic() - since)

    def now(self) -> float:
        """Return the server's time, in seconds since the epoch."""
        return self.store.clock()

    def pull(self, done: Callable[[int, bytes], None]) -> None:
        """Have `done(revision, frames)` called with the document now.

        At once where it is known already, else on the stage's thread.
        """
        known, shown = self._pull, self.shown
        if known is not None and shown is not None and known[0] == shown.revision:
            done(*known)
            return
        self._inbox.add(lambda scene: done(*self._pull_body(scene)))

    def look(self) -> None:
        """Bring what is shown up to date now: somebody looks."""
        self._inbox.look()

    def then(self, done: Callable[[], None]) -> None:
        """Have `done` called on the stage's thread once what is shown is up to date."""
        self._inbox.add(lambda _scene: done())

    @property
    def behind(self) -> bool:
        """True if what is shown is not of now, for nobody was looking; see `fresh`."""
        return self._inbox.behind

    def fresh(self, timeout: float = 1.0) -> bool:
        """Wait until what is shown is of now; return False if that takes longer."""
        return self._inbox.settle(timeout)

    def _run(self) -> None:
        document = Document()
        document.on_change(self._collect)
        self._scene = Scene(self.page, document, self._happened, self._viewer, traces=self._traces)
        self._update(None)
        self.ready.set()
        while (work := self._inbox.take()) is not None and not self._stopping:
            changed, jobs = work
            if changed:
                self._update(changed)
            self._work(jobs)

    def _work(self, jobs: list[Callable[[Scene], None]]) -> None:
        for job in jobs:
            try:
                job(self._scene)
            except FAULTS as error:
                log.warning("document not sent", page=self.page.slug, error=repr(error)[:300])

    def _collect(self, event: Any) -> None:
        self._events.append(event)

    def _update(self, changed: frozenset[str] | None) -> None:
        with self._turns:
            self._redraw(changed)

    def _redraw(self, changed: frozenset[str] | None) -> None:
        started = time.monotonic()
        self.figures.busy_since = started
        snapshot = self._seen(self.store.snapshot)
        document = self._scene.document
        self._events.clear()
        document.hold("combine")
        try:
            change = self._scene.update(snapshot, changed)
        finally:
            document.unhold()
            self.figures.busy_since = None
        self._publish(snapshot, change, changed, started)

    def _seen(self, snapshot: Snapshot) -> Snapshot:
        told = self._told
        return snapshot if told is None else snapshot.only(told)

    def _publish(
        self, snapshot: Snapshot, change: Any, changed: frozenset[str] | None, started: float
    ) -> None:
        old = self.shown
        feeds = self._news(snapshot, changed)
        something = bool(change or feeds or self._events)
        shown = self._show(snapshot, advance=something)
        # Whoever comes from here on sees this revision; nobody else needs the update.
        if old is None or not something or not self._audience.watched:
            return
        frames = self._encode(delta(shown, change, feeds), resync=change.resync)
        if frames is None:
            change = change.and_panels(self._scene.withdraw(snapshot.now))
            shown = self._show(snapshot)
            frames = patch_frames([self._message(delta(shown, change, feeds))])
        seconds = time.monotonic() - started
        self.figures.done(len(frames), seconds)
        self._audience.emit(Update(shown.revision, frames, seconds))

    def _show(self, snapshot: Snapshot, *, advance: bool = True) -> PageState:
        """Make what the scene holds the page's state, at the next revision or at this one."""
        revision = self._revision + 1 if self.shown is None else self.shown.revision + advance
        document = self._scene.document
        self.shown = PageState(
            revision, snapshot, MappingProxyType(dict(self._scene.states)),
            bundles_of(document.models), bool(document.roots),
        )  # fmt: skip
        return self.shown

    def _news(self, snapshot: Snapshot, changed: frozenset[str] | None) -> list[list[Any]]:
        """Return what is new of the feeds that changed; nothing where browsers know it all."""
        rows = [
            feed_row(reading, snapshot.now) for name, reading in snapshot.readings.items()
            if changed is None or name in changed
        ]  # fmt: skip
        news = [row for row in rows if self._rows.get(row[0]) != row]
        self._rows.update((row[0], row) for row in news)
        return news

    def _encode(self, data: list[Any], *, resync: bool) -> bytes | None:
        """Return the update's frames; None if a chart's change cannot be encoded."""
        try:
            return patch_frames([*([] if resync else self._events), self._message(data)])
        except FAULTS as error:
            log.warning("charts not sent", page=self.page.slug, error=repr(error)[:300])
            return None

    def _message(self, data: list[Any]) -> Any:
        return message_event(self._scene.document, CHANNEL, data)

    def _pull_body(self, scene: Scene) -> tuple[int, bytes]:
        assert self.shown is not None  # noqa: S101  # jobs run after the first update
        if self._pull is None or self._pull[0] != self.shown.revision:
            body = self._document_body(scene, self.shown.snapshot)
            self._pull = (self.shown.revision, body)
        return self._pull

    def _document_body(self, scene: Scene, snapshot: Snapshot) -> bytes:
        """Return the document's frames, without the charts that cannot be encoded."""
        try:
            return pull_body(scene.document)
        except FAULTS as error:
            log.warning("charts not sent", page=self.page.slug, error=repr(error)[:300])
        change = Change().and_panels(scene.withdraw(snapshot.now))
        self._events.clear()
        self._publish(snapshot, change, frozenset(), time.monotonic())
        return pull_body(scene.document)

    def catch_up(self) -> bytes:
        """Return the frames that bring a page of any revision up to this one."""
        shown = self.shown
        assert shown is not None  # noqa: S101  # called once the stage is ready
        if self._catch_up is None or self._catch_up[0] != shown.revision:
            frames = patch_frames([message_event(Document(), CHANNEL, catch_up(shown))])
            self._catch_up = (shown.revision, frames)
        return self._catch_up[1]
