"""The relay: sends a stage's finished bytes to every socket and never waits for one.

It needs nothing of Bokeh, so that a process of its own can do it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Protocol

from muntin.live.relay.frames import Update, message_frames, simple_frames
from muntin.live.relay.protocols import RelayedStage

#: Close code for a reader that does not keep up; it comes back and starts afresh.
TOO_SLOW = 4008
#: Close code of a server that ends.
GOING_AWAY = 1001

#: Message by which a viewer asks for the document.
PULL = "PULL-DOC-REQ"

#: Bytes that a viewer may owe and still be sent the next update. Beyond, it misses updates until it
#: has taken all it was sent, and gets the page as it is then: less to hold, and less to wait for.
SKIP = 128_000

#: Seconds for which viewers are sent to before others on the event loop have their turn.
SLICE = 0.005


class Socket(Protocol):
    """What the relay needs of a connection."""

    def send(self, frames: bytes) -> None:
        """Hand bytes to the network without waiting; raise nothing."""
        ...

    def owed(self) -> int:
        """Return how many bytes the network has not taken yet."""
        ...

    def drop(self, code: int, reason: str) -> None:
        """Close the connection, at once if it is stuck."""
        ...


@dataclass(slots=True, eq=False)
class Connection:
    """One connection: whether it follows, what it owes, and a pull that is under way."""

    socket: Socket
    #: Handle of the session by which it came in.
    holder: str = ""
    following: bool = False
    #: The newest revision it has been sent.
    revision: int = 0
    pulling: list[Update] | None = None
    owing_since: float | None = None
    #: True while it misses updates, and once what it has missed was asked for.
    behind: bool = False
    catching_up: bool = False
    #: True if another process sends to it.
    far: bool = False


@dataclass(slots=True)
class Counts:
    """What a relay has done, for `/metrics`."""

    sent: int = 0
    bytes: int = 0
    dropped: int = 0
    #: Updates that viewers missed who owed too much.
    skipped: int = 0
    #: Connections closed for what they sent: too much, or nothing that makes sense.
    cut: int = 0
    fan_out_seconds: float = 0.0


class Relay:
    """Every viewer of a stage; used from the event loop only."""

    def __init__(
        self,
        stage: RelayedStage,
        owed_bytes: int = 4_000_000,
        owed_seconds: float = 10.0,
        skip_bytes: int = SKIP,
    ) -> None:
        self.stage = stage
        self.viewers: set[Connection] = set()
        self.counts = Counts()
        self.owed_bytes = owed_bytes
        self.owed_seconds = owed_seconds
        self.skip_bytes = skip_bytes
        self.last_sent = 0.0
        self._jobs: deque[tuple[Update, Iterator[Connection]]] = deque()

    @property
    def sending(self) -> bool:
        """True while an update is still being sent; may be asked from any thread."""
        return bool(self._jobs)

    def join(self, socket: Socket, revision: int | None, holder: str = "") -> Connection:
        """Greet a connection; one that names its page's revision follows at once."""
        greeting, known = self.greeting(revision)
        viewer = self.admit(Connection(socket, holder, revision is not None, known))
        for frames in greeting:
            socket.send(frames)
        return viewer

    def greeting(self, revision: int | None) -> tuple[list[bytes], int]:
        """Return what a newcomer is sent, and the revision that it has then."""
        shown = self.stage.shown
        hello, beat = simple_frames("ACK", {}), self._beat_frames()
        if revision is None or shown is None:
            return [hello, beat], 0
        missed = [self.stage.catch_up()] if shown.revision != revision else []
        # The beat comes last: from then on what the newcomer shows is of now.
        return [hello, *missed, beat], shown.revision

    def missed(self) -> tuple[int, bytes]:
        """Return the current revision, and the frames that bring a page up to it.

        They name the scripts of the charts, so that the page pulls the charts again.
        """
        shown = self.stage.shown
        return (0, b"") if shown is None else (shown.revision, self.stage.catch_up())

    def catch_up(self, viewer: Connection) -> None:
        """Send a connection what it has missed."""
        self.caught_up(viewer, *self.missed())

    def caught_up(self, viewer: Connection, revision: int, frames: bytes) -> None:
        """Send a viewer what it has missed; it follows again from that revision on."""
        viewer.behind = viewer.catching_up = False
        viewer.revision = revision
        if viewer in self.viewers:
            self._hand_over(viewer, frames)

    def admit(self, viewer: Connection) -> Connection:
        """Count a viewer in, who has been greeted."""
        self.viewers.add(viewer)
        if len(self.viewers) == 1:
            self.stage.look()
        return viewer

    def leave(self, viewer: Connection) -> None:
        """Forget a connection."""
        self.viewers.discard(viewer)

    @property
    def holders(self) -> frozenset[str]:
        """Handles of the sessions that are connected."""
        return frozenset(viewer.holder for viewer in self.viewers)

    def expel(self, holder: str, code: int, reason: str) -> None:
        """Close every connection of a session; none of them is sent anything from here on."""
        for viewer in [one for one in self.viewers if one.holder == holder]:
            self.leave(viewer)
            viewer.socket.drop(code, reason)

    def close(self) -> None:
        """Let every viewer go: the server stops."""
        for viewer in tuple(self.viewers):
            self.leave(viewer)
            viewer.socket.drop(GOING_AWAY, "the server stops")

    def broadcast(self, update: Update) -> None:
        """Send one update to every viewer that follows, after all updates before it.

        The event loop is not held: after a few milliseconds the rest is sent at its next turn.
        """
        self._jobs.append((update, iter(tuple(self.viewers))))
        if len(self._jobs) == 1:
            self._send_on()

    def _send_on(self) -> None:
        started = time.perf_counter()
        until = started + SLICE
        while self._jobs:
            update, viewers = self._jobs[0]
            for viewer in viewers:
                self._pass(viewer, update)
                if time.perf_counter() > until and _later(self._send_on):
                    self.counts.fan_out_seconds += time.perf_counter() - started
                    return
            self._jobs.popleft()
        self.last_sent = time.monotonic()
        self.counts.fan_out_seconds += time.perf_counter() - started

    def _pass(self, viewer: Connection, update: Update) -> None:
        """Send an update to one viewer, if it wants it and has not had it."""
        if viewer.far or viewer not in self.viewers:
            return
        if viewer.pulling is not None:
            viewer.pulling.append(update)
        elif not update.revision or (viewer.following and update.revision > viewer.revision):
            self._send(viewer, update)

    def beat(self, every: float = 2.0) -> None:
        """Let every viewer know that the server is alive, if nothing else was sent of late."""
        if self._jobs or time.monotonic() - self.last_sent < every - 0.25:
            self._check_owing()
            return
        frames = self._beat_frames()
        self._jobs.append((Update(0, frames), iter(tuple(self.viewers))))
        self._send_on()

    def _beat_frames(self) -> bytes:
        """Return a heartbeat: a reply to nothing that carries the server's time (ms)."""
        return simple_frames("OK", {"now": round(self.stage.now() * 1000)}, "beat")

    def _check_owing(self) -> None:
        for viewer in tuple(self.viewers):
            if not viewer.far:
                self._keeps_up(viewer)

    def _send(self, viewer: Connection, update: Update) -> None:
        if not self._keeps_up(viewer) or 0 < update.revision <= viewer.revision:
            return  # dropped, or caught up by now
        if viewer.behind or (viewer.owing_since and viewer.socket.owed() > self.skip_bytes):
            viewer.behind |= bool(update.revision)
            self.counts.skipped += bool(update.revision)
            return
        viewer.revision = update.revision or viewer.revision
        self._hand_over(viewer, update.frames)

    def _hand_over(self, viewer: Connection, frames: bytes) -> None:
        viewer.socket.send(frames)
        self.counts.sent += 1
        self.counts.bytes += len(frames)

    def _keeps_up(self, viewer: Connection) -> bool:
        owed = viewer.socket.owed()
        if not owed:
            viewer.owing_since = None
            if viewer.behind and not viewer.catching_up:
                viewer.catching_up = True
                self.catch_up(viewer)
            return True
        now = time.monotonic()
        viewer.owing_since = viewer.owing_since or now
        if owed <= self.owed_bytes and now - viewer.owing_since <= self.owed_seconds:
            return True
        self.leave(viewer)
        self.counts.dropped += 1
        viewer.socket.drop(TOO_SLOW, "too slow: reconnect")
        return False

    def hold(self, viewer: Connection) -> None:
        """Begin a pull: updates are kept until the document has been sent."""
        viewer.following = False
        viewer.pulling = []

    def asked(self, viewer: Connection, header: dict[str, object]) -> None:
        """Do what a message of a viewer asks for."""
        if header.get("msgtype") != PULL:
            self.answer(viewer, header)
        elif viewer.pulling is None:
            loop, request = asyncio.get_running_loop(), str(header.get("msgid", ""))[:64]
            self.hold(viewer)

            def done(revision: int, body: bytes) -> None:
                loop.call_soon_threadsafe(self.deliver, viewer, request, revision, body)

            self.stage.pull(done)

    def deliver(self, viewer: Connection, request: str, revision: int, body: bytes) -> None:
        """End a pull: send the document, then what was updated since; follow from then on."""
        header = {"msgid": f"pull-{revision}", "msgtype": "PULL-DOC-REPLY", "reqid": request}
        waiting, viewer.pulling, viewer.following = viewer.pulling or [], None, True
        viewer.revision = revision
        if viewer not in self.viewers or not self._keeps_up(viewer):
            return  # gone, or one who pulls again and again without reading
        viewer.socket.send(message_frames(header, body))
        for update in waiting:
            if update.revision:
                self._pass(viewer, update)

    def answer(self, viewer: Connection, header: dict[str, object]) -> None:
        """Reply to anything else a viewer sends: it is acknowledged and not applied."""
        kind, request = str(header.get("msgtype", "")), str(header.get("msgid", ""))[:64]
        if kind == "SERVER-INFO-REQ":
            viewer.socket.send(simple_frames("SERVER-INFO-REPLY", _server_info(), request))
        else:
            viewer.socket.send(simple_frames("OK", {}, request))


@lru_cache(maxsize=1)
def _server_info() -> dict[str, object]:
    """Return the versions that Bokeh's clients ask for, read from disk once."""
    bokeh = version("bokeh")
    return {"version_info": {"bokeh": bokeh, "server": bokeh}}


def _later(job: Callable[[], None]) -> bool:
    """Have a job done at the event loop's next turn; return False where none is running."""
    try:
        asyncio.get_running_loop().call_soon(job)
    except RuntimeError:
        return False
    return True


def header_of(text: str) -> dict[str, object] | None:
    """Return a message header, None if the text is not one."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) and "msgtype" in header else None
