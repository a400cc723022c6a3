"""Polling: documents are fetched when they are due, and made into readings of feeds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.sources.backoff import Backoff
from muntin.sources.decoding import decode, decode_json
from muntin.sources.polled import Document, Fetch, Fetched, FetchError
from muntin.sources.readings import FaultLog, Reporter
from muntin.state.feeds import Feed
from muntin.state.logs import Log
from muntin.state.snapshots import PARSER_FAULTS, Reading, Status

_NO_LOGS = "never seen: a log is read from a directory only, not from here"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one feed is made: of the document of one key, or of several by a function."""

    feed: Feed[Any]
    #: Keys of documents without any of which there is no value; none if `absent` says why.
    keys: tuple[Hashable, ...] = ()
    #: Called with the JSON of `keys`, then of `also`; None if the document is the feed's as it is.
    make: Callable[..., Any] | None = None
    #: Keys of documents that may be absent: None for one that is, and one that cannot be had for a
    #: while as it was last.
    also: tuple[Hashable, ...] = ()
    #: Why there is no such document, "" if there may be one.
    absent: str = ""
    #: Where it is, for people.
    place: str = ""


class Poller:
    """Fetches what is due and publishes what is new.

    An error that holds everywhere is taken for all documents, so that one attempt stands for them
    all; so is a server that lets more than one document wait.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        fetch: Fetch,
        *,
        interval: float = 5.0,
        backoff: Callable[[], Backoff] | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._interval = interval
        self._backoff = backoff or partial(Backoff, interval)
        self._clock = clock
        self._monotonic = monotonic
        self._documents: dict[tuple[Hashable, Hashable], Document] = {}
        self._log_faults = FaultLog()
        self._retry_next = False
        self._absent: list[tuple[Reporter, str]] = []
        self._feeds: list[_PolledFeed] = []
        for plan in plans:
            self._add(plan)

    def _add(self, plan: Plan) -> None:
        reporter = Reporter(plan.feed, self._clock, plan.place)
        if isinstance(plan.feed, Log) or plan.absent:
            self._absent.append((reporter, plan.absent or _NO_LOGS))
            return
        needed = [self._document(key, plan) for key in plan.keys]
        also = [self._document(key, plan) for key in plan.also]
        self._feeds.append(_PolledFeed(reporter, plan.make, needed, also))

    def _document(self, key: Hashable, plan: Plan) -> Document:
        decoding = decode_json if plan.make is not None else partial(decode, plan.feed)
        place = plan.place if plan.make is None else ""
        made = Document(key, decoding, self._interval, self._backoff(), self._monotonic, place)
        form = "json" if plan.make is not None else plan.feed.decode or plan.feed.form
        return self._documents.setdefault((key, form), made)

    def run(
        self,
        publish: Callable[..., object],
        stop: threading.Event,
        wait: Callable[[float, threading.Event], object] | None = None,
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set.

        `wait` waits at most so many seconds for news, and names them by calling `hurry`.
        """
        publish(*self._logged(self.first(stop)))
        while not stop.is_set():
            if wait is None:
                stop.wait(self.pause())
            else:
                wait(self.pause(), stop)
            if not stop.is_set() and (found := self.look(stop)):
                publish(*self._logged(found))

    def _logged(self, readings: list[Reading]) -> list[Reading]:
        self._log_faults(readings)
        return readings

    def hurry(self, keys: Sequence[Hashable] | None = None) -> None:
        """Have documents be due at once, all of them unless `keys` are given."""
        for (key, _), document in self._documents.items():
            if keys is None or key in keys:
                document.due = self._monotonic()

    def first(self, stop: threading.Event) -> list[Reading]:
        """Return a reading of every feed; a torn document gets a second chance at once."""
        self._poll(stop)
        while any(one.in_doubt for one in self._documents.values()):
            if stop.wait(self.pause()):
                break
            self._poll(stop)
        absent = (one.failed(Status.MISSING, words) for one, words in self._absent)
        return [*(reading for reading in absent if reading is not None), *self._new()]

    def look(self, stop: threading.Event) -> list[Reading]:
        """Fetch every document that is due; return the readings that are new."""
        self._poll(stop)
        return self._new()

    def pause(self) -> float:
        """Return the seconds until a document is due."""
        due = min((one.due for one in self._documents.values()), default=float("inf"))
        return min(3600.0, max(0.0, due - self._monotonic()))

    def _poll(self, stop: threading.Event) -> None:
        """Fetch what is due: by turns all that is well, and one that fails and may take long."""
        due = [one for one in self._documents.values() if one.due <= self._monotonic()]
        well = [one for one in due if not one.failing]
        failing = [one for one in due if one.failing][:1]
        chosen = failing if failing and (self._retry_next or not well) else well
        self._retry_next = chosen is well
        late = 0
        for index, document in enumerate(chosen):
            if stop.is_set():
                return
            error = document.fetch(self._fetch)
            if error is None:
                self._reached()
                continue
            late += error.late
            if error.everywhere or self._hangs(late):
                others = self._documents.values() if error.everywhere else chosen[index + 1 :]
                _fail_all([one for one in others if one is not document], error)
                return

    def _reached(self) -> None:
        """Retry at once what could not be had while the other end was away."""
        for one in self._documents.values():
            if one.error is not None and one.error.everywhere:
                one.due = self._monotonic()

    def _hangs(self, late: int) -> bool:
        """Return True if so many late answers in a round are the server's fault, not a document's.

        Others are then not waited for: each would take as long.
        """
        return late > 1 or (late == 1 and not any(one.came for one in self._documents.values()))

    def _new(self) -> list[Reading]:
        found = (one.reading() for one in self._feeds)
        return [reading for reading in found if reading is not None]


