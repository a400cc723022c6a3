"""Waiting for files to change: woken by the file system, by the clock where it does not tell."""

from __future__ import annotations

import stat
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import structlog

from muntin.sources.files.inotify import Inotify

#: Seconds between looks while the file system reports nothing by itself.
POLL_WITHOUT_EVENTS = 0.25

#: Milliseconds between two looks for events where they have to be looked for, and for how long a
#: burst of them is gathered. Each look is a wake-up: 50 a second took 0.4 % of a core.
STEP_MS = 20
GATHER_MS = 40

#: Seconds after which events are tried again where they could not be had.
RETRY_AFTER = 60.0

log = structlog.get_logger("muntin.sources")


class Notifier(Protocol):
    """What reports the changes of files: `Inotify`, or the notifier of watchfiles."""

    def watch(
        self, debounce: int, step: int, timeout: int, stop_event: threading.Event, /
    ) -> set[tuple[int, str]] | str:
        """Return changed paths, ``stop``, ``timeout`` or ``signal``; times in milliseconds."""
        ...

    def close(self) -> None:
        """Give the file system's watches back."""
        ...


class Watch:
    """Waits for changes in a set of directories, which may come and go."""

    def __init__(self, directories: Iterable[str], *, force_polling: bool = False) -> None:
        self.directories = tuple(sorted(set(directories)))
        self._force_polling = force_polling
        self._notifier: Notifier | None = None
        self._watched: dict[str, tuple[int, int]] = {}
        self._failed_at: float | None = None
        self.refresh()

    @property
    def has_events(self) -> bool:
        """True while the file system itself reports changes in every directory."""
        return self._notifier is not None and len(self._watched) == len(self.directories)

    def wait(self, timeout: float, stop: threading.Event) -> frozenset[str]:
        """Return the paths reported as changed, none after `timeout` seconds or at `stop`."""
        if not self.has_events:
            timeout = min(timeout, POLL_WITHOUT_EVENTS)
        if self._notifier is None:
            stop.wait(timeout)
            return frozenset()
        try:
            found = self._notifier.watch(GATHER_MS, STEP_MS, max(1, round(timeout * 1000)), stop)
        except (OSError, RuntimeError) as error:
            self._fall_back(error)
            return frozenset()
        if found == "signal":
            raise KeyboardInterrupt
        return frozenset(path for _, path in found) if isinstance(found, set) else frozenset()

    def refresh(self) -> None:
        """Follow directories that appeared, went, or were replaced by others of the same name."""
        if self._force_polling:
            return
        present = {path: found for path in self.directories if (found := _identity(path))}
        again = self._failed_at is not None and time.monotonic() - self._failed_at > RETRY_AFTER
        if present != self._watched or again:
            self.close()
            self._watched = present
            self._listen()

    def _listen(self) -> None:
        if not self._watched:
            return
        try:
            self._notifier = notifier(list(self._watched))
        except (OSError, RuntimeError) as error:
            self._fall_back(error)
            return
        if self._failed_at is not None:
            log.info("file events are back", directories=list(self._watched))
        self._failed_at = None

    def _fall_back(self, error: Exception) -> None:
        self.close()
        if self._failed_at is None:
            log.warning(
                "no file events, looking at the files four times a second instead",
                directories=list(self.directories),
                problem=str(error),
            )
        self._failed_at = time.monotonic()

    def close(self) -> None:
        """Give the file system's watch back."""
        if self._notifier is not None:
            self._notifier.close()
            self._notifier = None


def notifier(directories: list[str]) -> Notifier:
    """Return what reports the changes directly inside `directories`.

    On Linux that is inotify itself: watchfiles looks for events step by step.
    """
    if sys.platform == "linux":
        return Inotify(directories)
    from watchfiles._rust_notify import RustNotify

    found: Notifier = RustNotify(directories, False, False, 0, False, False)
    return found


def _identity(directory: str) -> tuple[int, int] | None:
    try:
        facts = Path(directory).stat()
    except (OSError, ValueError):
        return None
    return (facts.st_dev, facts.st_ino) if stat.S_ISDIR(facts.st_mode) else None
