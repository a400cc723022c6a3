"""Private pages: a session for each viewer, cleaned up once its viewer has left."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
import time
from typing import Any

import panel as pn
import pytest
from core.tests.kit import NAV
from core.tests.live.peers import FLOODS
from core.tests.web import views
from core.tests.web.kit import Serve
from core.tests.web.raw import Raw
from panel.io.state import state
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketProtocol13

from muntin import Page, Panel, Snapshot

#: Starts a server of a shared and a private page, and says what it has loaded by the first page.
STARTED = """
import sys
from types import SimpleNamespace
from muntin import Page, Panel, hookimpl
from muntin.testing import site

panels = (Panel("A", lambda _: "drawn"),)
pages = [Page("all", "All", panels), Page("mine", "Mine", panels, scope="private")]
with site([("x", SimpleNamespace(muntin_pages=hookimpl(lambda: pages)))]) as client:
    assert "drawn" in client.get("/all").text
    print(sorted({"panel", "holoviews", "pandas", "prometheus_client"} & set(sys.modules)))
    assert "drawn" in client.get("/mine").text
    print("panel.io.server" in sys.modules)
"""


def fails(state: Snapshot) -> object:
    raise ValueError("secret")


@pytest.fixture
def server(serve: Serve) -> Any:
    panels = (Panel("A", views.chart, (NAV,)), Panel("B", fails, (NAV,)))
    server = serve(Page("mine", "Mine", panels, scope="private"))
    server.publish(NAV, nav=1.5)
    return server


def pane(state: Snapshot) -> object:
    return pn.pane.Markdown("text")


async def answered(session: Any) -> None:
    """Wait until a session's thread has done what it was asked for."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    session.post(lambda: loop.call_soon_threadsafe(done.set))
    await done.wait()


def visits(server: Any) -> dict[str, Any]:
    found: dict[str, Any] = server.app.private["mine"].visits
    return found


def data(answer: Any) -> Any:
    import json

    [text] = re.findall(r'id="mu-data">(.*?)</script>', answer.text)
    return json.loads(text)


def test_each_request_has_a_document_of_its_own(server: Any) -> None:
    first, second = (data(server.ask("/mine")) for _ in range(2))

    assert first["token"] != second["token"]
    assert first["roots"].keys().isdisjoint(second["roots"].keys())
    assert list(first["roots"].values()) == ["a.1.chart"]
    assert len(visits(server)) == 2


def test_page_holds_its_figures_in_the_first_bytes(server: Any) -> None:
    answer = server.ask("/mine/")

    assert answer.status == 200
    assert data(answer)["scope"] == "private"
    assert re.search(r'data-metric="nav"[^>]*>1\.5<', answer.text)


def test_view_that_raises_is_a_fault_of_its_panel(server: Any) -> None:
    text = server.ask("/mine").text

    assert re.search(r'id="panel:b" data-panel="b" data-fault="[0-9a-f]{4}"', text)
    assert 'data-panel="a" aria' in text
    assert "secret" not in text


def test_viewer_follows_the_store(server: Any) -> None:
    token = data(server.ask("/mine"))["token"]
    viewer = server.open("/mine/ws", protocols=("bokeh", token))
    assert viewer.next()[0]["msgtype"] == "ACK"
    server.publish(NAV, nav=2.5)

    text = ""
    while "'a.0.nav', '2.5'" not in text:
        text += str(viewer.next()[2])
    assert "'y', [2.5]" in text


@pytest.mark.parametrize("kind", ["pongs", "fragments of nothing", "pings"])
def test_flood_is_closed_after_some_frames(
    server: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    parsed = 0
    original = WebSocketProtocol13._receive_frame

    async def counting(self: Any) -> None:
        nonlocal parsed
        parsed += 1
        await original(self)

    monkeypatch.setattr(WebSocketProtocol13, "_receive_frame", counting)
    token = data(server.ask("/mine"))["token"]
    with Raw(server, FLOODS[kind], "/mine/ws", token) as client:
        assert client.hears(b"\x03\xf0too many messages")
        assert not client.hears(b"more")

    assert parsed < 2000  # of 43,000


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://["])
def test_page_of_another_host_is_refused(server: Any, origin: str) -> None:
    token = data(server.ask("/mine"))["token"]

    with pytest.raises(HTTPClientError, match=r"404|403"):
        server.open("/mine/ws", origin=origin, protocols=("bokeh", token))


def test_sessions_end_when_their_viewers_have_left(server: Any) -> None:
    before = len(server.site.store._wakes)
    for _ in range(3):
        server.ask("/mine")
    assert len(server.site.store._wakes) == before + 3
    sessions = [visit.session.session for visit in visits(server).values()]

    server.run(leave(server))

    assert visits(server) == {}
    assert len(server.site.store._wakes) == before
    for session in sessions:
        session._thread.join(10)
        assert not session.alive


async def leave(server: Any) -> None:
    """Have a minute pass in which no viewer looks."""
    page = server.app.private["mine"]
    page._clock = lambda: time.monotonic() + 60
    page.sweep()


def test_change_after_the_viewers_have_left_disturbs_nobody(server: Any) -> None:
    server.ask("/mine")
    server.run(leave(server))
    server.publish(NAV, nav=3.5)

    assert ">3.5<" in server.ask("/mine").text


def test_ended_session_leaves_nothing_in_panel(serve: Serve) -> None:
    server = serve(Page("mine", "Mine", (Panel("A", pane),), scope="private"))
    before = set(state._views)
    server.ask("/mine")
    assert set(state._views) > before
    [visit] = visits(server).values()

    server.run(leave(server))
    visit.session.session._thread.join(10)

    assert set(state._views) == before


def test_first_page_waits_for_no_library_that_only_other_pages_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.stdout.split("\n")[:2] == ["[]", "True"], done.stderr


def test_page_is_begun_for_the_first_who_asks_and_serves_all_others(server: Any) -> None:
    assert list(server.app.private) == []

    async def together() -> list[Any]:
        return await asyncio.gather(*(server.app.private.of("mine") for _ in range(5)))

    made = server.run(together())
    server.ask("/mine")
    assert {id(page) for page in made} == {id(server.app.private["mine"])}
    assert len(server.app.private) == 1


def test_what_was_loaded_for_private_pages_counts_as_settled(server: Any) -> None:
    told: list[str] = []
    server.app.private._settled = lambda: told.append("settled")

    for _ in range(2):
        server.ask("/mine")

    assert told == ["settled"]


def test_socket_that_no_page_was_made_for_is_turned_away(server: Any) -> None:
    with pytest.raises(HTTPClientError, match="403"):
        server.open("/mine/ws", protocols=("bokeh", "invented"))

    assert server.ask("/mine/ws").status == 400
    assert list(server.app.private) == []


def test_change_while_the_server_ends_is_no_fault(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.ask("/mine")

    async def end() -> None:
        server.app.private.stop()

    server.run(end())
    server.publish(NAV, nav=2.5)

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_change_after_a_socket_was_cut_is_no_fault(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    token = data(server.ask("/mine"))["token"]
    viewer = server.open("/mine/ws", protocols=("bokeh", token))
    viewer.next()
    [visit] = visits(server).values()

    async def cut() -> None:
        viewer.connection.protocol.stream.close()

    server.run(cut())
    for number in range(5):
        server.publish(NAV, nav=float(number))
        server.run(answered(visit.session.session))

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
