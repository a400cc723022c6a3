"""State documents over HTTP: each feed's path below a base address, or made of other documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from muntin import Feed, Log, SourceError, SourceKind
from muntin.sources import Fetch, Plan, Poller
from muntin_http.addresses import read_base
from muntin_http.settings import HttpSettings

_NO_LOGS = "never seen: logs are not read over HTTP, only from a directory"
_NO_ROUTE = "never seen: this source has no such document"


@dataclass(frozen=True, slots=True)
class Route:
    """How a feed's document is made of what a server has.

    ``Route(("api/balance", "api/health"), make)`` calls ``make(balance, health)`` with their raw
    JSON. `make` returns the raw document that the feed's parser reads, and raises EmptyFeed or
    MalformedFeed as a parser does. It must be pure, and must not change what it is given.
    """

    #: Paths below the base address; without any of them there is no document.
    paths: tuple[str, ...]
    #: None for a document that is the feed's as it is.
    make: Callable[..., Any] | None = None
    #: More paths, given after the others: None for one that is not there, and one that cannot be
    #: had for a while as it was last.
    also: tuple[str, ...] = ()


class HttpSource:
    """Polls documents of a server, each at an interval, by conditional requests.

    Without `routes` a feed is looked for at its own path below `url`. With them, a feed is what
    the route under its path makes of the server's documents, and other feeds are missing.
    """

    def __init__(
        self,
        url: str,
        settings: HttpSettings | None = None,
        *,
        routes: Mapping[str, Route] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base = read_base(url, settings or HttpSettings())
        #: The base address, without credentials.
        self.location = self._base.url
        self._routes = routes
        self._clock = clock

    def run(
        self,
        feeds: Sequence[Feed[Any]],
        publish: Callable[..., object],
        stop: threading.Event,
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set."""
        from muntin_http.client import Client

        client = Client(self._base.settings)
        try:
            self.poller(feeds, client.get).run(publish, stop)
        finally:
            client.close()

    def poller(
        self,
        feeds: Sequence[Feed[Any]],
        fetch: Fetch,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Poller:
        """Return what polls these feeds' documents through `fetch`."""
        return Poller(
            [self._plan(feed) for feed in feeds],
            fetch,
            interval=self._base.settings.interval,
            clock=self._clock,
            monotonic=monotonic,
        )

    def place(self, feed: Feed[Any]) -> str:
        """Return the paths that a feed's document is made of."""
        route = self._route(feed)
        return ", ".join(route.paths) if route else feed.path

    def _route(self, feed: Feed[Any]) -> Route | None:
        return Route((feed.path,)) if self._routes is None else self._routes.get(feed.path)

    def _plan(self, feed: Feed[Any]) -> Plan:
        route, place = self._route(feed), self.place(feed)
        if isinstance(feed, Log):
            return Plan(feed, absent=_NO_LOGS, place=place)
        if route is None:
            return Plan(feed, absent=_NO_ROUTE, place=place)
        try:
            needed, also = (
                tuple(map(self._base.join, paths)) for paths in (route.paths, route.also)
            )
        except (SourceError, ValueError) as error:
            return Plan(feed, absent=f"never seen: {error}", place=place)
        return Plan(feed, needed, route.make, also, place=place)


def build(url: str, settings: HttpSettings) -> HttpSource:
    """Return the source of an http:// or https:// address."""
    return HttpSource(url, settings)


#: The kinds of source, by scheme.
KINDS = tuple(
    SourceKind(scheme, build, "State documents below an address.", HttpSettings)
    for scheme in ("http", "https")
)
