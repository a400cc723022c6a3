"""One relay process: ``python -m muntin.relays.worker HANDLE``, started by the server.

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
from types import SimpleNamespace
from typing import Any

from muntin.live.frames import Update
from muntin.live.line import Line, connect
from muntin.live.relay import Counts, Relay, Viewer
from muntin.relays.channel import Channel, Message
from muntin.relays.pulse import Pulse, measured_loop


class Distant:
    """The stage as a relay of this process sees it: asked over the channel, once a revision."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self.store = SimpleNamespace(clock=time.time)
        self.shown: Any = None
        self.held: Callable[[], bool] = lambda: False
        #: The newest revision heard of.
        self.newest = 0
        self._ask = ask
        self._document: tuple[int, bytes] | None = None
        self._waiting: list[Callable[[int, bytes], None]] = []

    def catch_up(self) -> bytes:
        """Return nothing: newcomers have been greeted by the server."""
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


@dataclass(slots=True)
class Worker:
    """Every relay of this process."""

    end: socket.socket
    pulse: Pulse
    relays: dict[int, Relay] = field(default_factory=dict)
    viewers: dict[int, tuple[Relay, Viewer]] = field(default_factory=dict)
    _numbers: dict[Viewer, int] = field(default_factory=dict)
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
                relay.stage.newest = facts["revision"]
                relay.broadcast(Update(facts["revision"], message.body))
            case "pulled":
                self.relays[facts["relay"]].stage.pulled(facts["revision"], message.body)
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
        relay.stage.newest = max(relay.stage.newest, facts["newest"])
        line = Line(relay)
        line.viewer = viewer = Viewer(line, "", facts["follows"], facts["revision"])
        self.viewers[number], self._numbers[viewer] = (relay, viewer), number
        relay.admit(viewer)
        early = facts["early"]
        line.send(message.body[early:])
        taken = socket.socket(fileno=message.handle)
        taken.setblocking(False)
        task = asyncio.get_running_loop().create_task(connect(line, taken, message.body[:early]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _relay(self, key: int) -> Relay:
        if key not in self.relays:
            distant = Distant(lambda: self._channel.send("pull", relay=key))
            self.relays[key] = relay = Relay(distant)
            self._told[key] = Counts()
            relay.left = self._left
            relay.catch_up = self._missed
        return self.relays[key]

    def _left(self, viewer: Viewer) -> None:
        number = self._numbers.pop(viewer)
        del self.viewers[number]
        self._channel.send("left", viewer=number)

    def _missed(self, viewer: Viewer) -> None:
        self._channel.send("missed", viewer=self._numbers[viewer])

    def _report(self) -> None:
        """Tell the server what was sent since it was last told."""
        for key, relay in self.relays.items():
            now, told = relay.counts, self._told[key]
            if now != told:
                self._channel.send("counts", relay=key, **_since(now, told))
                self._told[key] = replace(now)
        pulse = self.pulse
        self._channel.send("pulse", longest=pulse.longest(), worst=pulse.worst, blocks=pulse.blocks)


def _since(now: Counts, told: Counts) -> dict[str, Any]:
    return {name: value - getattr(told, name) for name, value in asdict(now).items()}


def main(handle: int) -> None:
    """Serve on a Unix socket that this process has been given."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends; that ends this process
    gc.freeze()
    pulse = Pulse()
    with asyncio.Runner(loop_factory=lambda: measured_loop(pulse)) as runner:
        runner.run(Worker(socket.socket(fileno=handle), pulse).run())


if __name__ == "__main__":
    main(int(sys.argv[1]))
