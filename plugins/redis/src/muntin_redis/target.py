"""Redis as a target of `muntin mirror`: the document and the word of it change at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from muntin import Feed
from muntin.sources import redacted
from muntin_redis.settings import RedisSettings
from muntin_redis.source import check_url, read

if TYPE_CHECKING:
    import redis


class RedisTarget:
    """Writes each feed to its key, and its name to the stream, in one transaction."""

    def __init__(self, url: str, settings: RedisSettings) -> None:
        check_url(url)
        #: The URL without credentials.
        self.location = redacted(url)
        self._url = url
        self._settings = settings
        self._connected: redis.Redis | None = None

    @property
    def _client(self) -> redis.Redis:
        if self._connected is None:
            from muntin_redis.connection import connect

            self._connected = connect(self._url, self._settings)
        return self._connected

    def read(self, feed: Feed[Any]) -> bytes | None:
        """Return the document as it is there now, None if there is none."""
        from redis.exceptions import RedisError

        from muntin_redis.connection import fetch_error

        try:
            return read(self._client, feed.name, self._settings)
        except RedisError as error:
            raise OSError(fetch_error(error, self._url).problem) from None

    def write(self, feed: Feed[Any], data: bytes, modified_at: datetime | None) -> None:
        """Replace the document; readers of the stream learn of it with the document in place."""
        from redis.exceptions import RedisError

        from muntin_redis.connection import fetch_error

        del modified_at
        try:
            self._write(feed.name, data)
        except RedisError as error:
            raise OSError(fetch_error(error, self._url).problem) from None

    def _write(self, name: str, data: bytes) -> None:
        settings = self._settings
        with self._client.pipeline(transaction=True) as pipe:
            if settings.hash:
                pipe.hset(settings.hash, name, data)
            else:
                pipe.set(settings.prefix + name, data)
            if settings.stream:
                entry: Any = {"feed": name}
                pipe.xadd(settings.stream, entry, maxlen=settings.stream_length, approximate=True)
            pipe.execute()

    def close(self) -> None:
        """Close the connection."""
        if self._connected is not None:
            self._connected.close()
