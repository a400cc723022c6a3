"""The relay: everybody gets everything in order, and who cannot keep up costs nobody anything."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import bokeh
import pytest

from muntin.live import relay as module
from muntin.live.frames import Update
from muntin.live.relay import TOO_SLOW, Relay, Viewer, header_of
from muntin.testing import FakeClock


def messages(data: bytes) -> list[list[Any]]:
    """Return every message as its parts: header, metadata, content."""
    parts = []
    while data:
        size, start = data[1], 2
        if size >= 126:
            form, start = ("!H", 4) if size == 126 else ("!Q", 10)
            [size] = struct.unpack(form, data[2:start])
        parts.append(json.loads(data[start : start + size]))
        data = data[start + size :]
    return [parts[index : index + 3] for index in range(0, len(parts), 3)]


class Wire:
    """A socket that keeps what it is given, and owes what it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.owes = 0
        self.dropped: list[tuple[int, str]] = []

    def send(self, frames: bytes) -> None:
        self.sent.append(frames)

    def owed(self) -> int:
        return self.owes

    def drop(self, code: int, reason: str) -> None:
        self.dropped.append((code, reason))

    def take(self) -> list[bytes]:
        sent, self.sent = self.sent, []
        return sent


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the relay's own clock, moved by hand."""
    clock = FakeClock(1000.0)
    fake = SimpleNamespace(monotonic=clock, perf_counter=clock)
    monkeypatch.setattr(module, "time", fake)
    return clock


@pytest.fixture
def relay(now: FakeClock) -> Relay:
    stage: Any = SimpleNamespace(
        store=SimpleNamespace(clock=FakeClock()),
        shown=SimpleNamespace(revision=5),
        catch_up=lambda: b"catch-up",
        look=lambda: None,
    )
    return Relay(stage, owed_bytes=100, owed_seconds=10.0)


Join = Callable[..., tuple[Viewer, Wire]]


@pytest.fixture
def join(relay: Relay) -> Join:
    def joined(revision: int | None = 5) -> tuple[Viewer, Wire]:
        wire = Wire()
        viewer = relay.join(wire, revision)
        wire.take()
        return viewer, wire

    return joined


def update(number: int) -> Update:
    return Update(number, f"update {number}".encode())


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

    assert wire.sent[2:] == extra


def test_page_before_the_first_picture_is_greeted_only(relay: Relay) -> None:
    relay.stage.shown = None
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


# ------------------------------------------------------------------ taking turns


class Slow(Wire):
    """A socket that takes the relay's whole slice of time."""

    def __init__(self, now: FakeClock) -> None:
        super().__init__()
        self.now = now

    def send(self, frames: bytes) -> None:
        super().send(frames)
        self.now.advance(1.0)


async def _turns(relay: Relay, wires: list[Slow]) -> list[int]:
    for wire in wires:
        relay.join(wire, 5)
        wire.take()
    relay.broadcast(update(6))
    counts = [sum(len(wire.sent) for wire in wires)]
    relay.broadcast(update(7))
    while counts[-1] < 2 * len(wires):
        await asyncio.sleep(0)
        counts.append(sum(len(wire.sent) for wire in wires))
    return counts


def test_fan_out_lets_others_have_their_turn_and_keeps_the_order(
    relay: Relay, now: FakeClock
) -> None:
    wires = [Slow(now) for _ in range(3)]

    counts = asyncio.run(_turns(relay, wires))

    assert counts == [1, 2, 3, 4, 5, 6]
    assert all(wire.sent == [b"update 6", b"update 7"] for wire in wires)


async def _leaving(relay: Relay, now: FakeClock) -> list[int]:
    wires = [Slow(now) for _ in range(3)]
    viewers = {relay.join(wire, 5): wire for wire in wires}
    for wire in wires:
        wire.take()
    relay.broadcast(update(6))
    for viewer, wire in viewers.items():
        if not wire.sent:
            relay.leave(viewer)
    for _ in range(5):
        await asyncio.sleep(0)
    return sorted(len(wire.sent) for wire in wires)


def test_who_leaves_meanwhile_is_sent_nothing(relay: Relay, now: FakeClock) -> None:
    assert asyncio.run(_leaving(relay, now)) == [0, 0, 1]


async def _held(relay: Relay, now: FakeClock) -> list[bool]:
    for _ in range(2):
        relay.join(Slow(now), 5)
    before = relay.stage.held()
    relay.broadcast(update(6))
    during = relay.stage.held()
    for _ in range(3):
        await asyncio.sleep(0)
    return [before, during, relay.stage.held()]


def test_stage_may_wait_while_an_update_is_being_sent(relay: Relay, now: FakeClock) -> None:
    assert asyncio.run(_held(relay, now)) == [False, True, False]


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


# ------------------------------------------------------------------ slow readers


def test_reader_that_owes_too_many_bytes_is_dropped_and_the_others_get_all(
    relay: Relay, join: Join
) -> None:
    (_, slow), (_, fast) = join(), join()
    slow.owes = 100
    relay.broadcast(update(6))
    slow.owes = 101
    relay.broadcast(update(7))
    relay.broadcast(update(8))

    assert slow.dropped == [(TOO_SLOW, "too slow: reconnect")]
    assert slow.sent == [b"update 6"]
    assert fast.sent == [b"update 6", b"update 7", b"update 8"]
    assert (relay.counts.dropped, len(relay.viewers)) == (1, 1)


def test_reader_that_owes_for_too_long_is_dropped(relay: Relay, join: Join, now: FakeClock) -> None:
    _, slow = join()
    slow.owes = 1
    relay.broadcast(update(6))
    now.advance(10)
    relay.broadcast(update(7))
    assert slow.dropped == []
    now.advance(0.5)
    relay.broadcast(update(8))

    assert [code for code, _ in slow.dropped] == [4008]
    assert slow.sent == [b"update 6", b"update 7"]


def test_reader_that_catches_up_starts_afresh(relay: Relay, join: Join, now: FakeClock) -> None:
    _, wire = join()
    for number, owes in enumerate((1, 0, 1, 0)):
        wire.owes = owes
        relay.broadcast(update(6 + number))
        now.advance(9)

    assert wire.dropped == []
    assert len(wire.sent) == 4


def test_stalled_reader_is_found_between_updates(relay: Relay, join: Join, now: FakeClock) -> None:
    """Beats look after those who owe, also where updates come too often for a beat."""
    _, slow = join()
    slow.owes = 1
    relay.broadcast(update(6))
    for _ in range(11):
        now.advance(1)
        relay.last_sent = now()
        relay.beat()

    assert [code for code, _ in slow.dropped] == [4008]
    assert slow.sent == [b"update 6"]


def test_reader_that_pulls_again_and_again_is_dropped(relay: Relay, join: Join) -> None:
    viewer, wire = join()
    wire.owes = 101
    relay.hold(viewer)
    relay.deliver(viewer, "r", 5, b"body")

    assert [code for code, _ in wire.dropped] == [4008]
    assert wire.sent == []
    assert relay.viewers == set()


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
