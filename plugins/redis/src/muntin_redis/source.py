"""State documents in Redis: a key for each feed, or a field of a hash; a stream of changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from muntin import Feed, Log, SourceError
from muntin.sources import Backoff, Fetched, Plan, Poller, redacted
from muntin_redis.settings import RedisSettings

if TYPE_CHECKING:
    import redis

    from muntin_redis.stream import Stream

#: Seconds between attempts while Redis is away; they double from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0

_NO_LOGS = "never seen: logs are not read from Redis, only from a directory"


class RedisSource:
    """Reads each feed from its key, at an interval and whenever the stream says so."""

    def __init__(
        self,
        url: str,
        settings: RedisSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        check_url(url)
        self._url = url
        self._settings = settings or RedisSettings()
        self._clock = clock
        #: The URL without credentials.
        self.location = redacted(url)

    def place(self, feed: Feed[Any]) -> str:
        """Return the key of a feed, or its field of the hash."""
        return place_of(feed, self._settings)

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., object], stop: threading.Event
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set."""
        from muntin_redis.connection import connect
        from muntin_redis.stream import Stream

        client = connect(self._url, self._settings)
        plans = [self._plan(feed) for feed in feeds]
        poller = Poller(
            plans,
            partial(self._fetch, client),
            interval=self._settings.interval,
            backoff=partial(Backoff, FIRST_PAUSE, LONGEST_PAUSE),
            clock=self._clock,
        )
        stream = Stream(client, self._settings.stream) if self._settings.stream else None
        try:
            if stream is not None:
                stream.begin()
            wait = None if stream is None else partial(self._wait, stream, poller)
            poller.run(publish, stop, wait)
        finally:
            client.close()

    def _plan(self, feed: Feed[Any]) -> Plan:
        absent = _NO_LOGS if isinstance(feed, Log) else ""
        return Plan(feed, (feed.name,), place=self.place(feed), absent=absent)

    def _fetch(self, client: redis.Redis, name: str, version: Any) -> Fetched | None:
        """Return the document of a feed; the stream or the interval says when to look."""
        from redis.exceptions import RedisError

        from muntin_redis.connection import fetch_error

        del version
        try:
            data = read(client, name, self._settings)
        except RedisError as error:
            raise fetch_error(error, self._url) from None
        return None if data is None else Fetched(data)

    @staticmethod
    def _wait(stream: Stream, poller: Poller, seconds: float, stop: threading.Event) -> None:
        """Wait for the stream; read what it names, or everything where it was lost."""
        changed = stream.wait(seconds, stop)
        if changed is None:
            poller.hurry()
        elif changed:
            poller.hurry(changed)


def read(client: redis.Redis, name: str, settings: RedisSettings) -> bytes | None:
    """Return the document of a feed as it is now, None if there is none."""
    found: Any
    if settings.hash:
        found = client.hget(settings.hash, name)
    else:
        found = client.get(settings.prefix + name)
    return found if found is None else bytes(found)


def place_of(feed: Feed[Any], settings: RedisSettings) -> str:
    """Return where a feed is, for people."""
    if settings.hash:
        return f"field {feed.name} of {settings.hash}"
    return f"key {settings.prefix}{feed.name}"


def check_url(url: str) -> None:
    """Raise SourceError with what to write unless this is the address of a Redis server."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise SourceError(f"{redacted(url)} names no server; write redis://HOST:6379/0")
    if parts.path.strip("/") and not parts.path.strip("/").isdecimal():
        raise SourceError(f"{redacted(url)}: after the host stands the database's number, as in /0")
