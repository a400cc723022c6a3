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

from muntin.live.relay.frames import Update
from muntin.live.relay.protocols import RelayedStage
from muntin.live.relay.relay import Connection, Relay
from muntin.live.relay.viewer_socket import receive as receive_here
from muntin.live.workers.channel import Channel, Message

log = structlog.get_logger("muntin.live.workers")

#: Bytes that a process may be behind before updates are merged, and before it is ended.
BEHIND, STUCK = 4_000_000, 64_000_000
#: Seconds until a process that ended is started again: doubled from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class RemoteSocket:
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
class WorkerHandle:
    """One relay process as the server sees it."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    channel: Channel | None = None
    #: Set while it takes viewers.
    up: asyncio.Event = field(default_factory=asyncio.Event)
    viewers: dict[int, tuple[Relay, Connection]] = field(default_factory=dict)
    #: How many of them each relay has.
    relays: Counter[Relay] = field(default_factory=Counter)
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    #: Longest hold of its event loop in the last minute and of all, and holds of more than 20 ms.
    longest: float = 0.0
    worst: float = 0.0
    blocks: int = 0


class PooledRelay(Relay):
    """A relay whose viewers are spread over the processes of a pool."""

    def __init__(self, pool: WorkerPool, stage: RelayedStage, **limits: int) -> None:
        super().__init__(stage, **limits)
        self._pool = pool

    @property
    def sending(self) -> bool:
        """True while an update is still being sent; may be asked from any thread."""
        return super().sending or self._pool.behind(self)

    def broadcast(self, update: Update) -> None:
        """Send one update to every viewer, in whichever process."""
        self._pool.forward(self, update)
        super().broadcast(update)


class WorkerPool:
    """Relay processes behind one server; used from the event loop only."""

    def __init__(self, size: int) -> None:
        self.workers = tuple(WorkerHandle(str(number + 1)) for number in range(size))
        self._numbers = count(1)
        self._keys: WeakKeyDictionary[Relay, int] = WeakKeyDictionary()
        self._relays: WeakValueDictionary[int, Relay] = WeakValueDictionary()
        self._stopping = False

    def start(self) -> None:
        """Start every process."""
        for worker in self.workers:
            self._start(worker)

    async def ready(self) -> None:
        """Wait until every process takes viewers."""
        await asyncio.gather(*(worker.up.wait() for worker in self.workers))

    def _start(self, worker: WorkerHandle) -> None:
        if self._stopping:
            return
        mine, its = socket.socketpair()
        command = [sys.executable, "-P", "-m", "muntin.live.workers.worker", str(its.fileno())]
        worker.process = subprocess.Popen(  # noqa: S603  # this very Python, and no user's words
            command, pass_fds=(its.fileno(),), stdin=subprocess.DEVNULL
        )
        its.close()
        worker.started_at = time.monotonic()
        worker.channel = Channel(
            mine, lambda message: self._hear(worker, message), lambda: self._lost(worker)
        )

    async def receive(
        self, relay: Relay, taken: socket.socket, early: bytes, revision: int | None,
        holder: str = "",
    ) -> None:  # fmt: skip
        """Hand a viewer to the process with the fewest; keep it here while none is up."""
        worker = min((one for one in self.workers if one.up.is_set()), key=_load, default=None)
        if worker is None or worker.channel is None:
            await receive_here(relay, taken, early, revision, holder)
            return
        number = next(self._numbers)
        greeting, known = relay.greeting(revision)
        shown = relay.stage.shown
        viewer = Connection(
            RemoteSocket(worker.channel, number), holder, revision is not None, known, far=True
        )
        worker.viewers[number] = (relay, relay.admit(viewer))
        worker.relays[relay] += 1
        worker.channel.send(
            "viewer", early + b"".join(greeting), taken, viewer=number, relay=self._key(relay),
            follows=viewer.following, revision=known, early=len(early),
            newest=0 if shown is None else shown.revision,
        )  # fmt: skip

    def _key(self, relay: Relay) -> int:
        if relay not in self._keys:
            self._keys[relay] = key = next(self._numbers)
            self._relays[key] = relay
        return self._keys[relay]

    def relay(self, stage: RelayedStage, **limits: int) -> Relay:
        """Return a relay whose viewers the processes share."""
        return PooledRelay(self, stage, **limits)

    def behind(self, relay: Relay) -> bool:
        """Return True if a process with viewers of this relay is far behind."""
        return any(
            worker.channel is not None and worker.relays[relay] and worker.channel.owed > BEHIND
            for worker in self.workers
        )

    def forward(self, relay: Relay, update: Update) -> None:
        """Send an update to every process that has viewers of this relay."""
        key = self._keys.get(relay)
        for worker in self.workers:
            if worker.channel is None or not worker.relays[relay]:
                continue
            worker.channel.send("update", update.frames, relay=key, revision=update.revision)
            if worker.channel.owed > STUCK and worker.process is not None:
                log.warning("relay process is stuck, and is started again", process=worker.name)
                worker.process.kill()

    def _hear(self, worker: WorkerHandle, message: Message) -> None:
        facts = message.facts
        match message.kind:
            case "ready":
                worker.up.set()
            case "left" if facts["viewer"] in worker.viewers:
                relay, viewer = worker.viewers.pop(facts["viewer"])
                worker.relays -= Counter([relay])
                relay.leave(viewer)
            case "missed" if facts["viewer"] in worker.viewers and worker.channel is not None:
                revision, body = worker.viewers[facts["viewer"]][0].missed()
                worker.channel.send("missed", body, viewer=facts["viewer"], revision=revision)
            case "pull" if facts["relay"] in self._relays:
                self._pull(worker, facts["relay"])
            case "counts" if facts["relay"] in self._relays:
                _count(self._relays[facts["relay"]], facts)
            case "loop":
                worker.longest, worker.worst = facts["longest"], facts["worst"]
                worker.blocks = facts["blocks"]

    def _pull(self, worker: WorkerHandle, key: int) -> None:
        loop, channel = asyncio.get_running_loop(), worker.channel
        if channel is None:
            return

        def reply(revision: int, body: bytes) -> None:
            channel.send("pulled", body, relay=key, revision=revision)

        def done(revision: int, body: bytes) -> None:
            loop.call_soon_threadsafe(reply, revision, body)

        self._relays[key].stage.pull(done)

    def _lost(self, worker: WorkerHandle) -> None:
        """Forget a process that is gone, and start another: its viewers come back by themselves."""
        worker.up.clear()
        worker.channel = None
        viewers, worker.viewers = worker.viewers, {}
        worker.relays.clear()
        for relay, viewer in viewers.values():
            relay.leave(viewer)
        if self._stopping:
            return
        if time.monotonic() - worker.started_at > LONGEST_PAUSE:
            worker.pause = FIRST_PAUSE
        log.warning(
            "relay process ended",
            process=worker.name,
            viewers=len(viewers),
            starts_again_in=worker.pause,
        )
        loop = asyncio.get_running_loop()
        loop.call_later(worker.pause, self._again, worker)
        worker.pause = min(2 * worker.pause, LONGEST_PAUSE)

    def _again(self, worker: WorkerHandle) -> None:
        if worker.process is not None:
            worker.process.kill()
            worker.process.wait()
        self._start(worker)

    async def stop(self) -> None:
        """End every process; one that does not within two seconds is killed."""
        self._stopping = True
        for worker in self.workers:
            if worker.channel is not None:
                worker.channel.close()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(None, _end, worker) for worker in self.workers))


def _load(worker: WorkerHandle) -> int:
    return len(worker.viewers)


def _count(relay: Relay, facts: dict[str, Any]) -> None:
    relay.counts.sent += facts["sent"]
    relay.counts.bytes += facts["bytes"]
    relay.counts.dropped += facts["dropped"]
    relay.counts.skipped += facts["skipped"]
    relay.counts.cut += facts["cut"]
    relay.counts.fan_out_seconds += facts["fan_out_seconds"]


def _end(worker: WorkerHandle) -> None:
    if worker.process is None:
        return
    try:
        worker.process.wait(2.0)
    except subprocess.TimeoutExpired:
        worker.process.kill()
        worker.process.wait()
