"""The server's side of its relay processes: viewers are handed over, updates are sent once each."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import structlog

from muntin.live.frames import Update
from muntin.live.line import receive as receive_here
from muntin.live.relay import Relay, Viewer
from muntin.relays.channel import Channel, Message

log = structlog.get_logger("muntin.relays")

#: Bytes that a process may be behind before updates are merged, and before it is ended.
BEHIND, STUCK = 4_000_000, 64_000_000
#: Seconds until a process that ended is started again: doubled from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class FarSocket:
    """A viewer's connection that another process holds."""

    channel: Channel
    number: int

    def send(self, frames: bytes) -> None:
        """Have bytes sent."""
        self.channel.send("say", frames, viewer=self.number)

    def owed(self) -> int:
        """Return nothing: the other process keeps the count."""
        return 0

    def drop(self, code: int, reason: str) -> None:
        """Have the connection closed."""
        self.channel.send("drop", viewer=self.number, code=code, reason=reason)


@dataclass(slots=True, eq=False)
class Hand:
    """One relay process as the server sees it."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    channel: Channel | None = None
    #: Set while it takes viewers.
    up: asyncio.Event = field(default_factory=asyncio.Event)
    viewers: dict[int, tuple[Relay, Viewer]] = field(default_factory=dict)
    #: How many of them each relay has.
    relays: Counter[Relay] = field(default_factory=Counter)
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    #: Longest hold of its event loop in the last minute and of all, and holds of more than 20 ms.
    longest: float = 0.0
    worst: float = 0.0
    blocks: int = 0


class Pool:
    """Relay processes behind one server; used from the event loop only."""

    def __init__(self, size: int) -> None:
        self.hands = tuple(Hand(str(number + 1)) for number in range(size))
        self._numbers = count(1)
        self._keys: WeakKeyDictionary[Relay, int] = WeakKeyDictionary()
        self._relays: WeakValueDictionary[int, Relay] = WeakValueDictionary()
        self._stopping = False

    def start(self) -> None:
        """Start every process."""
        for hand in self.hands:
            self._start(hand)

    async def ready(self) -> None:
        """Wait until every process takes viewers."""
        await asyncio.gather(*(hand.up.wait() for hand in self.hands))

    def _start(self, hand: Hand) -> None:
        if self._stopping:
            return
        mine, its = socket.socketpair()
        command = [sys.executable, "-P", "-m", "muntin.relays.worker", str(its.fileno())]
        hand.process = subprocess.Popen(  # noqa: S603  # this very Python, and no user's words
            command, pass_fds=(its.fileno(),), stdin=subprocess.DEVNULL
        )
        its.close()
        hand.started_at = time.monotonic()
        hand.channel = Channel(
            mine, lambda message: self._hear(hand, message), lambda: self._lost(hand)
        )

    async def receive(
        self, relay: Relay, taken: socket.socket, early: bytes, revision: int | None,
        holder: str = "",
    ) -> None:  # fmt: skip
        """Hand a viewer to the process with the fewest; keep it here while none is up."""
        hand = min((one for one in self.hands if one.up.is_set()), key=_load, default=None)
        if hand is None or hand.channel is None:
            await receive_here(relay, taken, early, revision, holder)
            return
        number = next(self._numbers)
        greeting, known = relay.greeting(revision)
        shown = relay.stage.shown
        viewer = Viewer(
            FarSocket(hand.channel, number), holder, revision is not None, known, far=True
        )
        hand.viewers[number] = (relay, relay.admit(viewer))
        hand.relays[relay] += 1
        hand.channel.send(
            "viewer", early + b"".join(greeting), taken, viewer=number, relay=self._key(relay),
            follows=viewer.following, revision=known, early=len(early),
            newest=0 if shown is None else shown.revision,
        )  # fmt: skip

    def _key(self, relay: Relay) -> int:
        if relay not in self._keys:
            self._keys[relay] = key = next(self._numbers)
            self._relays[key] = relay
            here = relay.stage.held
            relay.stage.held = lambda: here() or self._behind()
            relay.outlet = lambda update: self._update(relay, update)
        return self._keys[relay]

    def _behind(self) -> bool:
        return any(one.channel is not None and one.channel.owed > BEHIND for one in self.hands)

    def _update(self, relay: Relay, update: Update) -> None:
        key = self._keys[relay]
        for hand in self.hands:
            if hand.channel is None or not hand.relays[relay]:
                continue
            hand.channel.send("update", update.frames, relay=key, revision=update.revision)
            if hand.channel.owed > STUCK and hand.process is not None:
                log.warning("relay process is stuck, and is started again", process=hand.name)
                hand.process.kill()

    def _hear(self, hand: Hand, message: Message) -> None:
        facts = message.facts
        match message.kind:
            case "ready":
                hand.up.set()
            case "left" if facts["viewer"] in hand.viewers:
                relay, viewer = hand.viewers.pop(facts["viewer"])
                hand.relays -= Counter([relay])
                relay.leave(viewer)
            case "missed" if facts["viewer"] in hand.viewers and hand.channel is not None:
                revision, body = hand.viewers[facts["viewer"]][0].missed()
                hand.channel.send("missed", body, viewer=facts["viewer"], revision=revision)
            case "pull" if facts["relay"] in self._relays:
                self._pull(hand, facts["relay"])
            case "counts" if facts["relay"] in self._relays:
                _count(self._relays[facts["relay"]], facts)
            case "pulse":
                hand.longest, hand.worst = facts["longest"], facts["worst"]
                hand.blocks = facts["blocks"]

    def _pull(self, hand: Hand, key: int) -> None:
        loop, channel = asyncio.get_running_loop(), hand.channel
        if channel is None:
            return

        def reply(revision: int, body: bytes) -> None:
            channel.send("pulled", body, relay=key, revision=revision)

        def done(revision: int, body: bytes) -> None:
            loop.call_soon_threadsafe(reply, revision, body)

        self._relays[key].stage.pull(done)

    def _lost(self, hand: Hand) -> None:
        """Forget a process that is gone, and start another: its viewers come back by themselves."""
        hand.up.clear()
        hand.channel = None
        viewers, hand.viewers = hand.viewers, {}
        hand.relays.clear()
        for relay, viewer in viewers.values():
            relay.leave(viewer)
        if self._stopping:
            return
        if time.monotonic() - hand.started_at > LONGEST_PAUSE:
            hand.pause = FIRST_PAUSE
        log.warning("relay process ended", process=hand.name, viewers=len(viewers),
                    starts_again_in=hand.pause)  # fmt: skip
        loop = asyncio.get_running_loop()
        loop.call_later(hand.pause, self._again, hand)
        hand.pause = min(2 * hand.pause, LONGEST_PAUSE)

    def _again(self, hand: Hand) -> None:
        if hand.process is not None:
            hand.process.kill()
            hand.process.wait()
        self._start(hand)

    async def stop(self) -> None:
        """End every process; one that does not within two seconds is killed."""
        self._stopping = True
        for hand in self.hands:
            if hand.channel is not None:
                hand.channel.close()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(None, _end, hand) for hand in self.hands))


def _load(hand: Hand) -> int:
    return len(hand.viewers)


def _count(relay: Relay, facts: dict[str, Any]) -> None:
    relay.counts.sent += facts["sent"]
    relay.counts.bytes += facts["bytes"]
    relay.counts.dropped += facts["dropped"]
    relay.counts.skipped += facts["skipped"]
    relay.counts.fan_out_seconds += facts["fan_out_seconds"]


def _end(hand: Hand) -> None:
    if hand.process is None:
        return
    try:
        hand.process.wait(2.0)
    except subprocess.TimeoutExpired:
        hand.process.kill()
        hand.process.wait()