def _fail_all(documents: Sequence[Document], error: FetchError) -> None:
    for one in documents:
        one.fail(error.at(one.key))


class _PolledFeed:
    """One feed with the documents it is made of."""

    def __init__(
        self,
        reporter: Reporter,
        make: Callable[..., Any] | None,
        needed: list[Document],
        also: list[Document],
    ) -> None:
        self._reporter = reporter
        self._make = make
        self._needed = needed
        self._also = also
        self._versions: tuple[int, ...] = ()

    def reading(self) -> Reading | None:
        """Return a reading if any of the documents is new."""
        documents = (*self._needed, *self._also)
        versions = tuple(one.version for one in documents)
        if versions == self._versions or any(one.in_doubt for one in documents):
            return None
        self._versions = versions
        errors = [one.error for one in self._needed if one.error is not None]
        if errors:
            worst = max(errors, key=lambda one: one.status.rank)
            return self._failed(worst.status, worst.problem)
        return self._made()

    def _failed(self, status: Status, problem: str) -> Reading | None:
        return self._reporter.failed(status, problem, size=self._size or None)

    def _made(self) -> Reading | None:
        try:
            raw = self._document()
        except EmptyFeed as error:
            return self._failed(Status.EMPTY, str(error))
        except MalformedFeed as error:
            return self._failed(Status.MALFORMED, str(error))
        except PARSER_FAULTS as error:
            problem = f"it cannot be made of what was sent: {type(error).__name__}: {error}"[:300]
            return self._failed(Status.MALFORMED, problem)
        return self._reporter.value(raw, size=self._size, modified_at=self._modified_at)

    def _document(self) -> Any:
        if self._make is None:
            return self._needed[0].raw
        return self._make(*(one.raw for one in self._needed), *map(_last_known, self._also))

    @property
    def _size(self) -> int:
        return sum(one.size for one in self._needed)

    @property
    def _modified_at(self) -> datetime | None:
        return self._needed[0].modified_at if len(self._needed) == 1 else None


def _last_known(document: Document) -> Any:
    """Return a document that may be absent; one that cannot be had for now is as it was last.

    Were it None at once, a time read from it would be unknown before anything has grown old.
    """
    gone = document.error is not None and document.error.status is Status.MISSING
    return None if gone else document.raw


def poll(
    feeds: Sequence[Feed[Any]],
    fetch: Callable[[Feed[Any], Any], Fetched | None],
    publish: Callable[..., object],
    stop: threading.Event,
    *,
    interval: float = 5.0,
    place: Callable[[Feed[Any]], str] = lambda feed: feed.path,
    clock: Callable[[], float] = time.time,
) -> None:
    """Fetch every feed each `interval` seconds and publish what is new, until `stop` is set.

    ``fetch(feed, version)`` returns a `Fetched`, or None if there is no such document, and raises
    FetchError if it cannot be had. This is all that most sources need to do in `run`.
    """
    by_name = {feed.name: feed for feed in feeds}
    plans = [Plan(feed, (feed.name,), place=place(feed)) for feed in feeds]

    def fetch_named(name: str, version: Any) -> Fetched | None:
        return fetch(by_name[name], version)

    Poller(plans, fetch_named, interval=interval, clock=clock).run(publish, stop)
