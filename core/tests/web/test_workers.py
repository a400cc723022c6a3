"""Relays in processes of their own: viewers notice nothing of it, whatever becomes of them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from core.tests.kit import NAV
from core.tests.live.peers import FLOODS
from core.tests.web import views
from core.tests.web.kit import Serve
from core.tests.web.raw import Raw

from muntin import Page, Panel

PULL: Any = ({"msgtype": "PULL-DOC-REQ", "msgid": "p1"}, {}, {})


@pytest.fixture
def server(serve: Serve) -> Any:
    """Return a server with two relay processes."""
    server = serve(Page("page", "Page", (Panel("A", views.text, (NAV,)),)), workers=2)
    server.publish(NAV, nav=1.0)
    server.ready()
    return server


def opened(server: Any) -> Any:
    viewer = server.open("/page/ws?rev=1")
    assert viewer.next()[0]["msgtype"] == "ACK"
    return viewer


def shown(message: list[Any]) -> tuple[int, str]:
    """Return revision and NAV of an update."""
    [data] = [event["msg_data"] for event in message[2]["events"]]
    return data[0], data[1][0][1]


def test_every_viewer_gets_each_change_from_one_encode(server: Any) -> None:
    viewers = [opened(server) for _ in range(4)]
    assert [len(worker.viewers) for worker in server.app.pool.workers] == [2, 2]

    for revision, value in ((2, "2.0"), (3, "3.0")):
        server.publish(NAV, nav=float(value))
        assert {shown(viewer.next()) for viewer in viewers} == {(revision, value)}
    assert server.app.stages["page"].figures.encodes == 2


def test_page_of_before_is_brought_up_to_date(server: Any) -> None:
    first = opened(server)
    server.publish(NAV, nav=2.0)
    first.next()

    late = opened(server)
    [data] = [event["msg_data"] for event in late.next()[2]["events"]]
    assert data[0] == 2
    assert ">2.0</span>" in data[2][0][1]


def test_document_is_pulled_and_updates_follow_it(server: Any) -> None:
    viewers = [server.open("/page/ws") for _ in range(3)]
    for viewer in viewers:
        viewer.next()
        viewer.send(*PULL)
        header, _, content = viewer.next()
        assert (header["msgtype"], header["reqid"]) == ("PULL-DOC-REPLY", "p1")
        assert "roots" in content["doc"]

    server.publish(NAV, nav=2.0)
    assert [shown(viewer.next()) for viewer in viewers] == [(2, "2.0")] * 3


def test_document_is_asked_for_again_once_it_has_changed(server: Any) -> None:
    viewer = opened(server)
    for revision in (1, 2):
        viewer.send(*PULL)
        assert viewer.next()[0]["msgid"] == f"pull-{revision}"
        server.publish(NAV, nav=float(revision + 1))
        viewer.next()


def test_what_is_no_bokeh_is_closed(server: Any) -> None:
    viewer = opened(server)
    viewer.send("no json")

    assert viewer.closed() == (1002, "not the Bokeh protocol")


def test_flood_is_closed_and_counted(server: Any) -> None:
    opened(server).close()
    with Raw(server, FLOODS["pongs"]) as client:
        assert client.hears(b"\x03\xf0too many messages")

    async def counted() -> None:
        while not server.app.relays["page"].counts.cut:  # noqa: ASYNC110  # once a second
            await asyncio.sleep(0)

    server.run(counted())


def test_session_that_is_over_is_closed_wherever_it_is(server: Any) -> None:
    viewers = [opened(server) for _ in range(2)]
    relay = server.app.relays["page"]

    async def expel() -> None:
        relay.expel("", 4401, "signed out")

    server.run(expel())

    assert {viewer.closed() for viewer in viewers} == {(4401, "signed out")}
    assert relay.viewers == set()


def test_process_that_dies_is_replaced_and_viewers_come_back(server: Any) -> None:
    viewers = [opened(server) for _ in range(2)]
    pool = server.app.pool
    worker = pool.workers[0]  # has the first viewer
    before = worker.process.pid

    async def kill() -> None:
        worker.process.kill()
        while worker.up.is_set():  # noqa: ASYNC110  # until the loop has noticed
            await asyncio.sleep(0)

    server.run(kill())
    assert len(server.app.relays["page"].viewers) == 1
    assert viewers[0].closed() == (None, None)

    server.run(pool.ready())
    assert worker.process.pid != before
    again = opened(server)
    server.publish(NAV, nav=2.0)
    assert shown(again.next()) == (2, "2.0")
    assert shown(viewers[1].next()) == (2, "2.0")


def test_server_that_stops_says_so_and_ends_its_processes(server: Any) -> None:
    viewer = opened(server)
    processes = [worker.process for worker in server.app.pool.workers]
    server.run(server.app.stop())

    assert viewer.closed() == (1001, "the server stops")
    assert [process.poll() for process in processes] == [0, 0]


def test_viewers_are_kept_here_while_no_process_is_up(server: Any) -> None:
    for worker in server.app.pool.workers:
        worker.up.clear()
    viewer = opened(server)
    server.publish(NAV, nav=2.0)

    assert shown(viewer.next()) == (2, "2.0")


def test_processes_are_among_the_figures(server: Any) -> None:
    viewers = [opened(server) for _ in range(2)]
    figures = server.ask("/metrics").text

    assert len(viewers) == 2
    assert 'muntin_viewers{page="page"} 2.0' in figures
    for process, count in (("main", 0), ("1", 1), ("2", 1)):
        assert f'muntin_process_viewers{{process="{process}"}} {count}.0' in figures
    cards = server.ask("/-/").text
    assert "Event loop held at most" in cards


def test_process_is_light() -> None:
    code = (
        "import sys, muntin.live.workers.worker; "
        "sys.exit(bool({'bokeh', 'panel', 'pandas', 'tornado'} & sys.modules.keys()))"
    )

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
