"""What a stage and its relay need of each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from muntin.live.relay.frames import Update


class Audience(Protocol):
    """The viewers of a stage; used from the stage's thread."""

    @property
    def watched(self) -> bool:
        """True while there are viewers."""
        ...

    @property
    def sending(self) -> bool:
        """True while the last update is still being sent, so that the next one may wait."""
        ...

    def emit(self, update: Update) -> None:
        """Send an update to every viewer; return at once."""
        ...


class NoAudience:
    """Stands in before a stage is started: updates go nowhere."""

    watched, sending = True, False

    def emit(self, update: Update) -> None:
        """Drop an update."""


class Revised(Protocol):
    """The state of a page at one revision."""

    @property
    def revision(self) -> int:
        """Number of the revision; each change increases it."""
        ...


class RelayedStage(Protocol):
    """A stage as its relay sees it, even if the stage runs in another process."""

    @property
    def shown(self) -> Revised | None:
        """The current state; None before the first render."""
        ...

    def now(self) -> float:
        """Return the server's time, in seconds since the epoch."""
        ...

    def catch_up(self) -> bytes:
        """Return the frames that bring a page from any revision to the current one."""
        ...

    def look(self) -> None:
        """Bring the page up to date now: it has its first viewer."""
        ...

    def pull(self, done: Callable[[int, bytes], None]) -> None:
        """Call `done(revision, frames)` with the current document, from any thread."""
        ...
