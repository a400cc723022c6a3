"""What an app has changed: encoded once its callback is done, kept for the next update."""

from __future__ import annotations

from collections.abc import Callable
from traceback import format_exc

from bokeh.document.events import DocumentPatchedEvent

from muntin.live.bokeh import patch_frames
from muntin.live.stage.faults import FAULTS
from muntin.panel.broadcast.failures import Failed

#: Bytes that may wait; with more than that a page is better asked for as a whole.
MOST = 4_000_000


class Outbox:
    """Changes of one document; used from its thread only.

    Changes are encoded one callback at a time, as Bokeh does: what a callback has made new is sent
    as it was at its end, and what the next one adds to it after that.
    """

    def __init__(self, failed: Failed, prepare: Callable[[], None]) -> None:
        #: Called before changes are encoded, with all that is new in the document.
        self._prepare = prepare
        self._failed = failed
        self._events: list[DocumentPatchedEvent] = []
        self._frames: list[bytes] = []
        self.size = 0

    def add(self, event: DocumentPatchedEvent) -> bool:
        """Take a change; return True for the first of a callback."""
        self._events.append(event)
        return len(self._events) == 1

    def encode(self) -> None:
        """Encode the changes there are."""
        events, self._events = self._events, []
        if events:
            self._prepare()
            self._keep(self._encoded(events))

    def drop(self) -> None:
        """Forget the changes: nobody has seen what was before them."""
        self._events = []
        self._frames, self.size = [], 0

    def take(self) -> bytes | None:
        """Return the frames that wait, as one; None if there were too many."""
        self.encode()
        frames, too_many = b"".join(self._frames), self.size > MOST
        self._frames, self.size = [], 0
        return None if too_many else frames

    def _keep(self, frames: bytes) -> None:
        self.size += len(frames)
        if self.size <= MOST:
            self._frames.append(frames)
        else:
            self._frames = []

    def _encoded(self, events: list[DocumentPatchedEvent]) -> bytes:
        """Return the frames of changes; one that cannot be encoded costs the others nothing."""
        try:
            return patch_frames(events)
        except FAULTS:
            if len(events) == 1:
                self._failed(format_exc())
                return b""
        return b"".join(self._encoded([event]) for event in events)
