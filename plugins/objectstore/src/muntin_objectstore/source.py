"""State documents in an object store: an object for each feed, read again when its ETag changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from muntin import Feed, Log
from muntin.sources import Backoff, Plan, Poller, redacted
from muntin_objectstore.settings import ObjectStoreSettings

if TYPE_CHECKING:
    from muntin_objectstore.store import Store

#: Seconds between attempts while the store is away; they double from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0

_NO_LOGS = "never seen: logs are not read from an object store, only from a directory"


class ObjectStoreSource:
    """Looks at each feed's object at an interval, and reads those that have changed."""

    def __init__(
        self,
        url: str,
        settings: ObjectStoreSettings | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._settings = settings or ObjectStoreSettings()
        self._clock = clock
        #: The URL without credentials.
        self.location = redacted(url)

    def place(self, feed: Feed[Any]) -> str:
        """Return the object's name below the URL."""
        return feed.path

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., object], stop: threading.Event
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set."""
        from muntin_objectstore.store import Store

        store = Store(self._url, self._settings)
        poller = Poller(
            [self._plan(feed) for feed in feeds],
            store.read,
            interval=self._settings.interval,
            backoff=partial(Backoff, FIRST_PAUSE, LONGEST_PAUSE),
            clock=self._clock,
        )
        try:
            poller.run(publish, stop)
        finally:
            store.close()

    def _plan(self, feed: Feed[Any]) -> Plan:
        absent = _NO_LOGS if isinstance(feed, Log) else ""
        return Plan(feed, (feed.path,), place=self.place(feed), absent=absent)


class ObjectStoreTarget:
    """Writes each feed to its object, all of it or nothing."""

    def __init__(self, url: str, settings: ObjectStoreSettings) -> None:
        #: The URL without credentials.
        self.location = redacted(url)
        self._url = url
        self._settings = settings
        self._opened: Store | None = None

    @property
    def _store(self) -> Store:
        if self._opened is None:
            from muntin_objectstore.store import Store

            self._opened = Store(self._url, self._settings)
        return self._opened

    def read(self, feed: Feed[Any]) -> bytes | None:
        """Return the document as it is there now, None if there is none."""
        from muntin.sources import FetchError

        try:
            found = self._store.read(feed.path)
        except FetchError as error:
            raise OSError(error.problem) from None
        return None if found is None else found.data

    def write(self, feed: Feed[Any], data: bytes, modified_at: datetime | None) -> None:
        """Replace the object."""
        from muntin.sources import FetchError

        del modified_at
        try:
            self._store.write(feed.path, data)
        except FetchError as error:
            raise OSError(error.problem) from None

    def close(self) -> None:
        """Release the store's threads."""
        if self._opened is not None:
            self._opened.close()
