"""What waits for a stage: changes, drawn at the page's own pace, and jobs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

J = TypeVar("J")

#: Seconds between two pictures of a page that nobody looks at; who asks for it does not wait.
IDLE = 5.0
#: Seconds for which an update may wait for the last one to be sent.
PATIENCE = 2.0


class Inbox(Generic[J]):
    """Changes and jobs from any thread, for one thread that takes them.

    Changes are merged for `refresh` seconds, and for longer while `held`, or where nobody has
    `watched`. Jobs are taken at once.
    """

    def __init__(
        self, refresh: float, watched: Callable[[], bool], held: Callable[[], bool]
    ) -> None:
        self._refresh, self._watched, self._held = refresh, watched, held
        self._names: set[str] = set()
        self._jobs: list[J] = []
        self._news = threading.Condition()
        self._asked = self._busy = self._stopping = False
        self._taken_at = -IDLE
        #: Changes that were taken and drawn.
        self._rounds = 0

    def change(self, names: frozenset[str]) -> None:
        """Note that feeds have changed."""
        with self._news:
            idle = not self._names
            self._names |= names
            if idle:  # else whoever takes them knows of them
                self._news.notify_all()

    def add(self, job: J) -> None:
        """Have a job done; where nobody looked, changes are drawn before it."""
        with self._news:
            self._jobs.append(job)
            self._asked |= not self._watched()
            self._news.notify_all()

    def look(self) -> None:
        """Have changes taken now: somebody looks."""
        with self._news:
            self._asked = True
            self._news.notify_all()

    def stop(self) -> None:
        """End whoever takes from here."""
        with self._news:
            self._stopping = True
            self._news.notify_all()

    @property
    def behind(self) -> bool:
        """True if changes wait for somebody to look."""
        return bool(self._names) and not self._watched()

    def settle(self, timeout: float) -> bool:
        """Have changes taken now, and wait until they are drawn; False if that takes longer."""
        with self._news:
            target = self._rounds + 1 + self._busy
            self._asked = True
            self._news.notify_all()
            return self._news.wait_for(
                lambda: self._rounds >= target or not (self._names or self._busy), timeout
            )

    def take(self) -> tuple[frozenset[str], list[J]] | None:
        """Wait for something to do and return it; None at the end. What was taken is done now."""
        with self._news:
            self._rounds += self._busy
            self._busy = False
            self._news.notify_all()
            while not self._stopping and not self._jobs and (left := self._left()) != 0:
                self._news.wait(left)
            return None if self._stopping else self._taken()

    def _left(self) -> float | None:
        """Return for how long changes have to wait still; None where there are none."""
        if not self._names:
            return None
        rest = 0.0 if self._asked else self._refresh if self._watched() else IDLE
        left = self._taken_at + rest - time.monotonic()
        if -PATIENCE < left <= 0 and self._held():
            return 0.02
        return max(0.0, left)

    def _taken(self) -> tuple[frozenset[str], list[J]]:
        jobs, self._jobs = self._jobs, []
        if self._left() != 0:
            return frozenset(), jobs
        names, self._names = frozenset(self._names), set()
        self._asked, self._busy = False, True
        self._taken_at = time.monotonic()
        return names, jobs
