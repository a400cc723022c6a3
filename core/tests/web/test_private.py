"""Private pages: a session for each viewer, cleaned up once its viewer has left."""

from __future__ import annotations

import re
from typing import Any

import pytest
from core.tests.kit import NAV
from core.tests.web import views
from core.tests.web.kit import Serve
from tornado.httpclient import HTTPClientError

from muntin import Page, Panel, Snapshot


def fails(state: Snapshot) -> object:
    raise ValueError("secret")


@pytest.fixture
def server(serve: Serve) -> Any:
    panels = (Panel("A", views.chart, (NAV,)), Panel("B", fails, (NAV,)))
    server = serve(Page("mine", "Mine", panels, scope="private"))
    server.publish(NAV, nav=1.5)
    return server


def sessions(server: Any) -> dict[str, Any]:
    found: dict[str, Any] = server.app.rooms["mine"].context._sessions
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
    documents = {id(session.document) for session in sessions(server).values()}
    assert len(documents) == 2


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


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://["])
def test_page_of_another_host_is_refused(server: Any, origin: str) -> None:
    token = data(server.ask("/mine"))["token"]

    with pytest.raises(HTTPClientError, match=r"404|403"):
        server.open("/mine/ws", origin=origin, protocols=("bokeh", token))


def test_sessions_end_when_their_viewers_have_left(server: Any) -> None:
    for _ in range(3):
        server.ask("/mine")
    assert len(sessions(server)) == 3
    before = len(server.site.store._wakes)

    server.run(server.app.rooms["mine"].context._cleanup_sessions(-1))

    assert sessions(server) == {}
    assert len(server.site.store._wakes) == before - 3


def test_change_after_the_viewers_have_left_disturbs_nobody(server: Any) -> None:
    server.ask("/mine")
    server.run(server.app.rooms["mine"].context._cleanup_sessions(-1))
    server.publish(NAV, nav=3.5)

    assert ">3.5<" in server.ask("/mine").text
