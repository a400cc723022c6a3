"""A local directory as a source: state documents in files, however they are written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from muntin.sources.files.document import DocumentFile
from muntin.sources.files.watching import Watch
from muntin.sources.logs.watched import WatchedLog
from muntin.sources.readings import FaultLog
from muntin.state.feeds import Feed
from muntin.state.logs import Log
from muntin.state.snapshots import Reading

#: Seconds that files found faulty at the start get to become whole, all together.
FIRST_ROUND = 0.3

#: A feed's file: a document that is replaced, or a log that grows.
_File = DocumentFile | WatchedLog


class DirectorySource:
    """Reads the feeds' files below `root`, follows each change, and never writes.

    Changes are reported by the file system; every `poll` seconds all files are looked at as well,
    so that nothing depends on an event. All that is new at one look is published at once.
    """

    def __init__(
        self,
        root: Path,
        clock: Callable[[], float] = time.time,
        poll: float = 1.0,
        *,
        force_polling: bool = False,
    ) -> None:
        #: Absolute path, fixed when the source is made: the working directory may change.
        self.location = os.path.abspath(root)  # noqa: PTH100  # links may be swapped later
        self._clock = clock
        self._poll = poll
        self._force_polling = force_polling

    def path(self, feed: Feed[Any]) -> Path:
        """Return the absolute path at which a feed is looked for."""
        return Path(self.location, feed.path)

    def place(self, feed: Feed[Any]) -> str:
        """Return the name of a feed's file."""
        return self.path(feed).name

    def run(
        self,
        feeds: Sequence[Feed[Any]],
        publish: Callable[..., object],
        stop: threading.Event,
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set."""
        files = [self._file(feed) for feed in feeds]
        watch = Watch(_folders(files), force_polling=self._force_polling)
        log_faults = FaultLog()
        try:
            readings = _first_look(files, stop)
            log_faults(readings)
            publish(*readings)
            while not stop.is_set():
                named = watch.wait(self._pause(files), stop)
                if stop.is_set():
                    return
                watch.directories = _folders(files)
                watch.refresh()
                readings = _look(files, named)
                log_faults(readings)
                if readings:
                    publish(*readings)
        finally:
            watch.close()

    def _file(self, feed: Feed[Any]) -> _File:
        if isinstance(feed, Log):
            return WatchedLog(feed, Path(self.location), self._clock)
        return DocumentFile(feed, self.path(feed), self._clock)

    def _pause(self, files: Iterable[_File]) -> float:
        due = min((file.due for file in files), default=float("inf"))
        return min(self._poll, max(0.001, due - time.monotonic()))


def _folders(files: Iterable[_File]) -> tuple[str, ...]:
    """Return the directories to be watched: those of documents, and those there are of logs."""
    found: set[str] = set()
    for file in files:
        found.update(file.folders if isinstance(file, WatchedLog) else [str(file.path.parent)])
    return tuple(sorted(found))


def _look(files: Iterable[_File], named: frozenset[str]) -> list[Reading]:
    found = (file.look(named=str(file.path) in named) for file in files)
    return [reading for reading in found if reading is not None]


def _first_look(files: Sequence[_File], stop: threading.Event) -> list[Reading]:
    deadline = time.monotonic() + FIRST_ROUND
    readings = _look(files, frozenset())
    while doubted := [file for file in files if file.in_doubt]:
        late = stop.wait(0.02) or time.monotonic() >= deadline
        found = (file.look(impatient=late) for file in doubted)
        readings += [reading for reading in found if reading is not None]
    return readings
