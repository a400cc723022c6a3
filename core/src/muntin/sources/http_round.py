"""All documents of an HTTP source together: asked for in turn, and made into readings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from muntin.errors import EmptyFeed, MalformedFeed, SourceError
from muntin.feeds import Feed
from muntin.logs import Log
from muntin.sources.http import Route
from muntin.sources.http_document import Client, Document
from muntin.sources.http_url import Base
from muntin.state import PARSER_FAULTS, Reading, Status, failed, read

log = structlog.get_logger("muntin.sources")

_NO_LOGS = "never seen: logs are not read over HTTP, only from a directory"
_NO_ROUTE = "never seen: this source has no such document"


class Round:
    """Asks for what is due and returns what is new, as readings."""

    def __init__(
        self,
        base: Base,
        feeds: Sequence[Feed[Any]],
        routes: Mapping[str, Route] | None,
        client: Client,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base
        self._client = client
        self._clock = clock
        self._monotonic = monotonic
        self._documents: dict[str, Document] = {}
        self._slow_next = False
        self._absent: list[tuple[Feed[Any], str]] = []
        self._served: list[_Served] = []
        for feed in feeds:
            self._place(feed, routes)

    def _place(self, feed: Feed[Any], routes: Mapping[str, Route] | None) -> None:
        route = Route((feed.path,)) if routes is None else routes.get(feed.path)
        if isinstance(feed, Log) or route is None:
            self._absent.append((feed, _NO_LOGS if isinstance(feed, Log) else _NO_ROUTE))
            return
        try:
            needed, more = ([self._document(path) for path in paths]
                            for paths in (route.paths, route.also))  # fmt: skip
        except (SourceError, ValueError) as error:
            self._absent.append((feed, f"never seen: {error}"))
            return
        self._served.append(_Served(feed, route, needed, more))

    def _document(self, path: str) -> Document:
        url = self._base.join(path)
        made = Document(url, self._base.settings.interval)
        return self._documents.setdefault(url, made)

    def first(self, stop: threading.Event) -> list[Reading]:
        """Return a reading of every feed; a torn document gets a second chance at once."""
        self._ask(stop)
        while any(one.in_doubt for one in self._documents.values()):
            if stop.wait(self.pause()):
                break
            self._ask(stop)
        absent = [failed(feed, Status.MISSING, words, self._now()) for feed, words in self._absent]
        return [*absent, *self._new()]

    def look(self, stop: threading.Event) -> list[Reading]:
        """Ask for every document that is due; return the readings that are new."""
        self._ask(stop)
        return self._new()

    def pause(self) -> float:
        """Return the seconds until a document is due."""
        due = min((one.due for one in self._documents.values()), default=float("inf"))
        return min(3600.0, max(0.0, due - self._monotonic()))

    def _ask(self, stop: threading.Event) -> None:
        """Ask for what is due: in turns all that is well, and one that may take its time."""
        due = [one for one in self._documents.values() if one.due <= self._monotonic()]
        well = [one for one in due if not one.failing]
        slow = [one for one in due if one.failing][:1]
        chosen = slow if slow and (self._slow_next or not well) else well
        self._slow_next = chosen is well
        late = 0
        for index, document in enumerate(chosen):
            if stop.is_set():
                return
            trouble = document.ask(self._client, self._monotonic())
            if trouble is None:
                self._reached()
                continue
            late += trouble.late
            if trouble.everywhere or self._hangs(late):
                for other in chosen[index + 1 :]:
                    other.fail(trouble.at(other.url), self._monotonic())
                return

    def _reached(self) -> None:
        """Have those asked for again at once that the server's absence had put off."""
        for one in self._documents.values():
            if one.trouble is not None and one.trouble.everywhere:
                one.due = self._monotonic()

    def _hangs(self, late: int) -> bool:
        """Return True if so many late answers in a round are the server's fault, not a document's.

        Others are then not waited for: each would take as long.
        """
        return late > 1 or (late == 1 and not any(one.came for one in self._documents.values()))

    def _new(self) -> list[Reading]:
        now = self._now()
        found = [reading for one in self._served if (reading := one.reading(now)) is not None]
        for reading in found:
            _say(reading)
        return found

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


class _Served:
    """One feed with the documents it is made of."""

    def __init__(
        self, feed: Feed[Any], route: Route, needed: list[Document], more: list[Document]
    ) -> None:
        self.feed = feed
        self._make = route.make
        self._needed = needed
        self._more = more
        self._told: tuple[int, ...] = ()
        self._fault: tuple[Status, str] | None = None

    def reading(self, now: datetime) -> Reading | None:
        """Return a reading if any of the documents has something new to tell."""
        documents = (*self._needed, *self._more)
        versions = tuple(one.version for one in documents)
        if versions == self._told or any(one.in_doubt for one in documents):
            return None
        self._told = versions
        troubles = [one.trouble for one in self._needed if one.trouble is not None]
        if troubles:
            worst = max(troubles, key=lambda one: one.status.rank)
            return self._failed(worst.status, worst.problem, now)
        return self._made(now)

    def _failed(self, status: Status, problem: str, now: datetime) -> Reading | None:
        """Return the faulty reading, None if just that was told last."""
        if self._fault == (status, problem):
            return None
        self._fault = status, problem
        size = sum(one.size for one in self._needed)
        return failed(self.feed, status, problem, now, size=size or None)

    def _made(self, now: datetime) -> Reading | None:
        started = time.perf_counter()
        try:
            raw = self._make(*(one.raw for one in self._needed), *map(_last_known, self._more))
        except EmptyFeed as error:
            return self._failed(Status.EMPTY, str(error), now)
        except MalformedFeed as error:
            return self._failed(Status.MALFORMED, str(error), now)
        except PARSER_FAULTS as error:
            problem = f"it cannot be made of what was sent: {type(error).__name__}: {error}"[:300]
            return self._failed(Status.MALFORMED, problem, now)
        self._fault = None
        seconds = time.perf_counter() - started
        return read(self.feed, raw, now, parse_seconds=seconds, **self._facts())

    def _facts(self) -> dict[str, Any]:
        alone = self._needed[0] if len(self._needed) == 1 else None
        modified = alone.modified_at if alone else None
        return {"size": sum(one.size for one in self._needed), "modified_at": modified}


def _last_known(document: Document) -> Any:
    """Return a document that may be absent; one that cannot be had for now is as it was last.

    Were it None at once, a time read from it would be unknown before anything has grown old.
    """
    gone = document.trouble is not None and document.trouble.status is Status.MISSING
    return None if gone else document.raw


def _say(reading: Reading) -> None:
    if reading.fault is not None:
        log.warning(
            "feed is faulty",
            feed=reading.feed.name, status=str(reading.fault), problem=reading.problem,
        )  # fmt: skip
