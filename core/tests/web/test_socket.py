"""The WebSocket of a shared page: it answers, applies nothing, and serves this host only."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from bokeh.document import Document
from core.tests.kit import NAV
from core.tests.live.peers import FLOODS, masked
from core.tests.web import views
from core.tests.web.kit import Serve
from core.tests.web.raw import Raw
from tornado.httpclient import HTTPClientError

from muntin import Page, Panel
from muntin.web.socket import RESTARTED


@pytest.fixture
def server(serve: Serve) -> Any:
    server = serve(Page("page", "Page", (Panel("A", views.chart, (NAV,)),)))
    server.publish(NAV, nav=1.0)
    return server.ready()


@pytest.fixture
def viewer(server: Any) -> Any:
    viewer = server.open("/page/ws?rev=1")
    assert viewer.next()[0]["msgtype"] == "ACK"
    return viewer


def delta(message: list[Any]) -> list[Any]:
    header, _, content, *_ = message
    assert header["msgtype"] == "PATCH-DOC"
    [found] = [event for event in content["events"] if event["kind"] == "MessageSent"]
    data: list[Any] = found["msg_data"]
    return data


def test_viewer_gets_each_change(server: Any, viewer: Any) -> None:
    for revision, value in ((2, 2.0), (3, 3.0)):
        server.publish(NAV, nav=value)
        made = delta(viewer.next())
        assert made[0] == revision
        assert made[1][0][1] == str(value)


def test_page_of_before_is_brought_up_to_date(server: Any) -> None:
    server.publish(NAV, nav=2.0)
    current = server.open("/page/ws?rev=1")
    while True:
        message = current.next()
        if message[0]["msgtype"] == "PATCH-DOC":
            break

    late = server.open("/page/ws?rev=1")
    assert late.next()[0]["msgtype"] == "ACK"
    revision, _, [[slug, html]], _, _ = delta(late.next())
    assert (revision, slug) == (2, "a")
    assert ">2.0</span>" in html


def test_page_of_this_server_follows_and_one_of_another_is_told(server: Any) -> None:
    """Revisions of two servers have nothing to do with each other."""
    same = server.open(f"/page/ws?rev=1&of={server.app.renderer.born}")
    assert same.next()[0]["msgtype"] == "ACK"

    other = server.open("/page/ws?rev=1&of=somebody")
    assert other.closed()[0] == RESTARTED


def test_document_is_pulled(server: Any, viewer: Any) -> None:
    viewer.send({"msgtype": "PULL-DOC-REQ", "msgid": "p1"}, {}, {})

    header, _, content = viewer.next()

    assert (header["msgtype"], header["reqid"]) == ("PULL-DOC-REPLY", "p1")
    [root] = Document.from_json(content["doc"]).roots
    assert root.name == "a.1.chart"


def test_what_a_viewer_sends_is_not_applied(server: Any, viewer: Any) -> None:
    """One viewer can change nothing that another sees."""
    viewer.send({"msgtype": "PULL-DOC-REQ", "msgid": "p1"}, {}, {})
    before = viewer.next()[2]
    [root] = before["doc"]["roots"]
    event = {"kind": "ModelChanged", "model": {"id": root["id"]}, "attr": "height", "new": 1}
    viewer.send({"msgtype": "PATCH-DOC", "msgid": "m1"}, {}, {"events": [event]})
    answer = viewer.next()
    viewer.send({"msgtype": "PULL-DOC-REQ", "msgid": "p2"}, {}, {})

    assert (answer[0]["msgtype"], answer[0]["reqid"]) == ("OK", "m1")
    assert viewer.next()[2] == before


def test_buffers_belong_to_their_message(viewer: Any) -> None:
    viewer.send({"msgtype": "PATCH-DOC", "msgid": "m1", "num_buffers": 1}, {}, {}, {"id": 1}, b"x")
    viewer.send({"msgtype": "SERVER-INFO-REQ", "msgid": "m2"}, {}, {})

    assert [viewer.next()[0]["reqid"] for _ in range(2)] == ["m1", "m2"]


@pytest.mark.parametrize("text", ["", "{}", "no json", b"binary", "[" * 5000, "x" * 60_000])
def test_what_is_no_bokeh_is_closed(viewer: Any, text: str | bytes) -> None:
    viewer.send(text)

    assert viewer.closed() == (1002, "not the Bokeh protocol")


def test_huge_message_is_closed(viewer: Any) -> None:
    viewer.send("x" * 100_000)

    assert viewer.closed()[0] in {1002, None}


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file:///x", "http://["]
)
def test_page_of_another_host_is_refused(server: Any, origin: str) -> None:
    with pytest.raises(HTTPClientError, match=r"403|500"):  # 500 where Tornado itself trips
        server.open("/page/ws", origin=origin)


@pytest.mark.parametrize("revision", ["", "x", "-1", "1e3", "²", "9" * 16])
def test_hostile_revision_is_none(server: Any, revision: str) -> None:
    """A viewer without a revision follows once it has pulled."""
    viewer = server.open(f"/page/ws?rev={quote(revision)}")
    viewer.next()
    viewer.send({"msgtype": "PULL-DOC-REQ", "msgid": "p"}, {}, {})

    assert viewer.next()[0]["msgtype"] == "PULL-DOC-REPLY"


def test_viewer_that_is_dropped_is_told_why(server: Any, viewer: Any) -> None:
    [known] = server.app.relays["page"].viewers

    async def drop() -> None:
        assert known.socket.owed() == 0
        known.socket.drop(4008, "too slow: reconnect")

    server.run(drop())

    assert viewer.closed() == (4008, "too slow: reconnect")


def test_server_that_stops_says_so(server: Any, viewer: Any) -> None:
    server.run(server.app.stop())

    assert viewer.closed() == (1001, "the server stops")


def test_viewer_that_leaves_is_forgotten(server: Any, viewer: Any) -> None:
    relay = server.app.relays["page"]
    assert len(relay.viewers) == 1
    viewer.close()

    assert len(relay.viewers) == 0


def test_unknown_protocol_is_not_agreed_to(server: Any) -> None:
    viewer = server.open("/page/ws", protocols=("other", "bokeh"))

    assert viewer.connection.selected_subprotocol == "bokeh"


def test_what_is_sent_with_the_handshake_is_read(server: Any) -> None:
    """Tornado has read it already when the connection is taken out of its hands."""
    parts = (b'{"msgtype":"PULL-DOC-REQ","msgid":"p"}', b"{}", b"{}")
    with Raw(server, b"".join(map(masked, parts))) as client:
        assert client.hears(b"PULL-DOC-REPLY")


def test_message_in_pieces_is_read(server: Any) -> None:
    begin = b"\x01" + masked(b'{"msgtype":"X",')[1:]
    end = masked(b'"msgid":"in pieces"}', 0)
    with Raw(server, begin + end + masked(b"{}") + masked(b"{}")) as client:
        assert client.hears(b'"reqid": "in pieces"')


def test_ping_is_answered(server: Any) -> None:
    with Raw(server, masked(b"here", 9)) as client:
        assert client.hears(b"\x8a\x04here")


def test_flood_is_closed(server: Any) -> None:
    with Raw(server, FLOODS["pongs"]) as client:
        assert client.hears(b"\x03\xf0too many messages")


def test_flood_of_a_page_of_another_server_is_bounded_and_not_logged(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Tornado still reads this one: it was never handed to a relay."""
    with Raw(server, FLOODS["tiny messages"], "/page/ws?of=another") as client:
        assert client.hears(RESTARTED.to_bytes(2, "big"))
        assert not client.hears(b"more")

    assert caplog.records == []


def test_close_is_answered_with_its_code(server: Any) -> None:
    with Raw(server, masked(b"\x03\xe9", 8)) as client:
        assert client.hears(b"\x88\x02\x03\xe9")
        assert not client.hears(b"more")


@pytest.mark.parametrize("garbage", [b"\xff\xff", b"\x81\x05hello", masked(b"", 3)])
def test_what_is_no_websocket_is_closed(server: Any, garbage: bytes) -> None:
    with Raw(server, garbage) as client:
        assert client.hears(b"\x03\xeanot the WebSocket protocol")
        assert not client.hears(b"more")
    assert len(server.app.relays["page"].viewers) == 0
