"""The Redis source keeps what every source promises: a key each, a hash, and with a stream."""

from __future__ import annotations

from typing import Any

import pytest
from plugins.redis.tests.conftest import PASSWORD, Server

from muntin import Feed, Secret
from muntin.sources import Source
from muntin.testing import SourceBackend
from muntin.testing.conformance.sources import *  # noqa: F403  # one line, as in a plugin's tests
from muntin_redis import RedisSettings, RedisSource

WAYS: dict[str, dict[str, Any]] = {
    "keys": {"prefix": "fund:", "interval": 0.1},
    "hash": {"hash": "state", "interval": 0.1},
    "stream": {"prefix": "fund:", "stream": "changes", "interval": 30},
}


class Backend(SourceBackend):
    """Documents in a Redis server, which is killed and started again for an outage."""

    secret = PASSWORD

    def __init__(self, server: Server, way: dict[str, Any]) -> None:
        self._server = server
        self._settings = RedisSettings(**way, timeout=0.5, password=Secret(PASSWORD))

    def source(self) -> Source:
        return RedisSource(self._server.url, self._settings)

    def put(self, feed: Feed[Any], data: bytes) -> None:
        client = self._server.client
        if self._settings.hash:
            client.hset(self._settings.hash, feed.name, data)
        else:
            client.set(self._settings.prefix + feed.name, data)
        self._announce(feed)

    def remove(self, feed: Feed[Any]) -> None:
        client = self._server.client
        if self._settings.hash:
            client.hdel(self._settings.hash, feed.name)
        else:
            client.delete(self._settings.prefix + feed.name)
        self._announce(feed)

    def _announce(self, feed: Feed[Any]) -> None:
        if self._settings.stream:
            self._server.client.xadd(self._settings.stream, {"feed": feed.name})

    def cut(self) -> None:
        self._server.kill()

    def mend(self) -> None:
        self._server.start()


@pytest.fixture(params=WAYS)
def backend(server: Server, request: pytest.FixtureRequest) -> Backend:
    return Backend(server, WAYS[request.param])
