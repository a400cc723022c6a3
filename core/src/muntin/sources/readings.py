"""Readings of documents, as every source makes them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.sources.decoding import Undecodable, decode
from muntin.state import snapshots
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, Status, failed


def read(feed: Feed[Any], document: Any, seen_at: datetime, **facts: Any) -> Reading:
    """Return the reading of a document, good or faulty; never raises for what is in it.

    `document` is bytes, which are decoded as the feed says, or a value that is decoded already.
    `facts` are what the source knows besides: `size`, `modified_at`, `place`.
    """
    if isinstance(document, bytes | bytearray | memoryview):
        try:
            document = decode(feed, bytes(document))
        except Undecodable as error:
            status = Status.EMPTY if error.empty else Status.UNREADABLE
            return failed(feed, status, error.problem, seen_at, **facts)
        except EmptyFeed as error:
            return failed(feed, Status.EMPTY, str(error), seen_at, **facts)
        except MalformedFeed as error:
            return failed(feed, Status.MALFORMED, str(error), seen_at, **facts)
    return snapshots.read(feed, document, seen_at, **facts)


class Reporter:
    """Makes the readings of one feed, and reports a fault that lasts only once."""

    def __init__(
        self, feed: Feed[Any], clock: Callable[[], float] = time.time, place: str = ""
    ) -> None:
        self.feed = feed
        self._clock = clock
        self._place = place
        self._fault: tuple[Status, str] | None = None

    def value(self, raw: Any, **facts: Any) -> Reading:
        """Return the reading of a document that is decoded already."""
        started = time.perf_counter()
        self._fault = None
        reading = snapshots.read(self.feed, raw, self._now(), place=self._place, **facts)
        return replace(reading, parse_seconds=time.perf_counter() - started)

    def failed(
        self, status: Status, problem: str, *, words: str = "", **facts: Any
    ) -> Reading | None:
        """Return the reading of a fault, None if this very fault was reported last.

        `words` are what is shown, where they say more than tells one fault from another.
        """
        if self._fault == (status, problem):
            return None
        self._fault = status, problem
        return failed(self.feed, status, words or problem, self._now(), place=self._place, **facts)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


class FaultLog:
    """Logs what is wrong with documents: those never seen in one line, each fault once.

    A fault is logged again when the feed has been good in between.
    """

    def __init__(self) -> None:
        self._logged: dict[str, Status] = {}

    def __call__(self, readings: list[Reading]) -> None:
        """Log the faults among some readings that are new."""
        import structlog

        log = structlog.get_logger("muntin.sources")
        absent = [reading.feed.name for reading in readings if reading.fault is Status.MISSING]
        if absent:
            log.info("feeds never seen", feeds=absent)
        for reading in readings:
            name, fault = reading.feed.name, reading.fault
            if fault is None:
                self._logged.pop(name, None)
            elif fault is not Status.MISSING and self._logged.get(name) is not fault:
                self._logged[name] = fault
                log.warning("feed is faulty", feed=name, status=str(fault), problem=reading.problem)
