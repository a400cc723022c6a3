"""Slow readers: little is kept for them, and what they missed comes as one page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from muntin.live.relay.frames import Update
from muntin.live.relay.relay import SKIP, Connection, Relay
from muntin.testing import FakeClock

CATCH_UP = b"the whole page"


class Narrow:
    """A socket that takes nothing until it is told to."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.waiting: list[bytes] = []
        self.stuck = False
        self.code = 0

    def send(self, frames: bytes) -> None:
        (self.waiting if self.stuck else self.got).append(frames)

    def owed(self) -> int:
        return sum(map(len, self.waiting))

    def drop(self, code: int, reason: str) -> None:
        self.code = code

    def drain(self) -> None:
        self.got, self.waiting, self.stuck = self.got + self.waiting, [], False


class Stage:
    """What the relay asks of a stage."""

    def __init__(self) -> None:
        self.now = FakeClock()
        self.shown: Any = SimpleNamespace(revision=0)
        self.asked = 0

    def catch_up(self) -> bytes:
        self.asked += 1
        return CATCH_UP

    def look(self) -> None: ...

    def pull(self, done: Any) -> None: ...


def stage_of(relay: Relay) -> Stage:
    assert isinstance(relay.stage, Stage)
    return relay.stage


@pytest.fixture
def relay(now: FakeClock) -> Relay:
    """Return a relay whose clock is moved by hand."""
    del now
    return Relay(Stage())


def joined(relay: Relay) -> tuple[Connection, Narrow]:
    wire = Narrow()
    viewer = relay.join(wire, stage_of(relay).shown.revision)
    wire.got.clear()
    return viewer, wire


def write(relay: Relay, times: int = 1, size: int = 50_000) -> list[bytes]:
    """Send updates of a size; return them."""
    sent, shown = [], stage_of(relay).shown
    for _ in range(times):
        shown.revision += 1
        sent.append(shown.revision.to_bytes(2, "big") * (size // 2))
        relay.broadcast(Update(shown.revision, sent[-1]))
    return sent


def test_no_more_than_the_bound_and_one_update_is_held_for_a_stalled_reader(relay: Relay) -> None:
    _, wire = joined(relay)
    wire.stuck = True
    write(relay, 100)

    assert wire.owed() == 150_000 <= SKIP + 50_000
    assert relay.counts.skipped == 97


def test_others_get_every_update_beside_a_stalled_reader(relay: Relay) -> None:
    (_, stalled), (_, other) = joined(relay), joined(relay)
    stalled.stuck = True

    assert write(relay, 100) == other.got


def test_reader_that_takes_all_again_is_caught_up_with_one_page(relay: Relay) -> None:
    viewer, wire = joined(relay)
    wire.stuck = True
    sent = write(relay, 10)
    wire.drain()
    [newest] = write(relay)
    after = write(relay, 2)

    assert wire.got == [*sent[:3], CATCH_UP, *after]
    assert newest not in wire.got
    stage = stage_of(relay)
    assert (stage.asked, viewer.revision) == (1, stage.shown.revision)


def test_reader_is_caught_up_by_the_next_beat_where_nothing_changes(
    relay: Relay, now: FakeClock
) -> None:
    _, wire = joined(relay)
    wire.stuck = True
    write(relay, 4)
    wire.drain()
    now.advance(1.0)
    relay.last_sent = now()
    relay.beat()
    relay.beat()

    assert wire.got[3:] == [CATCH_UP]


def test_reader_that_owes_little_misses_nothing(relay: Relay) -> None:
    _, wire = joined(relay)
    wire.stuck = True
    sent = write(relay, 20, size=3_000)
    wire.drain()

    assert wire.got == sent
    assert relay.counts.skipped == 0


def test_who_owes_much_is_sent_no_beats(relay: Relay, now: FakeClock) -> None:
    viewer, wire = joined(relay)
    wire.stuck = True
    write(relay, 3)
    now.advance(5.0)
    relay.beat()

    assert len(wire.waiting) == 3
    assert not viewer.behind


def test_stalled_reader_is_dropped_in_the_end(relay: Relay, now: FakeClock) -> None:
    _, wire = joined(relay)
    wire.stuck = True
    for _ in range(13):
        write(relay)
        now.advance(1.0)

    assert wire.code == 4008
    assert relay.viewers == set()


def test_what_was_missed_is_asked_for_once_where_the_page_is_elsewhere(now: FakeClock) -> None:
    del now
    asked: list[Connection] = []

    class RemoteRelay(Relay):
        def catch_up(self, viewer: Connection) -> None:
            asked.append(viewer)

    relay = RemoteRelay(Stage())
    viewer, wire = joined(relay)
    wire.stuck = True
    write(relay, 4)
    wire.drain()
    write(relay, 3)
    relay.caught_up(viewer, 7, CATCH_UP)
    [after] = write(relay)

    assert asked == [viewer]
    assert wire.got[3:] == [CATCH_UP, after]
