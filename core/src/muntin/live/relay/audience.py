"""Connects a stage's thread with its relay's event loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from muntin.live.relay.frames import Update
from muntin.live.relay.relay import Relay


@dataclass(frozen=True, slots=True)
class LoopAudience:
    """The viewers of a relay, for a stage on another thread."""

    relay: Relay
    loop: asyncio.AbstractEventLoop

    @property
    def watched(self) -> bool:
        """True while there are viewers."""
        return bool(self.relay.viewers)

    @property
    def sending(self) -> bool:
        """True while the last update is still being sent."""
        return self.relay.sending

    def emit(self, update: Update) -> None:
        """Broadcast an update from the relay's event loop."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.relay.broadcast, update)
