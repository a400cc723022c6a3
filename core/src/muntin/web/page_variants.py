"""Page variants: one stage and one relay for each distinct set of panels that viewers may see.

A personal page has one for each viewer.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from muntin.access.policy import Key, key_of
from muntin.live.relay.audience import LoopAudience
from muntin.live.relay.protocols import Audience
from muntin.live.relay.relay import Relay
from muntin.live.stage.protocols import SharedStage
from muntin.live.stage.scene import Happened
from muntin.live.stage.stage import Owner, PageState, Stage
from muntin.live.stage.turns import Turns
from muntin.pages import Page, Viewer
from muntin.site import Site
from muntin.web.guard.guard import Admitted

#: Seconds after which a view that still runs is reported; the first picture, for which libraries
#: are imported, may take longer.
HANGS_AFTER, FIRST_HANGS_AFTER = 5.0, 20.0
#: Seconds that a request waits for the first picture, and for one that is up to date.
FIRST_WITHIN, FRESH_WITHIN = 5.0, 1.0
#: Seconds after which a part of a page without viewers is closed, and a viewer's own page; whole
#: pages stay open.
UNUSED_AFTER, OWN_UNUSED_AFTER = 300.0, 60.0
#: Most parts of pages open at a time, at most one for each combination of roles; and most pages of
#: single viewers.
LIMIT, OWN_LIMIT = 64, 500
#: Bytes that a viewer of an app may owe: its document, and updates since.
APP_OWED = 32_000_000


@dataclass(slots=True, eq=False)
class PageVariant:
    """A page, or the part of it that some viewers may see, with its stage and its viewers."""

    #: The page's slug; for a part of it, with a mark of which panels these are; for the page of one
    #: viewer, with a number.
    name: str
    page: Page
    stage: SharedStage
    relay: Relay
    audience: Audience
    #: True if this is the page with all its panels, which is always kept.
    whole: bool
    key: Key
    #: Whose page it is, if it is personal.
    viewer: Viewer | None = None
    used_at: float = field(default_factory=time.monotonic)
    _settling: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Start rendering."""
        self.stage.start(self.audience)

    @property
    def label(self) -> str:
        """What operators read: the name, and one for all viewers' copies of a personal page."""
        return self.name if self.viewer is None else self.page.slug

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
        self._open: dict[tuple[Key, Viewer | None], PageVariant] = {}
        self._numbers = count(1)
        #: Highest revision of those that were closed. The next ones count on from there, so that a
        #: browser that comes back never takes another document for the one it has.
        self._revision = 0
        self._turns: defaultdict[str, Turns] = defaultdict(Turns)

    def __iter__(self) -> Iterator[PageVariant]:
        return iter(tuple(self._open.values()))

    def by_label(self) -> dict[str, list[PageVariant]]:
        """Return the open variants by label: viewers' own pages are not told apart."""
        found: dict[str, list[PageVariant]] = {}
        for variant in self:
            found.setdefault(variant.label, []).append(variant)
        return found

    def whole(self, page: Page) -> PageVariant:
        """Open a page with all its panels; its stage is not started yet."""
        return self._make(page, page.slug, whole=True)

    def of(self, page: Page, who: Admitted) -> PageVariant | None:
        """Return the started variant with exactly what somebody may see; None if there is no room.

        That of a personal page is the viewer's own.
        """
        key = who.permissions.keys[page.slug]
        viewer = who.viewer if page.scope == "personal" else None
        found = self._open.get((key, viewer))
        if found is None:
            if not self._room(own=viewer is not None):
                return None
            found = self._make(page, self._name(page, key, viewer), whole=False, viewer=viewer)
            found.start()
        found.used_at = time.monotonic()
        return found

    def _name(self, page: Page, key: Key, viewer: Viewer | None) -> str:
        if viewer is not None:
            return f"{page.slug}~{next(self._numbers)}"
        mark = hashlib.blake2s(" ".join(sorted(key[1])).encode(), digest_size=3).hexdigest()
        return f"{page.slug}~{mark}"

    def _make(
        self, page: Page, name: str, *, whole: bool, viewer: Viewer | None = None
    ) -> PageVariant:
        stage = self._stage(page, viewer)
        # An app's document may be larger than what a page of panels may hold.
        relay = self._relay(stage, **({} if page.app is None else {"owed_bytes": APP_OWED}))
        audience = LoopAudience(relay, asyncio.get_running_loop())
        made = PageVariant(name, page, stage, relay, audience, whole, key_of(page), viewer)
        self._open[made.key, viewer] = made
        return made

    def _stage(self, page: Page, viewer: Viewer | None) -> SharedStage:
        site = self.site
        usual = (page, site.store, site.config.site.refresh, self._happened)
        if page.app is None:
            return Stage(
                *usual,
                closed=self._closed,
                traces=site.dev,
                owner=None if viewer is None else Owner(viewer, self._turns[page.slug]),
                revision=self._revision,
            )
        from muntin.panel.broadcast.stage import AppStage

        return AppStage(*usual, traces=site.dev)

    def _room(self, *, own: bool) -> bool:
        """Return True if there is room for one more; the one unused for longest makes it."""
        parts = [one for one in self if not one.whole and (one.viewer is not None) == own]
        if len(parts) < (OWN_LIMIT if own else LIMIT):
            return True
        idle = [variant for variant in parts if not variant.relay.viewers]
        if idle:
            self._close(min(idle, key=lambda one: one.used_at))
        return bool(idle)

    def sweep(self, now: float | None = None) -> None:
        """Close the parts of pages, and viewers' own pages, that nobody has looked at of late."""
        now = time.monotonic() if now is None else now
        for variant in self:
            limit = UNUSED_AFTER if variant.viewer is None else OWN_UNUSED_AFTER
            if variant.relay.viewers:
                variant.used_at = now
            elif not variant.whole and now - variant.used_at > limit:
                self._close(variant)

    def _close(self, variant: PageVariant) -> None:
        del self._open[variant.key, variant.viewer]
        shown = variant.stage.shown
        self._revision = max(self._revision, 0 if shown is None else shown.revision)
        variant.stage.stop(0)
