"""A server without free file descriptors: it waits, says so once, and recovers."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from tests.kit import PATIENCE, Server, nav, serving, until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "state") as made:
        made.state.heal()
        made.wait_feed("nav", "live")
        yield made


def cpu_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_no_descriptors_left_neither_floods_the_log_nor_stops_the_feeds(server: Server) -> None:
    process = server._process
    assert process is not None
    used = sum(1 for _ in Path(f"/proc/{process.pid}/fd").iterdir())
    _, most = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    here = ("127.0.0.1", server.port)

    with ExitStack() as opened, closing(http.client.HTTPConnection(*here, timeout=PATIENCE)) as old:
        old.request("GET", "/healthz")
        assert old.getresponse().read() == b"ok\n"
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (2 * used, most))
        for _ in range(2 * used + 50):
            opened.enter_context(socket.create_connection(here, PATIENCE))
        until(lambda: "descriptors" in server.logged, "the log says so")

        logged, spent, began = len(server.logged), cpu_seconds(process.pid), time.monotonic()
        server.state.put("nav", nav(4321.5))
        old.request("GET", "/overview")
        until(lambda: _is_shown(old, "4,321.50"), "the page shows the new figure")
        until(lambda: time.monotonic() > began + 2.0, "two seconds")

        assert (cpu_seconds(process.pid) - spent) / (time.monotonic() - began) < 0.7
        assert len(server.logged) - logged < 1000

    until(lambda: server.get("/healthz").status == 200, "it accepts again")
    assert server.logged.count("no connections are accepted for now") == 1


def _is_shown(connection: http.client.HTTPConnection, figure: str) -> bool:
    shown = figure in connection.getresponse().read().decode()
    connection.request("GET", "/overview")
    return shown
