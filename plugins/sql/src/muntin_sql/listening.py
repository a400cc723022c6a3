"""PostgreSQL's NOTIFY: which query to run again, and when everything may have been missed."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any

from muntin_sql.database import Database, postgresql_options
from muntin_sql.settings import SqlSettings

#: Seconds that one wait blocks, so that a stop is noticed.
_SLICE = 0.25


class Listener:
    """Waits for notifications on one channel."""

    def __init__(self, database: Database, settings: SqlSettings) -> None:
        self._url = database.url.set(drivername="postgresql")
        self._settings = settings
        self._connection: Any = None

    def wait(self, seconds: float, stop: threading.Event) -> tuple[str, ...] | None:
        """Return the queries named within `seconds`; None where all must be run again."""
        import psycopg

        try:
            if self._connection is None:
                self._listen()
                return None
            return self._notified(time.monotonic() + seconds, stop)
        except (psycopg.Error, OSError):
            self.close()
            # The next query fails as well, and says why.
            return None if not stop.wait(min(seconds, 0.5)) else ()

    def _listen(self) -> None:
        import psycopg
        from psycopg import sql

        address = self._url.render_as_string(hide_password=False)
        self._connection = psycopg.connect(
            address, autocommit=True, **postgresql_options(self._settings)
        )
        channel = sql.Identifier(self._settings.listen)
        self._connection.execute(sql.SQL("LISTEN {}").format(channel))

    def _notified(self, until: float, stop: threading.Event) -> tuple[str, ...] | None:
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            waited = self._connection.notifies(timeout=min(_SLICE, left), stop_after=1)
            named = [one.payload for one in waited]
            if named:
                return tuple(named) if all(named) else None
        return ()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(Exception):  # it may be broken already, in the driver's own ways
                self._connection.close()
            self._connection = None
