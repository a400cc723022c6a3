"""Queries as state documents: each feed is what one query returns."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from muntin import Feed, Log, SourceError
from muntin.sources import Backoff, Fetched, FetchError, Plan, Poller, redacted
from muntin_sql.settings import SqlSettings

if TYPE_CHECKING:
    from muntin_sql.database import Database
    from muntin_sql.listening import Listener

#: Seconds between attempts while the database is away; they double from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 3.0

#: Seconds after which a database that is asked less often is asked whether it is there.
_PING = 2.0

_NO_LOGS = "never seen: logs are not read from a database, only from a directory"


class SqlSource:
    """Runs each feed's query at an interval, and when PostgreSQL notifies."""

    def __init__(
        self,
        url: str,
        settings: SqlSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._settings = settings or SqlSettings()
        self._clock = clock
        #: The URL without credentials.
        self.location = redacted(url)
        if not self._settings.queries:
            raise SourceError(
                f"{self.location}: no query is named; write one for each feed, as in"
                ' queries.nav = { sql = "SELECT ...", shape = "row" }'
            )
        if self._settings.listen and not url.startswith("postgresql"):
            raise SourceError(f"{self.location}: listen is for postgresql:// only")

    def place(self, feed: Feed[Any]) -> str:
        """Return the query's name."""
        return f"query {feed.name}"

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., object], stop: threading.Event
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set."""
        from muntin_sql.database import Database
        from muntin_sql.listening import Listener

        database = Database(self._url, self._settings)
        listener = Listener(database, self._settings) if self._settings.listen else None
        by_name = {feed.name: feed for feed in feeds}
        poller = Poller(
            [self._plan(feed) for feed in feeds],
            lambda name, _: self._fetch(database, by_name[name]),
            interval=self._settings.interval,
            backoff=partial(Backoff, FIRST_PAUSE, LONGEST_PAUSE),
            clock=self._clock,
        )
        try:
            poller.run(publish, stop, partial(_wait, poller, database, listener))
        finally:
            if listener is not None:
                listener.close()
            database.close()

    def _plan(self, feed: Feed[Any]) -> Plan:
        absent = _NO_LOGS if isinstance(feed, Log) else ""
        if not absent and feed.name not in self._settings.queries:
            absent = f"never seen: no query is named {feed.name!r}"
        return Plan(feed, (feed.name,), place=self.place(feed), absent=absent)

    def _fetch(self, database: Database, feed: Feed[Any]) -> Fetched | None:
        from muntin_sql.documents import document

        query = self._settings.queries[feed.name]
        data = document(feed, query, database.rows(query.sql))
        return None if data is None else Fetched(data)


def _wait(
    poller: Poller,
    database: Database,
    listener: Listener | None,
    seconds: float,
    stop: threading.Event,
) -> None:
    """Wait for a notification, or for the time to run; notice a database that is gone."""
    if listener is None and seconds <= _PING:
        stop.wait(seconds)
        return
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        named: tuple[str, ...] | None = ()
        if listener is not None:
            named = listener.wait(min(left, _PING), stop)
        else:
            stop.wait(min(left, _PING))
        try:
            database.ping()
        except FetchError:
            named = None
        if named is None or named:
            poller.hurry(named)
            return
