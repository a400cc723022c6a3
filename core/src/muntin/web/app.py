"""The running app: a stage and a relay for every page, and the clock that watches them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from muntin.live.frames import Update
from muntin.live.line import receive
from muntin.live.relay import Relay
from muntin.live.stage import Stage
from muntin.pages import Page
from muntin.relays.pool import Pool
from muntin.relays.pulse import Pulse
from muntin.site import Site
from muntin.sources.supervisor import Supervisor
from muntin.web.assets import Asset, load
from muntin.web.events import Events
from muntin.web.render import Renderer

log = structlog.get_logger("muntin.web")

#: A view that runs longer than this is reported, seconds; the first picture, for which libraries
#: are imported, may take longer.
HANGS_AFTER, FIRST_HANGS_AFTER = 5.0, 20.0


@dataclass(slots=True)
class App:
    """Everything that serves a site; `start` and `stop` from the event loop."""

    site: Site
    assets: Mapping[str, Asset] = field(default_factory=load)
    stages: dict[str, Stage] = field(default_factory=dict)
    relays: dict[str, Relay] = field(default_factory=dict)
    #: Private pages by slug.
    rooms: dict[str, Any] = field(default_factory=dict)
    started_at: float = field(default_factory=time.time)
    events: Events | None = None
    #: Relay processes beside this one.
    pool: Pool | None = None
    #: Measures for how long the event loop is held; None in a loop of somebody else.
    pulse: Pulse | None = None
    #: Called once every page has its first picture, or has had its time for it.
    settled: Callable[[], object] = lambda: None
    _renderer: Renderer | None = None
    _supervisor: Supervisor | None = None
    _watch: asyncio.Task[None] | None = None
    _hanging: set[str] = field(default_factory=set)

    @property
    def renderer(self) -> Renderer:
        """What makes pages."""
        if self._renderer is None:
            self._renderer = Renderer(self.site, self.assets)
        return self._renderer

    @property
    def receive(self) -> Callable[..., Awaitable[None]]:
        """What brings a viewer into a relay, its handshake done."""
        return receive if self.pool is None else self.pool.receive

    def start(self) -> None:
        """Start the source, then every page's stage."""
        loop = asyncio.get_running_loop()
        if self.pool is not None:
            self.pool.start()
        self.events = Events(self.site)
        self.events.start()
        self._supervisor = Supervisor(self.site.store, self.site.source)
        self._supervisor.start()
        for page in self.site.pages:
            if page.scope == "shared":
                self._open(page.slug, loop)
            else:
                self._open_private(page)
        loop.run_in_executor(None, self._raise_curtains)
        self._watch = loop.create_task(self._watching())

    def _open(self, slug: str, loop: asyncio.AbstractEventLoop) -> None:
        page = self.site.page(slug)
        assert page is not None  # noqa: S101  # slugs come from the site itself

        def emit(update: Update) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(relay.broadcast, update)

        refresh = self.site.config.site.refresh
        stage = Stage(
            page, self.site.store, emit, refresh, self._happened,
            watched=lambda: bool(relay.viewers), traces=self.site.dev,
        )  # fmt: skip
        relay = Relay(stage)
        self.stages[slug], self.relays[slug] = stage, relay

    def _raise_curtains(self) -> None:
        """Start the stages one after another, so that the first page is ready first."""
        self.site.store.wait_loaded(2.0)
        for stage in self.stages.values():
            stage.start()
            stage.ready.wait(3.0)

    def _open_private(self, page: Page) -> None:
        from muntin.web.private import Room

        self.rooms[page.slug] = room = Room(self.site, page)
        room.start()

    def _happened(self, kind: str, subject: str, detail: str) -> None:
        if self.events is not None:
            self.events.happened(kind, subject, detail)

    async def stop(self) -> None:
        """Stop everything; a view that hangs is left behind."""
        if self._watch is not None:
            self._watch.cancel()
        for room in self.rooms.values():
            room.stop()
        for relay in self.relays.values():
            relay.close()
        loop = asyncio.get_running_loop()
        jobs: list[Any] = [
            loop.run_in_executor(None, stage.stop, 1.0) for stage in self.stages.values()
        ]
        if self.events is not None:
            jobs.append(loop.run_in_executor(None, self.events.stop))
        if self._supervisor is not None:
            jobs.append(loop.run_in_executor(None, self._supervisor.stop))
        if self.pool is not None:
            jobs.append(self.pool.stop())
        await asyncio.gather(*jobs)

    async def _watching(self) -> None:
        until = time.monotonic() + FIRST_HANGS_AFTER
        while True:
            await asyncio.sleep(1.0)
            ready = all(stage.ready.is_set() for stage in self.stages.values())
            if until and (ready or time.monotonic() > until):
                until = 0.0
                self.settled()
            for slug, relay in self.relays.items():
                relay.beat()
                self._report(slug, relay.stage)

    def _report(self, slug: str, stage: Stage) -> None:
        panel, seconds = stage.running
        limit = HANGS_AFTER if stage.ready.is_set() else FIRST_HANGS_AFTER
        if seconds > limit and slug not in self._hanging:
            self._hanging.add(slug)
            self._happened("panel-hangs", f"{slug}/{panel}", f"{seconds:.0f} s")
            log.warning("panel hangs", where=f"{slug}/{panel}", seconds=round(seconds, 1))
        elif seconds <= limit and slug in self._hanging:
            self._hanging.discard(slug)
            log.info("panel runs again", where=slug)
