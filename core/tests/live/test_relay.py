"""The relay: everybody gets everything in order, the document once it is pulled."""

from __future__ import annotations

from typing import Any

import pytest
from core.tests.live.messages import messages
from core.tests.live.wires import Join, Wire, update

from muntin.live.relay.relay import Relay
from muntin.testing import FakeClock

# ------------------------------------------------------------------ joining


def test_newcomer_is_greeted_and_told_the_time(relay: Relay) -> None:
    wire = Wire()
    relay.join(wire, 5)

    [ack], [beat] = map(messages, wire.sent)
    assert ack[0]["msgtype"] == "ACK"
    assert beat[0] == {"msgid": "ok", "msgtype": "OK", "reqid": "beat"}
    assert beat[2] == {"now": 1764188100000}


@pytest.mark.parametrize(("revision", "extra"), [(5, []), (4, [b"catch-up"]), (9, [b"catch-up"])])
def test_page_of_another_revision_is_brought_up_to_date(
    relay: Relay, revision: int, extra: list[bytes]
) -> None:
    """Also one of a later revision: the server was started again since."""
    wire = Wire()
    relay.join(wire, revision)

    assert wire.sent[1:-1] == extra
    assert messages(wire.sent[-1])[0][0]["reqid"] == "beat"  # all is sent that there is


def test_page_before_the_first_picture_is_greeted_only(relay: Relay) -> None:
    stage: Any = relay.stage
    stage.shown = None
    wire = Wire()
    relay.join(wire, 5)

    assert len(wire.sent) == 2


def test_connection_that_names_no_revision_gets_nothing_until_it_pulls(
    relay: Relay, join: Join
) -> None:
    _, wire = join(None)

    relay.broadcast(update(6))

    assert wire.sent == []


def test_everybody_gets_every_update_and_nobody_after_leaving(relay: Relay, join: Join) -> None:
    (first, one), (_, two) = join(), join()
    relay.broadcast(update(6))
    relay.leave(first)
    relay.leave(first)
    relay.broadcast(update(7))

    assert one.sent == [b"update 6"]
    assert two.sent == [b"update 6", b"update 7"]
    assert (relay.counts.sent, relay.counts.bytes) == (3, 24)


def test_update_that_a_newcomer_has_already_is_not_sent_again(relay: Relay, join: Join) -> None:
    """Rows that are appended twice would be wrong."""
    _, wire = join(5)
    relay.broadcast(update(5))

    assert wire.sent == []


# ------------------------------------------------------------------ pulling


def test_puller_gets_the_document_then_what_came_after_it_once(relay: Relay, join: Join) -> None:
    viewer, wire = join()
    relay.broadcast(update(6))
    relay.hold(viewer)
    for number in (7, 8, 9):
        relay.broadcast(update(number))
    relay.deliver(viewer, "r1", 7, b"body")
    relay.broadcast(update(10))

    before, document, *after = wire.sent
    assert before == b"update 6"
    assert b'"msgtype": "PULL-DOC-REPLY", "reqid": "r1"' in document
    assert after == [b"update 8", b"update 9", b"update 10"]


def test_newcomer_follows_after_its_pull(relay: Relay, join: Join) -> None:
    viewer, wire = join(None)
    relay.hold(viewer)
    relay.deliver(viewer, "r", 5, b"")
    relay.broadcast(update(6))

    assert wire.sent[1:] == [b"update 6"]


def test_pulling_viewer_gets_no_beat_between(relay: Relay, join: Join, now: FakeClock) -> None:
    viewer, wire = join()
    relay.hold(viewer)
    now.advance(5)
    relay.beat()

    assert wire.sent == []
