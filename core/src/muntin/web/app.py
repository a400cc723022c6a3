"""The running app: a stage and a relay for every page, and the clock that watches them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from muntin.access import Access, hook_of, open_access
from muntin.live.line import receive
from muntin.live.relay import Relay
from muntin.live.stage import Stage
from muntin.relays.pool import Pool
from muntin.relays.pulse import Pulse
from muntin.site import Site
from muntin.sources.supervisor import Supervisor
from muntin.web.assets import Asset, load
from muntin.web.brief import keep_brief
from muntin.web.events import Events
from muntin.web.guard import CLOSING, Guard, StandIn
from muntin.web.hosts import Hosts
from muntin.web.render import Renderer
from muntin.web.rooms import Rooms
from muntin.web.showings import Showings

log = structlog.get_logger("muntin.web")

#: A view that runs longer than this is reported, seconds; the first picture, for which libraries
#: are imported, may take longer.
HANGS_AFTER, FIRST_HANGS_AFTER = 5.0, 20.0


@dataclass(slots=True)
class App:
    """Everything that serves a site; `start` and `stop` from the event loop.

    `access` decides who comes in; without one, it is that of the site's settings on 127.0.0.1.
    """

    site: Site
    access: Access = None  # type: ignore[assignment]  # set at once, from the site
    assets: Mapping[str, Asset] = field(default_factory=load)
    started_at: float = field(default_factory=time.time)
    events: Events | None = None
    #: Relay processes beside this one.
    pool: Pool | None = None
    #: Measures for how long the event loop is held; None in a loop of somebody else.
    pulse: Pulse | None = None
    #: Called when much was loaded that stays: once every page has its first picture, or has had its
    #: time for it, and when a private page gets its room.
    settled: Callable[[], object] = lambda: None
    guard: Guard = field(init=False)
    showings: Showings = field(init=False)
    #: Of the private pages that were asked for, by slug.
    rooms: Rooms = field(init=False)
    renderer: Renderer = field(init=False)
    _supervisor: Supervisor | None = None
    _watch: asyncio.Task[None] | None = None
    _hanging: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.access = self.access or open_access(
            self.site.config.access, address="127.0.0.1",
            roles=hook_of(self.site.plugins), clock=self.site.store.clock,
        )  # fmt: skip
        self.guard = Guard(self.site, self.access, _hosts(self.access))
        self.showings = Showings(self.site, self._happened, closed=self.access.enabled)
        self.rooms = Rooms(self.site, self.settled)
        self.renderer = Renderer(self.site, self.assets, guarded=self.access.enabled)

    @property
    def identify(self) -> StandIn | None:
        """What says in tests who a request comes from, in place of cookies; None for those."""
        return self.guard.stand_in

    @identify.setter
    def identify(self, stand_in: StandIn | None) -> None:
        self.guard.stand_in = stand_in

    @property
    def stages(self) -> dict[str, Stage]:
        """Every stage there is by its showing's name."""
        return {showing.name: showing.stage for showing in self.showings}

    @property
    def relays(self) -> dict[str, Relay]:
        """Every relay there is by its showing's name."""
        return {showing.name: showing.relay for showing in self.showings}

    @property
    def receive(self) -> Callable[..., Awaitable[None]]:
        """What brings a viewer into a relay, its handshake done."""
        return receive if self.pool is None else self.pool.receive

    def start(self) -> None:
        """Start the source, then every page's stage."""
        loop = asyncio.get_running_loop()
        if self.pool is not None:
            self.pool.start()
        keep_brief()
        self.events = Events(self.site)
        self.events.start()
        self.access.start()
        self._supervisor = Supervisor(self.site.store, self.site.source)
        self._supervisor.start()
        for page in self.site.pages:
            if page.scope == "shared":
                self.showings.whole(page)
        loop.run_in_executor(None, self._raise_curtains, list(self.stages.values()))
        self._watch = loop.create_task(self._watching())

    def _raise_curtains(self, stages: list[Stage]) -> None:
        """Start the stages one after another, so that the first page is ready first."""
        self.site.store.wait_loaded(2.0)
        for stage in stages:
            stage.start()
            stage.ready.wait(3.0)

    def _happened(self, kind: str, subject: str, detail: str) -> None:
        if self.events is not None:
            self.events.happened(kind, subject, detail)

    async def stop(self) -> None:
        """Stop everything; a view that hangs is left behind."""
        if self._watch is not None:
            self._watch.cancel()
        self.rooms.stop()
        for relay in self.relays.values():
            relay.close()
        loop = asyncio.get_running_loop()
        jobs: list[Any] = [
            loop.run_in_executor(None, stage.stop, 1.0) for stage in self.stages.values()
        ]
        jobs.append(loop.run_in_executor(None, self.access.stop))
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
            if self.guard.due():
                self.expel()
            self.showings.sweep()
            for showing in self.showings:
                showing.relay.beat()
                self._report(showing.name, showing.stage)

    def expel(self) -> None:
        """Close the sockets of all whose session is over, or who may see something else now."""
        if not self.access.enabled:
            return
        for showing in self.showings:
            for holder in showing.relay.holders:
                code = self.guard.still(holder, showing.key)
                if code:
                    showing.relay.expel(holder, code, CLOSING[code])
        for room in self.rooms.values():
            room.expel(self.guard)

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


def _hosts(access: Access) -> Hosts:
    """Return the names that a site answers to; every name only where nothing is guarded at all."""
    config = access.config
    given = (*config.hosts, config.oidc.redirect_url)
    return Hosts.of(given, every=not access.enabled and config.insecure and not config.hosts)
