"""What is Redis' own: streams that are resumed or were lost, servers that hang, credentials."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from plugins.redis.tests.conftest import PASSWORD, Server

from muntin import Feed, Secret, SourceError, Status
from muntin.testing import SourceRun
from muntin_redis import RedisSettings, RedisSource, RedisTarget
from muntin_redis.stream import Stream

NAV: Feed[float] = Feed("nav", lambda raw: float(raw["n"]))
STREAM: Any = {"stream": "changes", "interval": 60, "timeout": 0.5, "password": Secret(PASSWORD)}


def document(n: int) -> bytes:
    return json.dumps({"n": n, "updated_ts": time.time()}).encode()


def put(server: Server, n: int, *, announce: bool = True) -> None:
    server.client.set("nav", document(n))
    if announce:
        server.client.xadd("changes", {"feed": "nav"})


def test_a_server_that_hangs_is_marked_within_five_seconds(server: Server) -> None:
    put(server, 1)
    with SourceRun(RedisSource(server.url, RedisSettings(**STREAM)), [NAV]) as run:
        run.until_value(NAV, 1)
        server.hang()
        try:
            reading = run.until_fault(NAV, Status.UNREADABLE, timeout=5)
            assert reading.value == 1
            assert "no answer in time" in reading.problem
        finally:
            server.wake()
        put(server, 2)
        run.until_value(NAV, 2)


def test_what_changed_during_an_outage_is_read_after_it(server: Server) -> None:
    put(server, 1)
    with SourceRun(RedisSource(server.url, RedisSettings(**STREAM)), [NAV]) as run:
        run.until_value(NAV, 1)
        server.kill()
        run.until_fault(NAV, Status.UNREADABLE)
        server.start()
        put(server, 2)
        run.until_value(NAV, 2)


def test_a_stream_goes_on_where_it_was_left(server: Server) -> None:
    stream = Stream(server.client, "changes")
    put(server, 1)
    stream.begin()
    stream._connected = False
    for name in ("nav", "kpis"):
        server.client.xadd("changes", {"feed": name})

    assert set(stream.wait(5, Never()) or ()) == {"nav", "kpis"}


@pytest.mark.parametrize("loss", ["trimmed", "deleted", "restored"])
def test_a_gap_in_the_stream_has_everything_read(server: Server, loss: str) -> None:
    stream = Stream(server.client, "changes")
    put(server, 1)
    stream.begin()
    stream._connected = False
    if loss == "trimmed":
        for _ in range(3):
            put(server, 2)
        server.client.xtrim("changes", maxlen=1, approximate=False)
    else:
        server.client.delete("changes")
        if loss == "restored":
            server.client.xadd("changes", {"feed": "old"}, id="1-1")

    assert stream.wait(5, Never()) is None
    put(server, 3)
    assert stream.wait(5, Never()) == ("nav",)


class Never(threading.Event):
    """An event that is never set, and does not make anybody wait."""

    def is_set(self) -> bool:
        return False

    def wait(self, timeout: float | None = None) -> bool:
        return False


def test_wrong_credentials_are_said_without_showing_them(server: Server) -> None:
    settings = RedisSettings(password=Secret("wrong-and-secret"))
    with SourceRun(RedisSource(server.url, settings), [NAV]) as run:
        problem = run.until_fault(NAV, Status.UNREADABLE).problem

    assert "it refuses these credentials" in problem
    assert "wrong-and-secret" not in problem


def test_credentials_in_the_address_are_used_and_not_shown(server: Server) -> None:
    put(server, 1)
    source = RedisSource(server.url.replace("//", f"//:{PASSWORD}@"), RedisSettings())
    with SourceRun(source, [NAV]) as run:
        run.until_value(NAV, 1)

    assert source.location == server.url


@pytest.mark.parametrize("url", ["redis://", "redis://host/name", "redis://host:0"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SourceError):
        RedisSource(url)


def test_a_target_writes_the_document_and_says_so_at_once(server: Server) -> None:
    target = RedisTarget(server.url, RedisSettings(**STREAM))
    try:
        assert target.read(NAV) is None
        target.write(NAV, b'{"n": 1}', None)
        assert target.read(NAV) == b'{"n": 1}'
    finally:
        target.close()
    entries: Any = server.client.xrange("changes")
    assert [fields for _, fields in entries] == [{b"feed": b"nav"}]
