"""Anything over real sockets to a running server: the others go on, and nothing fails."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import struct
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from core.tests.fuzz import hostile, requests
from core.tests.kit import NAV
from core.tests.web import kit, views
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    multiple,
    rule,
    run_state_machine_as_test,
)

from muntin import Page, Panel

#: Statuses that a request may be answered with; 500 would be a fault of ours.
STATUSES = frozenset(
    {101, 200, 204, 206, 302, 303, 304, 400, 401, 403, 404, 405, 413, 416, 421, 426, 429, 431}
)


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """Return a server with a shared and a private page, and a viewer who only looks."""
    with kit.servers() as serve:
        panels = (Panel("A", views.text, (NAV,)),)
        server = serve(Page("page", "Page", panels), Page("mine", "Mine", panels, scope="private"))
        server.publish(NAV, nav=1.0)
        server.ready()
        Hostile.server, Hostile.looking = server, server.open("/page/ws?rev=1")
        Hostile.value = 1
        yield server


class Client:
    """A raw connection, and all that came back over it."""

    def __init__(self, port: int) -> None:
        self._end = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.got = b""

    def send(self, data: bytes) -> None:
        """Send what the server still takes, and take what it has answered."""
        self._end.settimeout(10)
        with contextlib.suppress(ConnectionError):
            self._end.sendall(data)
        self.take()

    def take(self) -> None:
        """Read what has come."""
        self._end.setblocking(False)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while data := self._end.recv(65536):
                self.got += data

    def half_close(self) -> None:
        """Send nothing more."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def close(self, *, reset: bool = False) -> None:
        """Leave, or drop the connection as a crash does."""
        if reset:
            self._end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._end.close()


class Hostile(RuleBasedStateMachine):
    """Several connections at once, each in any state."""

    server: ClassVar[Any]
    looking: ClassVar[Any]
    value: ClassVar[int]
    clients = Bundle("clients")

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0
        self.all: list[Client] = []
        self.host = f"127.0.0.1:{self.server.port}"

    def _new(self) -> Any:
        if len(self.all) >= 6:
            return multiple()
        self.all.append(client := Client(self.server.port))
        return client

    def _send(self, client: Client, data: bytes, cuts: list[int]) -> None:
        for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
            client.send(data[start:end])

    @rule(client=consumes(clients), reset=st.booleans())
    def leave(self, client: Client, reset: bool) -> None:
        client.take()
        client.close(reset=reset)

    @rule(client=clients)
    def half_close(self, client: Client) -> None:
        client.half_close()

    def teardown(self) -> None:
        assert self.server.ask("/healthz").status == 200
        for client in self.all:
            with contextlib.suppress(OSError):
                client.take()
            client.close()
        for client in self.all:
            self.check(client.got)
        self.others_go_on()

    def check(self, got: bytes) -> None:
        """Look at all that one connection was answered."""
        assert b"Traceback" not in got
        for status in re.findall(rb"^HTTP/1\.[01] (\d+)", got, re.MULTILINE):
            assert int(status) in STATUSES, got[:500]

    def others_go_on(self) -> None:
        """Have the viewer who only looks see a new figure."""
        Hostile.value += 1
        self.server.publish(NAV, nav=float(self.value))
        while f"{self.value}.0" not in str(self.looking.next()):
            pass


class Sockets(Hostile):
    """WebSockets: handshakes, then frames in any order."""

    clients = Hostile.clients

    @rule(target=clients, data=st.data(), early=st.booleans())
    def connect(self, data: st.DataObject, early: bool) -> Any:
        client = self._new()
        if isinstance(client, Client):
            sent = data.draw(requests.handshakes(self.host))
            client.send(sent + (data.draw(hostile.anything) if early else b""))
        return client

    @rule(client=clients, sent=hostile.anything, cuts=st.lists(st.integers(0, 30), max_size=2))
    def send(self, client: Client, sent: bytes, cuts: list[int]) -> None:
        self._send(client, sent, sorted(min(cut, len(sent)) for cut in cuts))


class Requests(Hostile):
    """HTTP: requests one after another, cut anywhere, on connections that stay or not."""

    clients = Hostile.clients

    @rule(target=clients)
    def connect(self) -> Any:
        return self._new()

    @rule(client=clients, data=st.data(), cuts=st.lists(st.integers(0, 200), max_size=2))
    def ask(self, client: Client, data: st.DataObject, cuts: list[int]) -> None:
        sent = data.draw(requests.requests(self.host))
        self._send(client, sent, sorted(min(cut, len(sent)) for cut in cuts))


def explore(machine: Any, examples: int, steps: int, *, repeat: bool) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            derandomize=repeat, suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        one.getMessage()
        for one in caplog.records
        if one.levelno >= logging.ERROR or one.name == "asyncio"
    ]


@pytest.mark.parametrize("machine", [Sockets, Requests])
def test_server_withstands_anything(
    server: Any, machine: Any, caplog: pytest.LogCaptureFixture
) -> None:
    explore(machine, 50, 30, repeat=True)

    assert errors(caplog) == []


@pytest.mark.faults
@pytest.mark.parametrize("machine", [Sockets, Requests])
def test_server_withstands_anything_for_long(
    server: Any, machine: Any, caplog: pytest.LogCaptureFixture
) -> None:
    explore(machine, 2000, 50, repeat=False)

    assert errors(caplog) == []
