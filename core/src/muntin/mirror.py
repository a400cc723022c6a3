"""Copying feeds from a source to a target, continuously: ``muntin mirror``."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from muntin.sources.backoff import Backoff
from muntin.sources.decoding import decode
from muntin.sources.supervisor import Supervisor
from muntin.state.feeds import Feed
from muntin.state.logs import Log
from muntin.state.snapshots import Reading
from muntin.state.source import Source, Target
from muntin.state.store import Store

#: Seconds between attempts to write while the target is away.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0

log = structlog.get_logger("muntin.mirror")


@dataclass(slots=True)
class Copy:
    """One feed on its way: what the target holds, and since when it is behind."""

    feed: Feed[Any]
    #: What the target holds; None if nothing, or not known yet.
    written: bytes | None = None
    known: bool = False
    #: Since when, by the monotonic clock, the source has had something newer; None if it has not.
    behind_since: float | None = None
    #: Documents written, and attempts that failed.
    writes: int = 0
    failures: int = 0


class Mirror:
    """Copies documents byte by byte, so that their times are their producers'.

    Nothing is remembered besides the target: what it holds is compared with what the source has, so
    that a mirror that is killed goes on where it was. A document that cannot be decoded is not
    copied, and one that goes is left in place, where its age tells. Of several changes while the
    target is away only the newest is written.
    """

    def __init__(
        self,
        source: Source,
        target: Target,
        feeds: Iterable[Feed[Any]],
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        found = tuple(feeds)
        self.target = target
        #: Feeds that are not copied: logs are followed in place.
        self.logs = tuple(one for one in found if isinstance(one, Log))
        self.copies = {one.name: Copy(one) for one in found if not isinstance(one, Log)}
        self._monotonic = monotonic
        self._store = Store([_verbatim(one.feed) for one in self.copies.values()], clock)
        self._supervisor = Supervisor(self._store, source)
        self._news = threading.Event()
        self._stop = threading.Event()
        self._complaint = ""

    def run(self) -> None:
        """Copy what changes until `stop` is called."""
        backoff = Backoff(FIRST_PAUSE, LONGEST_PAUSE)
        with self._running():
            while not self._stop.is_set():
                self._news.clear()
                if self.copy():
                    backoff.reset()
                    self._news.wait()
                else:
                    self._stop.wait(backoff.pause())

    def run_once(self, timeout: float) -> bool:
        """Copy what the source has now; return True if every feed was there and was written."""
        with self._running():
            loaded = self._store.wait_loaded(timeout)
            written = self.copy()
        readings = self._store.snapshot.readings.values()
        return loaded and written and all(one.fault is None for one in readings)

    def stop(self) -> None:
        """Have `run` return."""
        self._stop.set()
        self._news.set()

    def copy(self) -> bool:
        """Write every document that the target does not hold; return True if none is left."""
        readings = self._store.snapshot.readings
        done = [self._copy(one, readings[name]) for name, one in self.copies.items()]
        if all(done):
            self._complaint = ""
        return all(done)

    def _copy(self, copy: Copy, reading: Reading) -> bool:
        if reading.value is None:
            return True
        try:
            if not copy.known:
                copy.written = self.target.read(copy.feed)
                copy.known = True
            if reading.value != copy.written:
                self._write(copy, reading)
        except OSError as error:
            copy.failures += 1
            self._complain(copy, error)
            return False
        copy.behind_since = None
        return True

    def _write(self, copy: Copy, reading: Reading) -> None:
        if copy.behind_since is None:
            copy.behind_since = self._monotonic()
        # Should the answer be lost, the target may hold either.
        copy.known = False
        self.target.write(copy.feed, reading.value, reading.modified_at)
        copy.written, copy.known = reading.value, True
        copy.writes += 1

    def _complain(self, copy: Copy, error: OSError) -> None:
        problem = error.strerror or str(error)
        if problem != self._complaint:
            self._complaint = problem
            log.warning("not copied", feed=copy.feed.name, to=self.target.location, problem=problem)

    def lag(self, name: str) -> float:
        """Return for how many seconds the target has been behind the source with a feed."""
        since = self.copies[name].behind_since
        return 0.0 if since is None else max(0.0, self._monotonic() - since)

    @property
    def readings(self) -> Sequence[Reading]:
        """What is known of every feed at the source."""
        return tuple(self._store.snapshot.readings.values())

    def _changed(self, names: frozenset[str]) -> None:
        readings = self._store.snapshot.readings
        for name in names:
            copy = self.copies[name]
            if readings[name].value != copy.written and copy.behind_since is None:
                copy.behind_since = self._monotonic()
        self._news.set()

    def _running(self) -> _Running:
        return _Running(self._supervisor, self._store.subscribe(self._changed), self.target)


@dataclass(frozen=True, slots=True)
class _Running:
    """The source at work for as long as a `with` statement lasts."""

    supervisor: Supervisor
    unsubscribe: Callable[[], None]
    target: Target = field(repr=False)

    def __enter__(self) -> None:
        self.supervisor.start()

    def __exit__(self, *_: object) -> None:
        self.unsubscribe()
        self.supervisor.stop()
        self.target.close()


def _verbatim(feed: Feed[Any]) -> Feed[bytes]:
    """Return a feed whose value is the document's bytes, if it can be decoded at all."""

    def checked(data: bytes) -> bytes:
        decode(feed, data)
        return data

    return Feed(feed.name, bytes, feed.path, decode=checked, as_of=(), root=bytes)
