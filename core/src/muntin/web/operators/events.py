"""Events: what happens is told to the plugins' `muntin_event` hooks, on a thread of its own."""

from __future__ import annotations

import queue
import threading
from datetime import UTC, datetime

import structlog

from muntin.hookspecs import Event
from muntin.site import Site

log = structlog.get_logger("muntin.events")

#: Events that may wait; more are dropped and counted.
LIMIT = 1000
#: Seconds between two looks at the ages of feeds while nothing changes.
EVERY = 1.0


class Events:
    """Hands events to plugins; a plugin that is slow or fails costs the app nothing."""

    def __init__(self, site: Site, every: float = EVERY) -> None:
        self.site = site
        self._every = every
        #: Events lost because the plugins could not keep up.
        self.dropped = 0
        self._queue: queue.Queue[Event | None] = queue.Queue(LIMIT)
        self._statuses = site.store.snapshot.statuses()
        self._close = site.store.subscribe(self._on_change)
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)

    def start(self) -> None:
        """Begin to tell the plugins."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the event at hand; one that hangs is left behind."""
        self._close()
        self._put(None)
        self._thread.join(1.0)

    def happened(self, kind: str, subject: str, detail: str) -> None:
        """Take note of something; from any thread, returns at once."""
        at = datetime.fromtimestamp(self.site.store.clock(), UTC)
        self._put(Event(kind, subject, detail, at))

    def _put(self, event: Event | None) -> None:
        try:
            self._queue.put_nowait(event)
        except queue.Full:
            self.dropped += 1

    def _on_change(self, names: frozenset[str]) -> None:
        # Called while the store publishes: the statuses are read later, on the thread.
        self._put(Event("feed-changed", " ".join(sorted(names)), "", datetime.now(UTC)))

    def _run(self) -> None:
        while True:
            try:
                event = self._queue.get(timeout=self._every)
            except queue.Empty:  # a feed that nobody writes any more grows old all the same
                self._tell_statuses()
                continue
            if event is None:
                return
            if event.kind == "feed-changed":
                self._tell_statuses()
            else:
                self._tell(event)

    def _tell_statuses(self) -> None:
        snapshot = self.site.store.snapshot
        statuses = snapshot.statuses()
        for name, status in statuses.items():
            if status is not self._statuses.get(name):
                detail = f"{self._statuses.get(name)} to {status}"
                log.info("feed status", feed=name, status=str(status))
                self._tell(Event("feed-status", name, detail, snapshot.now))
        self._statuses = statuses

    def _tell(self, event: Event) -> None:
        for failure in self.site.plugins.tell(event):
            log.warning("event hook failed", plugin=failure.plugin, reason=failure.reason)
