"""Who cannot keep up is dropped, and costs nobody anything."""

from __future__ import annotations

from core.tests.live.wires import Join, update

from muntin.live.relay.relay import TOO_SLOW, Relay
from muntin.testing import FakeClock


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


def test_reader_that_owes_from_the_start_is_dropped_though_no_update_comes(
    relay: Relay, join: Join, now: FakeClock
) -> None:
    """However little it is: signs of life are enough to notice."""
    _, stuck = join()
    stuck.owes = 1
    for _ in range(14):
        now.advance(1)
        relay.beat()

    assert [code for code, _ in stuck.dropped] == [4008]


def test_reader_that_pulls_again_and_again_is_dropped(relay: Relay, join: Join) -> None:
    viewer, wire = join()
    wire.owes = 101
    relay.hold(viewer)
    relay.deliver(viewer, "r", 5, b"body")

    assert [code for code, _ in wire.dropped] == [4008]
    assert wire.sent == []
    assert relay.viewers == set()
