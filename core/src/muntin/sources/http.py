"""State documents over HTTP: each feed's path below a base address, or made of other documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from muntin.feeds import Feed
from muntin.hookspecs import SourceKind
from muntin.sources.http_settings import HttpSettings
from muntin.sources.http_url import read_base

if TYPE_CHECKING:
    from muntin.sources.http_round import Round


@dataclass(frozen=True, slots=True)
class Route:
    """How a feed's document is made of what a server has.

    ``Route(("api/balance", "api/health"), make)`` calls ``make(balance, health)`` with their raw
    JSON. `make` returns the raw document that the feed's parser reads, and raises EmptyFeed or
    MalformedFeed as a parser does. It must be pure, and must not change what it is given.
    """

    #: Paths below the base address; without any of them there is no document.
    paths: tuple[str, ...]
    make: Callable[..., Any] = lambda raw: raw
    #: More paths, given after the others: None for one that is not there, and one that cannot be
    #: had for a while as it was last.
    also: tuple[str, ...] = ()


class HttpSource:
    """Asks a server for documents, each at an interval, and for unchanged ones conditionally.

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
        from muntin.sources.http_client import Client

        client = Client(self._base.settings)
        try:
            rounds = self.round(feeds, client)
            publish(*rounds.first(stop))
            while not stop.wait(rounds.pause()):
                found = rounds.look(stop)
                if found:
                    publish(*found)
        finally:
            client.close()

    def round(self, feeds: Sequence[Feed[Any]], client: Any) -> Round:
        """Return what asks `client` for these feeds' documents, each when it is due."""
        from muntin.sources.http_round import Round

        return Round(self._base, feeds, self._routes, client, self._clock)


def build(url: str, settings: HttpSettings) -> HttpSource:
    """Return the source of an http:// or https:// address."""
    return HttpSource(url, settings)


#: What core serves itself.
KINDS = tuple(
    SourceKind(scheme, build, "State documents below an address.", HttpSettings)
    for scheme in ("http", "https")
)
