"""The relay lets others have their turn: a fan-out never holds the event loop."""

from __future__ import annotations

import asyncio

from core.tests.live.wires import Wire, update

from muntin.live.relay.relay import Relay
from muntin.testing import FakeClock


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
    before = relay.sending
    relay.broadcast(update(6))
    during = relay.sending
    for _ in range(3):
        await asyncio.sleep(0)
    return [before, during, relay.sending]


def test_stage_may_wait_while_an_update_is_being_sent(relay: Relay, now: FakeClock) -> None:
    assert asyncio.run(_held(relay, now)) == [False, True, False]
