"""Keeps sources running and statuses true: a thread for each source, and one for the clock."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from muntin.sources.backoff import Backoff
from muntin.sources.routing import MAIN, RoutedSource
from muntin.sources.stopping import Stop
from muntin.state.feeds import Feed
from muntin.state.snapshots import Status, failed
from muntin.state.source import Source
from muntin.state.store import Store
from muntin.tracebacks import summary_of

#: Seconds to wait before a failed source is started again: doubled from the first to the longest.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0

#: Seconds a source has for its first readings, before its feeds are reported as missing.
PATIENCE = 4.0

log = structlog.get_logger("muntin.sources")


class Supervisor:
    """Runs sources into one store, each on its own thread, and restarts one that fails.

    A source that is down marks its own feeds and no others. One more thread judges the store by the
    clock, so that a feed turns stale in silence too.
    """

    def __init__(
        self,
        store: Store,
        sources: Source | Sequence[RoutedSource],
        *,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
        longest_turn: float = 1.0,
        patience: float = PATIENCE,
    ) -> None:
        self.store = store
        self._longest_turn = longest_turn
        self._stop = Stop()
        self._runs = [
            _Run(store, one, self._stop, partial(Backoff, first_pause, longest_pause), patience)
            for one in _routed(sources, store)
        ]
        self._threads = (
            *(
                threading.Thread(target=run.keep_running, name=f"source-{run.name}", daemon=True)
                for run in self._runs
            ),
            threading.Thread(target=self._keep_judging, name="ticker", daemon=True),
        )

    def start(self) -> None:
        """Start all threads; a supervisor is started once."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 2.0) -> bool:
        """Ask all threads to end; return True if they did within `timeout` seconds."""
        self._stop.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _keep_judging(self) -> None:
        while not self._stop.wait(self.store.seconds_to_next_turn(self._longest_turn)):
            for run in self._runs:
                run.report_silence()
            self.store.judge()


def _routed(sources: Source | Sequence[RoutedSource], store: Store) -> Sequence[RoutedSource]:
    if isinstance(sources, Sequence):
        return sources
    return (RoutedSource(MAIN, sources, tuple(store.feeds.values())),)


class _Run:
    """The runs of one source, one after another."""

    def __init__(
        self,
        store: Store,
        routed: RoutedSource,
        stop: Stop,
        backoff: Callable[[], Backoff],
        patience: float,
    ) -> None:
        self.name = routed.name
        self._store = store
        self._source = routed.source
        self._feeds: Sequence[Feed[Any]] = routed.feeds
        self._stop = stop
        self._backoff = backoff
        self._silent_at = time.monotonic() + patience

    def keep_running(self) -> None:
        """Run the source until it ends by itself or is stopped; restart it when it fails."""
        backoff, started = self._backoff(), 0.0
        while not self._stop.is_set():
            if time.monotonic() - started > LONGEST_PAUSE:
                backoff.reset()
            started = time.monotonic()
            if self._run_once():
                return
            self._stop.wait(backoff.pause())

    def _run_once(self) -> bool:
        """Return True if the source ended by itself, False if it failed."""
        try:
            self._source.run(self._feeds, self._store.publish, self._stop)
        except BaseException as error:  # noqa: BLE001  # boundary: a source is other people's code
            self._report(error)
            return False
        if not self._stop.is_set():
            log.info("the source has ended", source=self._source.location)
        return True

    def _report(self, error: BaseException) -> None:
        reference = secrets.token_hex(4)
        log.error(
            "the source failed", source=self._source.location, reference=reference, exc_info=error
        )
        problem = f"the source failed: {summary_of(error)[:200]} (ref {reference})"
        self._mark(self._feeds, Status.UNREADABLE, problem)

    def report_silence(self) -> None:
        """Report the feeds as missing once the source has not said a word in time."""
        if time.monotonic() < self._silent_at:
            return
        self._silent_at = float("inf")
        awaited = self._store.awaited(feed.name for feed in self._feeds)
        silent = [feed for feed in self._feeds if feed.name in awaited]
        if silent:
            log.warning("the source has not answered yet", source=self._source.location)
            problem = f"never seen: {self._source.location} has not answered yet"
            self._mark(silent, Status.MISSING, problem)

    def _mark(self, feeds: Sequence[Feed[Any]], status: Status, problem: str) -> None:
        now = datetime.fromtimestamp(self._store.clock(), UTC)
        self._store.publish(*(failed(feed, status, problem, now) for feed in feeds))
