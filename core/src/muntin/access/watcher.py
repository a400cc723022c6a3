"""The thread that keeps access control up to date."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from muntin.access.throttled_log import ThrottledLog

#: Seconds between two rounds.
EVERY = 1.0

Step = Callable[[], object]


class Watcher:
    """Takes its steps once a second, on a thread of its own, until it is stopped.

    An error ends neither the thread nor the round: it is logged, and the other steps are taken.
    """

    def __init__(self, steps: Sequence[Step], first: Step | None = None) -> None:
        self._steps, self._first = steps, first
        self._log = ThrottledLog("muntin.access")
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """True between `start` and `stop`."""
        return self._thread is not None

    def start(self) -> None:
        """Begin; the first step of all is taken once, before the others."""
        self._thread = threading.Thread(target=self._run, name="muntin-access", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; return when it has ended, or after five seconds."""
        self._stopped.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(5.0)

    def take(self) -> None:
        """Take every step once."""
        for step in self._steps:
            self.attempt(step)

    def attempt(self, step: Step) -> None:
        """Take a step; log what it raises."""
        try:
            step()
        except Exception as error:  # noqa: BLE001  # runs plugins, and meets disks in any state
            self._log.warning(
                "session watcher goes on after an error",
                step=getattr(step, "__name__", ""),
                problem=f"{type(error).__name__}: {error}"[:300],
            )

    def _run(self) -> None:
        if self._first is not None:
            self.attempt(self._first)
        while not self._stopped.wait(EVERY):
            self.take()
