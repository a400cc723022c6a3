"""Showings: one stage and one relay for every distinct set of panels that somebody may see."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from muntin.access.policy import Key, key_of
from muntin.live.frames import Update
from muntin.live.relay import Relay
from muntin.live.scene import Happened
from muntin.live.stage import Stage
from muntin.pages import Page
from muntin.site import Site

#: Seconds after which a showing that nobody looks at is closed; whole pages stay.
UNUSED_AFTER = 300.0
#: Showings of parts of pages at a time. There are no more of them than combinations of roles.
LIMIT = 64


@dataclass(slots=True, eq=False)
class Showing:
    """A page, or what of it some viewers may see, with all who look at it."""

    #: The page's slug; for a part of it, with a mark of which panels these are.
    name: str
    page: Page
    stage: Stage
    relay: Relay
    #: True if this is the page with all its panels, which is always kept.
    whole: bool
    key: Key
    used_at: float = field(default_factory=time.monotonic)


class Showings:
    """Opens showings when somebody needs them and closes those that nobody looks at any more."""

    def __init__(self, site: Site, happened: Happened, *, closed: bool) -> None:
        self.site = site
        self._happened = happened
        #: True if viewers are told only of the feeds of their own page.
        self._closed = closed
        self._open: dict[Key, Showing] = {}

    def __iter__(self) -> Iterator[Showing]:
        return iter(tuple(self._open.values()))

    def whole(self, page: Page) -> Showing:
        """Open a page with all its panels; its stage is not started yet."""
        return self._make(page, page.slug, whole=True)

    def of(self, page: Page, key: Key) -> Showing | None:
        """Return the showing of exactly these panels, started; None if there are too many."""
        found = self._open.get(key)
        if found is None:
            if not self._room():
                return None
            mark = hashlib.blake2s(" ".join(sorted(key[1])).encode(), digest_size=3).hexdigest()
            found = self._make(page, f"{page.slug}~{mark}", whole=False)
            found.stage.start()
        found.used_at = time.monotonic()
        return found

    def _make(self, page: Page, name: str, *, whole: bool) -> Showing:
        loop = asyncio.get_running_loop()

        def emit(update: Update) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(relay.broadcast, update)

        stage = Stage(
            page, self.site.store, emit, self.site.config.site.refresh, self._happened,
            watched=lambda: bool(relay.viewers), closed=self._closed, traces=self.site.dev,
        )  # fmt: skip
        relay = Relay(stage)
        made = Showing(name, page, stage, relay, whole, key_of(page))
        self._open[made.key] = made
        return made

    def _room(self) -> bool:
        """Return True if there is room for one more; the one unused for longest makes it."""
        parts = [showing for showing in self if not showing.whole]
        if len(parts) < LIMIT:
            return True
        idle = [showing for showing in parts if not showing.relay.viewers]
        if idle:
            self._close(min(idle, key=lambda one: one.used_at))
        return bool(idle)

    def sweep(self, unused_after: float = UNUSED_AFTER) -> None:
        """Close the parts of pages that nobody has looked at for a while."""
        now = time.monotonic()
        for showing in self:
            if showing.relay.viewers:
                showing.used_at = now
            elif not showing.whole and now - showing.used_at > unused_after:
                self._close(showing)

    def _close(self, showing: Showing) -> None:
        del self._open[showing.key]
        asyncio.get_running_loop().run_in_executor(None, showing.stage.stop, 1.0)
