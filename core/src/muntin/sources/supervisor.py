"""Keeps a source running and the statuses true: one thread for the source, one for the clock."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime

import structlog

from muntin.raised import summary_of
from muntin.sources import Source
from muntin.sources.stop import Stop
from muntin.state import Status, failed
from muntin.store import Store

#: Seconds to wait before a failed source is started again: doubled from the first to the longest.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0

log = structlog.get_logger("muntin.sources")


class Supervisor:
    """Runs one source into one store on a thread of its own, and starts it again when it fails.

    A second thread judges the store by the clock, so that a feed turns stale in silence too.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        *,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
        longest_turn: float = 1.0,
    ) -> None:
        self.store = store
        self.source = source
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._longest_turn = longest_turn
        self._stop = Stop()
        self._threads = (
            threading.Thread(target=self._keep_running, name="source", daemon=True),
            threading.Thread(target=self._keep_judging, name="ticker", daemon=True),
        )

    def start(self) -> None:
        """Start both threads; a supervisor is started once."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 2.0) -> bool:
        """Ask both threads to end; return True if they did within `timeout` seconds."""
        self._stop.set()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _keep_running(self) -> None:
        pause = self._first_pause
        while not self._stop.is_set():
            started = time.monotonic()
            if self._run_once():
                return
            if time.monotonic() - started > self._longest_pause:
                pause = self._first_pause
            self._stop.wait(pause)
            pause = min(2 * pause, self._longest_pause)

    def _run_once(self) -> bool:
        """Return True if the source ended by itself, False if it failed."""
        try:
            self.source.run(tuple(self.store.feeds.values()), self.store.publish, self._stop)
        except BaseException as error:  # noqa: BLE001  # boundary: a source is other people's code
            self._tell(error)
            return False
        if not self._stop.is_set():
            log.info("the source has ended", source=self.source.location)
        return True

    def _tell(self, error: BaseException) -> None:
        reference = secrets.token_hex(4)
        log.error(
            "the source failed", source=self.source.location, reference=reference, exc_info=error
        )
        problem = f"the source failed: {summary_of(error)[:200]} (ref {reference})"
        now = datetime.fromtimestamp(self.store.clock(), UTC)
        feeds = self.store.feeds.values()
        self.store.publish(*(failed(feed, Status.UNREADABLE, problem, now) for feed in feeds))

    def _keep_judging(self) -> None:
        while not self._stop.wait(self.store.seconds_to_next_turn(self._longest_turn)):
            self.store.judge()
