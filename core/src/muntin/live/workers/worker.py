"""One relay process: ``python -m muntin.live.workers.worker HANDLE``, started by the server.

It gets viewers' sockets and finished bytes over the Unix socket HANDLE, and ends when that does.
It loads neither Panel nor Bokeh.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from muntin.live.relay.frames import Update
from muntin.live.relay.relay import Connection, Counts, Relay
from muntin.live.relay.viewer_socket import ViewerSocket, connect
from muntin.live.workers.channel import Channel, Message
from muntin.live.workers.loop_monitor import LoopMonitor, measured_loop


class RemoteStage:
    """The stage as a relay of this process sees it: asked over the channel, once a revision."""

    def __init__(self, ask: Callable[[], None]) -> None:
        #: The newest revision heard of.
        self.newest = 0
        self._ask = ask
        self._document: tuple[int, bytes] | None = None
        self._waiting: list[Callable[[int, bytes], None]] = []

    @property
    def shown(self) -> None:
        """None: the server greets new connections."""

    def now(self) -> float:
        """Return the time, in seconds since the epoch."""
        return time.time()

    def catch_up(self) -> bytes:
        """Return nothing: the server sends what was missed."""
        return b""

    def look(self) -> None:
        """Do nothing: the server knows who looks."""

    def pull(self, done: Callable[[int, bytes], None]) -> None:
        """Have `done` called with the document, which is asked for unless it is known."""
        if self._document is not None and self._document[0] >= self.newest:
            done(*self._document)
            return
        self._waiting.append(done)
        if len(self._waiting) == 1:
            self._ask()

    def pulled(self, revision: int, body: bytes) -> None:
        """Take the document that was asked for; ask again if it is older than what was sent since.

        Who asked after that update would never get it.
        """
        if revision < self.newest:
            self._ask()
            return
        self._document, self.newest = (revision, body), revision
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done(revision, body)


class WorkerRelay(Relay):
    """A relay whose stage is in the server's process."""

    def __init__(self, key: int, worker: Worker) -> None:
        self.remote = RemoteStage(lambda: worker.send("pull", relay=key))
        super().__init__(self.remote)
        self._worker = worker

    def leave(self, viewer: Connection) -> None:
        """Forget a connection, and report it to the server."""
        if viewer in self.viewers:
            super().leave(viewer)
            self._worker.left(viewer)

    def catch_up(self, viewer: Connection) -> None:
        """Ask the server for what a connection has missed."""
        self._worker.missed(viewer)


@dataclass(slots=True)
class Worker:
    """Every relay of this process."""

    end: socket.socket
    loop_monitor: LoopMonitor
    relays: dict[int, WorkerRelay] = field(default_factory=dict)
    viewers: dict[int, tuple[WorkerRelay, Connection]] = field(default_factory=dict)
    _numbers: dict[Connection, int] = field(default_factory=dict)
    _told: dict[int, Counts] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _channel: Channel = field(init=False)

    async def run(self) -> None:
        """Serve until the server is gone."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, over.set)
        self._channel = Channel(self.end, self.hear, over.set)
        self._channel.send("ready")
        beating = loop.create_task(self._beating())
        await over.wait()
        beating.cancel()

    async def _beating(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for relay in self.relays.values():
                relay.beat()
            self._report()

    def hear(self, message: Message) -> None:
        """Do what the server says."""
        facts = message.facts
        match message.kind:
            case "viewer":
                self._admit(message)
            case "update":
                relay = self.relays[facts["relay"]]
                relay.remote.newest = facts["revision"]
                relay.broadcast(Update(facts["revision"], message.body))
            case "pulled":
                self.relays[facts["relay"]].remote.pulled(facts["revision"], message.body)
            case "missed" if facts["viewer"] in self.viewers:
                relay, viewer = self.viewers[facts["viewer"]]
                relay.caught_up(viewer, facts["revision"], message.body)
            case "say" if facts["viewer"] in self.viewers:
                self.viewers[facts["viewer"]][1].socket.send(message.body)
            case "drop" if facts["viewer"] in self.viewers:
                relay, viewer = self.viewers[facts["viewer"]]
                relay.leave(viewer)
                viewer.socket.drop(facts["code"], facts["reason"])

    def _admit(self, message: Message) -> None:
        facts, number = message.facts, message.facts["viewer"]
        assert message.handle is not None  # noqa: S101  # every viewer comes with its socket
        relay = self._relay(facts["relay"])
        relay.remote.newest = max(relay.remote.newest, facts["newest"])
        viewer_socket = ViewerSocket(relay, asyncio.get_running_loop())
        viewer_socket.viewer = viewer = Connection(
            viewer_socket, "", facts["follows"], facts["revision"]
        )
        self.viewers[number], self._numbers[viewer] = (relay, viewer), number
        relay.admit(viewer)
        early = facts["early"]
        viewer_socket.send(message.body[early:])
        taken = socket.socket(fileno=message.handle)
        taken.setblocking(False)
        task = asyncio.get_running_loop().create_task(
            connect(viewer_socket, taken, message.body[:early])
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _relay(self, key: int) -> WorkerRelay:
        if key not in self.relays:
            self.relays[key] = WorkerRelay(key, self)
            self._told[key] = Counts()
        return self.relays[key]

    def send(self, kind: str, **facts: Any) -> None:
        """Send a message to the server."""
        self._channel.send(kind, **facts)

    def left(self, viewer: Connection) -> None:
        """Report that a connection is gone."""
        number = self._numbers.pop(viewer)
        del self.viewers[number]
        self._channel.send("left", viewer=number)

    def missed(self, viewer: Connection) -> None:
        """Ask for what a connection has missed."""
        self._channel.send("missed", viewer=self._numbers[viewer])

    def _report(self) -> None:
        """Tell the server what was sent since it was last told."""
        for key, relay in self.relays.items():
            now, told = relay.counts, self._told[key]
            if now != told:
                self._channel.send("counts", relay=key, **_since(now, told))
                self._told[key] = replace(now)
        loop_monitor = self.loop_monitor
        self._channel.send(
            "loop",
            longest=loop_monitor.longest(),
            worst=loop_monitor.worst,
            blocks=loop_monitor.blocks,
        )


def _since(now: Counts, told: Counts) -> dict[str, Any]:
    return {name: value - getattr(told, name) for name, value in asdict(now).items()}


def main(handle: int) -> None:
    """Serve on a Unix socket that this process has been given."""
    for number in (signal.SIGINT, signal.SIGHUP):  # the server ends; that ends this process
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    loop_monitor = LoopMonitor()
    with asyncio.Runner(loop_factory=lambda: measured_loop(loop_monitor)) as runner:
        runner.run(Worker(socket.socket(fileno=handle), loop_monitor).run())


if __name__ == "__main__":
    main(int(sys.argv[1]))
