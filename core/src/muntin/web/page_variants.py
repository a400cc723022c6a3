"""Page variants: one stage and one relay for each distinct set of panels that viewers may see."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from muntin.access.policy import Key, key_of
from muntin.live.relay.audience import LoopAudience
from muntin.live.relay.protocols import Audience
from muntin.live.relay.relay import Relay
from muntin.live.stage.protocols import SharedStage
from muntin.live.stage.scene import Happened
from muntin.live.stage.stage import PageState, Stage
from muntin.pages import Page
from muntin.site import Site

#: Seconds after which a view that still runs is reported; the first picture, for which libraries
#: are imported, may take longer.
HANGS_AFTER, FIRST_HANGS_AFTER = 5.0, 20.0
#: Seconds that a request waits for the first picture, and for one that is up to date.
FIRST_WITHIN, FRESH_WITHIN = 5.0, 1.0
#: Seconds after which a variant without viewers is closed; whole pages stay open.
UNUSED_AFTER = 300.0
#: Most partial variants open at a time. There is at most one for each combination of roles.
LIMIT = 64
#: Bytes that a viewer of an app may owe: its document, and updates since.
APP_OWED = 32_000_000


@dataclass(slots=True, eq=False)
class PageVariant:
    """A page, or the part of it that some viewers may see, with its stage and its viewers."""

    #: The page's slug; for a part of it, with a mark of which panels these are.
    name: str
    page: Page
    stage: SharedStage
    relay: Relay
    audience: Audience
    #: True if this is the page with all its panels, which is always kept.
    whole: bool
    key: Key
    used_at: float = field(default_factory=time.monotonic)
    _settling: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Start rendering."""
        self.stage.start(self.audience)

    @property
    def hangs(self) -> bool:
        """True if a view of the page has been running for too long."""
        limit = HANGS_AFTER if self.stage.ready.is_set() else FIRST_HANGS_AFTER
        return self.stage.running[1] > limit

    async def current(self) -> PageState | None:
        """Return what is shown, up to date unless that takes too long; None before any picture.

        All who ask at the same time wait for the same thing. No one waits for a view that hangs.
        """
        stage = self.stage
        if self.hangs or (stage.ready.is_set() and not stage.behind):
            return stage.shown
        patience = FRESH_WITHIN if stage.ready.is_set() else FIRST_WITHIN
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._settled()), patience)
        return stage.shown

    def _settled(self) -> asyncio.Future[None]:
        if self._settling is None or self._settling.done():
            loop = asyncio.get_running_loop()
            future = self._settling = loop.create_future()

            def finish() -> None:
                if not future.done():
                    future.set_result(None)

            def done() -> None:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(finish)

            self.stage.then(done)
        return self._settling


class PageVariants:
    """Opens variants on demand and closes those without viewers."""

    def __init__(
        self,
        site: Site,
        happened: Happened,
        *,
        closed: bool,
        relay: Callable[..., Relay] = Relay,
    ) -> None:
        self.site = site
        self._relay = relay
        self._happened = happened
        #: True if viewers are told only of the feeds of their own page.
        self._closed = closed
        self._open: dict[Key, PageVariant] = {}

    def __iter__(self) -> Iterator[PageVariant]:
        return iter(tuple(self._open.values()))

    def whole(self, page: Page) -> PageVariant:
        """Open a page with all its panels; its stage is not started yet."""
        return self._make(page, page.slug, whole=True)

    def of(self, page: Page, key: Key) -> PageVariant | None:
        """Return the started variant with exactly these panels; None if too many are open."""
        found = self._open.get(key)
        if found is None:
            if not self._room():
                return None
            mark = hashlib.blake2s(" ".join(sorted(key[1])).encode(), digest_size=3).hexdigest()
            found = self._make(page, f"{page.slug}~{mark}", whole=False)
            found.start()
        found.used_at = time.monotonic()
        return found

    def _make(self, page: Page, name: str, *, whole: bool) -> PageVariant:
        stage = self._stage(page)
        # An app's document may be larger than what a page of panels may hold.
        relay = self._relay(stage, **({} if page.app is None else {"owed_bytes": APP_OWED}))
        audience = LoopAudience(relay, asyncio.get_running_loop())
        made = PageVariant(name, page, stage, relay, audience, whole, key_of(page))
        self._open[made.key] = made
        return made

    def _stage(self, page: Page) -> SharedStage:
        site = self.site
        usual = (page, site.store, site.config.site.refresh, self._happened)
        if page.app is None:
            return Stage(*usual, closed=self._closed, traces=site.dev)
        from muntin.panel.broadcast.stage import AppStage

        return AppStage(*usual, traces=site.dev)

    def _room(self) -> bool:
        """Return True if there is room for one more; the one unused for longest makes it."""
        parts = [variant for variant in self if not variant.whole]
        if len(parts) < LIMIT:
            return True
        idle = [variant for variant in parts if not variant.relay.viewers]
        if idle:
            self._close(min(idle, key=lambda one: one.used_at))
        return bool(idle)

    def sweep(self, unused_after: float = UNUSED_AFTER) -> None:
        """Close the parts of pages that nobody has looked at for a while."""
        now = time.monotonic()
        for variant in self:
            if variant.relay.viewers:
                variant.used_at = now
            elif not variant.whole and now - variant.used_at > unused_after:
                self._close(variant)

    def _close(self, variant: PageVariant) -> None:
        del self._open[variant.key]
        variant.stage.stop(0)
