"""The relay: sends a stage's finished bytes to every socket and never waits for one."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Protocol

from muntin.live.adapter import message_frames, simple_frames
from muntin.live.stage import Stage, Update

#: Close code for a reader that does not keep up; it comes back and starts afresh.
TOO_SLOW = 4008


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
class Viewer:
    """One connection: whether it follows, what it owes, and a pull that is under way."""

    socket: Socket
    following: bool = False
    pulling: list[Update] | None = None
    owing_since: float | None = None


@dataclass(slots=True)
class Counts:
    """What a relay has done, for `/metrics`."""

    sent: int = 0
    bytes: int = 0
    dropped: int = 0
    fan_out_seconds: float = 0.0


class Relay:
    """Every viewer of a stage; used from the event loop only."""

    def __init__(
        self, stage: Stage, owed_bytes: int = 4_000_000, owed_seconds: float = 10.0
    ) -> None:
        self.stage = stage
        self.viewers: set[Viewer] = set()
        self.counts = Counts()
        self.owed_bytes = owed_bytes
        self.owed_seconds = owed_seconds
        self.last_sent = 0.0

    def join(self, socket: Socket, revision: int | None) -> Viewer:
        """Greet a connection; one that names its page's revision follows at once."""
        viewer = Viewer(socket, following=revision is not None)
        self.viewers.add(viewer)
        socket.send(simple_frames("ACK", {}))
        socket.send(self._beat_frames())
        shown = self.stage.shown
        if revision is not None and shown is not None and shown.revision != revision:
            socket.send(self.stage.catch_up())
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Forget a connection."""
        self.viewers.discard(viewer)

    def broadcast(self, update: Update) -> None:
        """Send one update to every viewer that follows."""
        started = time.perf_counter()
        for viewer in tuple(self.viewers):
            if viewer.pulling is not None:
                viewer.pulling.append(update)
            if viewer.following:
                self._send(viewer, update.frames)
        self.last_sent = time.monotonic()
        self.counts.fan_out_seconds += time.perf_counter() - started

    def beat(self, every: float = 2.0) -> None:
        """Let every viewer know that the server is alive, if nothing else was sent of late."""
        if time.monotonic() - self.last_sent < every - 0.25:
            self._check_owing()
            return
        frames = self._beat_frames()
        for viewer in tuple(self.viewers):
            if viewer.pulling is None:
                self._send(viewer, frames)
        self.last_sent = time.monotonic()

    def _beat_frames(self) -> bytes:
        """Return a heartbeat: a reply to nothing that carries the server's time (ms)."""
        return simple_frames("OK", {"now": round(self.stage.store.clock() * 1000)}, "beat")

    def _check_owing(self) -> None:
        for viewer in tuple(self.viewers):
            self._keeps_up(viewer)

    def _send(self, viewer: Viewer, frames: bytes) -> None:
        if self._keeps_up(viewer):
            viewer.socket.send(frames)
            self.counts.sent += 1
            self.counts.bytes += len(frames)

    def _keeps_up(self, viewer: Viewer) -> bool:
        owed = viewer.socket.owed()
        if not owed:
            viewer.owing_since = None
            return True
        now = time.monotonic()
        viewer.owing_since = viewer.owing_since or now
        if owed <= self.owed_bytes and now - viewer.owing_since <= self.owed_seconds:
            return True
        self.leave(viewer)
        self.counts.dropped += 1
        viewer.socket.drop(TOO_SLOW, "too slow: reconnect")
        return False

    def hold(self, viewer: Viewer) -> None:
        """Begin a pull: updates are kept until the document has been sent."""
        viewer.following = False
        viewer.pulling = []

    def deliver(self, viewer: Viewer, request: str, revision: int, body: bytes) -> None:
        """End a pull: send the document, then what was updated since; follow from then on."""
        header = {"msgid": f"pull-{revision}", "msgtype": "PULL-DOC-REPLY", "reqid": request}
        waiting, viewer.pulling, viewer.following = viewer.pulling or [], None, True
        if not self._keeps_up(viewer):  # who pulls again and again without reading
            return
        viewer.socket.send(message_frames(header, body))
        for update in waiting:
            if update.revision > revision:
                self._send(viewer, update.frames)

    def answer(self, viewer: Viewer, header: dict[str, object]) -> None:
        """Reply to anything else a viewer sends: it is acknowledged and not applied."""
        kind, request = str(header.get("msgtype", "")), str(header.get("msgid", ""))[:64]
        if kind == "SERVER-INFO-REQ":
            import bokeh

            info = {"version_info": {"bokeh": bokeh.__version__, "server": bokeh.__version__}}
            viewer.socket.send(simple_frames("SERVER-INFO-REPLY", info, request))
        else:
            viewer.socket.send(simple_frames("OK", {}, request))


def header_of(text: str) -> dict[str, object] | None:
    """Return a message header, None if the text is not one."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) and "msgtype" in header else None
