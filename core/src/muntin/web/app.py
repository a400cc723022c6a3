"""The running app: a stage and a relay for every page, and the clock that watches them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from muntin.access import Access, hook_of, open_access
from muntin.live.relay.relay import Relay
from muntin.live.relay.viewer_socket import receive
from muntin.live.stage.protocols import SharedStage
from muntin.live.workers.loop_monitor import LoopMonitor
from muntin.live.workers.pool import WorkerPool
from muntin.site import Site
from muntin.sources.supervisor import Supervisor
from muntin.web.assets import Asset, load
from muntin.web.guard.guard import CLOSING, Guard, StandIn
from muntin.web.guard.hosts import Hosts
from muntin.web.log_filter import bound_logs
from muntin.web.operators.events import Events
from muntin.web.page_variants import FIRST_HANGS_AFTER, PageVariant, PageVariants
from muntin.web.private_pages import PrivatePages
from muntin.web.render import Renderer
from muntin.web.threads import ThreadPool, in_thread

log = structlog.get_logger("muntin.web")

#: Seconds that the parts of a server may take to end; what hangs is left behind.
END_WITHIN = 4.0


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
    pool: WorkerPool | None = None
    #: Measures for how long the event loop is held; None in a loop of somebody else.
    loop_monitor: LoopMonitor | None = None
    #: Called when much was loaded that stays: once every page has its first picture, or has had its
    #: time for it, and when a private page gets its room.
    settled: Callable[[], object] = lambda: None
    guard: Guard = field(init=False)
    variants: PageVariants = field(init=False)
    #: Those that were asked for, by slug.
    private: PrivatePages = field(init=False)
    logins: ThreadPool = field(default_factory=lambda: ThreadPool("login", 2))
    #: For what waits for an identity provider.
    provider: ThreadPool = field(default_factory=lambda: ThreadPool("provider", 4))
    renderer: Renderer = field(init=False)
    #: True once the server is asked to end: what is asked from then on is answered with 503.
    stopping: bool = False
    _supervisor: Supervisor | None = None
    _watch: asyncio.Task[None] | None = None
    _hanging: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.access = self.access or open_access(
            self.site.config.access, address="127.0.0.1",
            roles=hook_of(self.site.plugins), clock=self.site.store.clock,
        )  # fmt: skip
        self.guard = Guard(self.site, self.access, _hosts(self.access))
        self.variants = PageVariants(
            self.site,
            self._happened,
            closed=self.access.enabled,
            relay=Relay if self.pool is None else self.pool.relay,
        )
        self.private = PrivatePages(self.site, self._happened, self.settled)
        self.renderer = Renderer(self.site, self.assets, guarded=self.access.enabled)

    @property
    def identify(self) -> StandIn | None:
        """What says in tests who a request comes from, in place of cookies; None for those."""
        return self.guard.stand_in

    @identify.setter
    def identify(self, stand_in: StandIn | None) -> None:
        self.guard.stand_in = stand_in

    @property
    def stages(self) -> dict[str, SharedStage]:
        """Every stage there is by its page variant's name."""
        return {variant.name: variant.stage for variant in self.variants}

    @property
    def relays(self) -> dict[str, Relay]:
        """Every relay there is by its page variant's name."""
        return {variant.name: variant.relay for variant in self.variants}

    @property
    def receive(self) -> Callable[..., Awaitable[None]]:
        """What brings a viewer into a relay, its handshake done."""
        return receive if self.pool is None else self.pool.receive

    def start(self) -> None:
        """Start the source, then every page's stage."""
        loop = asyncio.get_running_loop()
        if self.pool is not None:
            self.pool.start()
        bound_logs()
        self.events = Events(self.site)
        self.events.start()
        self.access.start()
        self._supervisor = Supervisor(self.site.store, self.site.sources)
        self._supervisor.start()
        for page in self.site.pages:
            if page.scope == "shared":
                self.variants.whole(page)
        variants = list(self.variants)
        threading.Thread(
            target=self._start_variants, args=(variants,), name="first-pictures", daemon=True
        ).start()
        self._watch = loop.create_task(self._watching())

    def _start_variants(self, variants: list[PageVariant]) -> None:
        """Start the pages one after another, so that the first one is ready first."""
        self.site.store.wait_loaded(2.0)
        for variant in variants:
            variant.start()
            variant.stage.ready.wait(3.0)

    def _happened(self, kind: str, subject: str, detail: str) -> None:
        if self.events is not None:
            self.events.happened(kind, subject, detail)

    async def stop(self) -> None:
        """Stop everything; what hangs is left behind."""
        self.stopping = True
        if self._watch is not None:
            self._watch.cancel()
        self.private.stop()
        for relay in self.relays.values():
            relay.close()
        stages = list(self.stages.values())
        jobs: list[Callable[[], object]] = [self.access.stop, lambda: _stop_stages(stages)]
        if self.events is not None:
            jobs.append(self.events.stop)
        if self._supervisor is not None:
            jobs.append(self._supervisor.stop)
        ending = [asyncio.ensure_future(in_thread("ending", job)) for job in jobs]
        if self.pool is not None:
            ending.append(asyncio.ensure_future(self.pool.stop()))
        done, late = await asyncio.wait(ending, timeout=END_WITHIN)
        for task in done:
            task.result()
        if late:
            log.warning("left behind what did not end", parts=len(late))

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
            self.variants.sweep()
            for variant in self.variants:
                variant.relay.beat()
                self._report(variant)
            self._watch_private()

    def expel(self) -> None:
        """Close the sockets of all whose session is over, or who may see something else now."""
        if not self.access.enabled:
            return
        for variant in self.variants:
            for holder in variant.relay.holders:
                code = self.guard.still(holder, variant.key, variant.viewer)
                if code:
                    variant.relay.expel(holder, code, CLOSING[code])
        for page in self.private.values():
            page.expel(self.guard)

    def _watch_private(self) -> None:
        for page in self.private.values():
            page.sweep()
            page.beat()

    def _report(self, variant: PageVariant) -> None:
        name = variant.name
        panel, seconds = variant.stage.running
        if variant.hangs and name not in self._hanging:
            self._hanging.add(name)
            self._happened("panel-hangs", f"{name}/{panel}", f"{seconds:.0f} s")
            log.warning("panel hangs", where=f"{name}/{panel}", seconds=round(seconds, 1))
        elif not variant.hangs and name in self._hanging:
            self._hanging.discard(name)
            log.info("panel runs again", where=name)


def _stop_stages(stages: list[SharedStage]) -> None:
    """End stages, all at the same time; one whose view hangs is left behind."""
    for stage in stages:
        stage.stop(0)
    until = time.monotonic() + 1.0
    for stage in stages:
        stage.stop(max(0.0, until - time.monotonic()))


def _hosts(access: Access) -> Hosts:
    """Return the names that a site answers to; every name only where nothing is guarded at all."""
    config = access.config
    given = (*config.hosts, config.oidc.redirect_url)
    return Hosts.of(given, every=not access.enabled and config.insecure and not config.hosts)
