"""How an app is: whether its callbacks raise, whether it holds its loop, and what viewers read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from muntin.live.stage.faults import Fault
from muntin.live.stage.scene import Happened
from muntin.panel.broadcast.failures import fault_of_trace
from muntin.ui.format import clock as clock_of

log = structlog.get_logger("muntin.apps")

#: Seconds without an exception after which an app that goes on is taken for well again.
WELL_AFTER = 30.0
#: Seconds for which an app may hold its loop before viewers are told.
HANGS_AFTER = 4.0


@dataclass(slots=True)
class Health:
    """Keeps the fault of an app; used from its thread and from the one that looks on."""

    where: str
    #: The server's clock, epoch seconds.
    clock: Callable[[], float]
    happened: Happened
    #: Whether viewers may see traces: in development only.
    traces: bool = False
    fault: Fault | None = None
    faults: int = 0
    #: When its loop stopped to turn, if it does not turn.
    hangs_since: datetime | None = None
    _raised_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def failed(self, trace: str) -> None:
        """Note that the app's code has raised."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        new = fault_of_trace(trace, self.where, now, public=self.traces)
        with self._lock:
            self.faults += 1
            self._raised_at = time.monotonic()
            if self.fault is not None and self.fault.ref == new.ref:
                return
            self.fault = new
        log.warning("app failed", where=new.where, ref=new.ref, error=new.summary, at=new.place)
        self.happened("panel-failed", new.where, new.ref)

    def updated(self) -> None:
        """Note that the app goes on: well again, if it has not raised for a while."""
        with self._lock:
            old = self.fault
            if old is None or time.monotonic() - self._raised_at < WELL_AFTER:
                return
            self.fault = None
        log.info("app recovered", where=old.where, ref=old.ref)
        self.happened("panel-recovered", old.where, old.ref)

    def held(self, seconds: float) -> None:
        """Take for how long the app has held its loop by now."""
        if seconds < HANGS_AFTER:
            self.hangs_since = None
        elif self.hangs_since is None:
            self.hangs_since = datetime.fromtimestamp(self.clock() - seconds, UTC)

    @property
    def words(self) -> str:
        """What viewers are told; "" while the app is well."""
        if self.hangs_since is not None:
            return f"This app has not answered since {clock_of(self.hangs_since)} UTC."
        if self.fault is not None:
            return (
                f"A part of this app has failed since {clock_of(self.fault.since)} UTC and may be"
                f" out of date. Reference {self.fault.ref}."
            )
        return ""
