"""What the relay says of itself: beats, and answers to whatever a viewer sends."""

from __future__ import annotations

import bokeh
import pytest
from core.tests.live.messages import messages
from core.tests.live.wires import Join, update

from muntin.live.relay.relay import Relay, header_of
from muntin.testing import FakeClock

# ------------------------------------------------------------------ beats


def test_beat_is_sent_only_when_nothing_else_was(relay: Relay, join: Join, now: FakeClock) -> None:
    _, wire = join()
    relay.broadcast(update(6))
    wire.take()
    now.advance(1)
    relay.beat()
    assert wire.take() == []
    now.advance(1)
    relay.beat()
    [[beat]] = map(messages, wire.take())
    assert beat[0]["reqid"] == "beat"
    now.advance(1)
    relay.beat()

    assert wire.sent == []


def test_beat_also_reaches_who_does_not_follow_yet(
    relay: Relay, join: Join, now: FakeClock
) -> None:
    _, wire = join(None)
    now.advance(5)
    relay.beat()

    assert len(wire.sent) == 1


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize("kind", ["PATCH-DOC", "ERROR", "", "anything"])
def test_what_a_viewer_sends_is_acknowledged_only(relay: Relay, join: Join, kind: str) -> None:
    viewer, wire = join()
    relay.answer(viewer, {"msgtype": kind, "msgid": "m1"})

    [[message]] = map(messages, wire.sent)
    assert message == [{"msgid": "ok", "msgtype": "OK", "reqid": "m1"}, {}, {}]


def test_server_info_names_bokeh_only(relay: Relay, join: Join) -> None:
    viewer, wire = join()
    relay.answer(viewer, {"msgtype": "SERVER-INFO-REQ", "msgid": "m1"})

    [[message]] = map(messages, wire.sent)
    assert message[0]["msgtype"] == "SERVER-INFO-REPLY"
    assert message[2]["version_info"]["bokeh"] == bokeh.__version__


def test_request_id_is_cut_and_harmless(relay: Relay, join: Join) -> None:
    viewer, wire = join()
    relay.answer(viewer, {"msgtype": "PATCH-DOC", "msgid": '"}' + "x\ud800" * 10_000})
    relay.answer(viewer, {"msgtype": ["x"], "msgid": {"a": 1}})

    first, second = (messages(sent)[0][0] for sent in wire.sent)
    assert len(first["reqid"]) == 64
    assert second["reqid"] == "{'a': 1}"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "1", '"msgtype"', "{}", '{"msgid":"a"}', "[" * 100_000]
)
def test_what_is_no_header_is_none(text: str) -> None:
    assert header_of(text) is None


def test_header_is_read() -> None:
    assert header_of('{"msgtype":"PULL-DOC-REQ"}') == {"msgtype": "PULL-DOC-REQ"}
