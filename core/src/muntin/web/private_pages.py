"""Private pages: a Panel session for each viewer, bounded in number, rate and life."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from bokeh.document import Document
from bokeh.util.token import (
    check_token_signature,
    generate_jwt_token,
    generate_session_id,
    get_session_id,
)
from tornado.httputil import HTTPServerRequest

from muntin.access.policy import Key
from muntin.live.bokeh import message_event, message_parts, patch_message
from muntin.live.stage.scene import Happened
from muntin.live.stage.stage import PageState
from muntin.pages import Page
from muntin.panel.visits import VisitRequest
from muntin.site import Site
from muntin.web.guard.guard import CLOSING, Admitted, Guard
from muntin.web.threads import Busy, in_thread

if TYPE_CHECKING:
    from muntin.live.stage.faults import Fault
    from muntin.panel.app_visit import AppVisit
    from muntin.panel.broadcast.stage import Face
    from muntin.panel.page_session import PageSession
    from muntin.web.private_socket import PrivateSocket

log = structlog.get_logger("muntin.web")

#: Seconds that a request waits for the first picture.
PATIENCE = 10.0
#: Sessions of a page; of them, those that one signed-in viewer may have, and those that may wait
#: for their socket.
SESSIONS, PER_OWNER, WAITING = 500, 20, 40
#: Seconds that a session waits for its first socket, and stays after its last one has closed.
UNCLAIMED, LINGER = 15.0, 5.0
#: First pictures of a page drawn at a time, and for one signed-in viewer.
DRAWING, DRAWING_PER_OWNER = 8, 2
#: Sessions begun within a second, on average, and at once.
RATE, BURST = 20.0, 40.0
#: Seconds without an answer from a session's thread until that is reported, and given up.
HANGS_AFTER, GIVEN_UP_AFTER = 5.0, 30.0
#: Sessions that were given up and still hang, of a page and of one signed-in viewer: at so many, no
#: other is begun.
MOST_HANGING, MOST_HANGING_PER_OWNER = 64, 2
#: Different faults of an app that are kept for the operators.
MOST_FAULTS = 20
#: Seconds between two signs of life.
BEAT = 2.0
#: Close code of a session that was given up; the page asks for another one.
HUNG = 4411


class Hangs(Exception):
    """So many sessions of a page hang that no other is begun."""


@dataclass(frozen=True, slots=True)
class SessionOwner:
    """Whose session it is: the login's handle, and the panels that the viewer may see."""

    holder: str
    key: Key


@dataclass(slots=True, eq=False)
class Visit:
    """A session with its owner and its sockets."""

    owner: SessionOwner
    session: PageSession | AppVisit
    #: When the session began, or its last socket closed.
    since: float
    drawn: bool = False
    #: True once a socket has come.
    claimed: bool = False
    sockets: set[PrivateSocket] = field(default_factory=set)

    def join(self, socket: PrivateSocket) -> None:
        """Count a socket in."""
        self.sockets.add(socket)
        self.claimed = True

    @property
    def waiting(self) -> bool:
        """True if it is drawn and no one looks at it."""
        return self.drawn and not self.sockets

    def expired(self, now: float) -> bool:
        """Return True if no one has looked for too long."""
        return self.waiting and now - self.since > (LINGER if self.claimed else UNCLAIMED)

    def hangs(self) -> bool:
        """Return True if its thread has not answered for too long."""
        return self.session.running[1] > HANGS_AFTER


class PrivatePage:
    """Everything that serves one private page; used from the event loop only."""

    def __init__(
        self,
        site: Site,
        slug: str,
        make: Callable[[VisitRequest], PageSession | AppVisit],
        happened: Happened,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.site, self.slug = site, slug
        #: By session id.
        self.visits: dict[str, Visit] = {}
        self._make, self._happened, self._clock = make, happened, clock
        # Sessions do not outlive the process, so neither does the key that signs them.
        self._key = secrets.token_bytes(32)
        #: Sessions that end as soon as their threads are free.
        self._ending: list[Visit] = []
        #: What has failed in apps' sessions of late, by reference: the newest last.
        self.faults: dict[str, Fault] = {}
        #: Panels that were reported to hang.
        self._reported: set[str] = set()
        self._drawing = asyncio.Semaphore(DRAWING)
        self._allowance, self._filled_at = BURST, clock()
        self._beat_at = float("-inf")

    def full(self, holder: str) -> bool:
        """Return True if a viewer has as many sessions, or begins as many, as one may."""
        own = [visit for visit in self.visits.values() if holder and visit.owner.holder == holder]
        drawing = sum(not visit.drawn for visit in own)
        return len(own) >= PER_OWNER or drawing >= DRAWING_PER_OWNER

    def hangs(self, holder: str) -> bool:
        """Return True if so many sessions hang, of the page or of a viewer, that none is begun."""
        self._ending = [visit for visit in self._ending if visit.session.session.alive]
        hanging = [visit for visit in self._ending if visit.hangs()]
        own = sum(bool(holder) and visit.owner.holder == holder for visit in hanging)
        return len(hanging) >= MOST_HANGING or own >= MOST_HANGING_PER_OWNER

    async def open(
        self, request: HTTPServerRequest, page: Page, who: Admitted
    ) -> tuple[str, Any, Any]:
        """Return token, session and first picture for a new viewer; of an app, what is its page.

        Raises TimeoutError if drawing takes too long, Hangs if it is not worth trying, and Busy if
        there are too many sessions or too many begin.
        """
        if self.hangs(who.holder):
            raise Hangs
        if not self._spend() or not self._make_room():
            raise Busy
        session_id = generate_session_id(secret_key=self._key, signed=True)
        token = generate_jwt_token(session_id, secret_key=self._key, signed=True, expiration=300)
        session = self._make(
            VisitRequest(
                self.site,
                page,
                who.viewer,
                request,
                token,
                who.permissions.limited,
                self._happened,
            )
        )
        owner = SessionOwner(who.holder, who.permissions.keys[page.slug])
        self.visits[session_id] = visit = Visit(owner, session, self._clock())
        try:
            shown = await asyncio.wait_for(self._draw(session), PATIENCE)
            visit.drawn, visit.since = True, self._clock()
        finally:
            if not visit.drawn:
                self._drop(session_id)
        return token, session, shown

    async def _draw(self, session: PageSession | AppVisit) -> PageState | Face:
        async with self._drawing:
            session.start()
            await asyncio.wrap_future(session.session.opened)
        assert session.shown is not None  # noqa: S101  # the document is built
        return session.shown

    def _spend(self) -> bool:
        """Return True if one more session may begin now."""
        now = self._clock()
        self._allowance = min(BURST, self._allowance + (now - self._filled_at) * RATE)
        self._filled_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _make_room(self) -> bool:
        """Return True if there is room; the session that waits longest for a socket makes it."""
        waiting = [key for key, visit in self.visits.items() if visit.waiting]
        if len(waiting) >= WAITING:
            self._drop(min(waiting, key=lambda key: self.visits[key].since))
        return len(self.visits) < SESSIONS

    def find(self, token: str, holder: str) -> Visit | None:
        """Return the visit that a token opens, if it is of this very login; else None."""
        try:
            good = check_token_signature(token, secret_key=self._key, signed=True)
            visit = self.visits.get(get_session_id(token)) if good else None
        except (ValueError, KeyError, TypeError):  # no token at all
            return None
        return visit if visit is not None and visit.owner.holder == holder else None

    def left(self, visit: Visit, socket: PrivateSocket) -> None:
        """Forget a socket that has closed."""
        visit.sockets.discard(socket)
        visit.since = self._clock()

    def sweep(self) -> None:
        """End the sessions no one looks at; report those that hang, and give them up."""
        now, hanging = self._clock(), {}
        for session_id, visit in list(self.visits.items()):
            self._note(visit)
            panel, seconds = visit.session.running
            if seconds > HANGS_AFTER:
                hanging[f"{self.slug}/{panel or 'callback'}"] = seconds
            if seconds > GIVEN_UP_AFTER:
                self._drop(session_id, HUNG, "this page does not answer")
            elif visit.expired(now):
                self._drop(session_id)
        for visit in self._ending:
            panel, seconds = visit.session.running
            if visit.session.session.alive and seconds > HANGS_AFTER:
                hanging[f"{self.slug}/{panel or 'callback'}"] = seconds
        self._report(hanging)

    def _note(self, visit: Visit) -> None:
        fault = visit.session.fault
        if fault is not None:
            self.faults[fault.ref] = self.faults.pop(fault.ref, fault)
            if len(self.faults) > MOST_FAULTS:
                del self.faults[next(iter(self.faults))]

    def beat(self) -> None:
        """Tell every viewer that the server is alive, and its time; every two seconds."""
        now = self._clock()
        if now - self._beat_at < BEAT - 0.25:
            return
        self._beat_at = now
        sockets = [socket for visit in self.visits.values() for socket in visit.sockets]
        if sockets:
            event = message_event(Document(), "muntin-beat", round(self.site.store.clock() * 1000))
            parts = message_parts(patch_message([event]))
            for socket in sockets:
                socket.send(parts)

    def _report(self, hanging: Mapping[str, float]) -> None:
        """Report each panel once when it begins to hang, and when it runs again."""
        for where in hanging.keys() - self._reported:
            seconds = round(hanging[where], 1)
            self._happened("panel-hangs", where, f"{seconds:.0f} s")
            log.warning("panel hangs", where=where, seconds=seconds)
        for where in self._reported - hanging.keys():
            log.info("panel runs again", where=where)
        self._reported = set(hanging)

    def _drop(self, session_id: str, code: int = 1001, reason: str = "the session ended") -> None:
        """Forget a session, close its sockets and end it; its thread may hang for longer."""
        visit = self.visits.pop(session_id, None)
        if visit is None:
            return
        self._note(visit)
        for socket in tuple(visit.sockets):
            socket.close(code, reason)
        visit.session.end()
        self._ending.append(visit)

    def expel(self, guard: Guard) -> None:
        """End the sessions of all whose login is over or who may see something else now."""
        for session_id, visit in list(self.visits.items()):
            code = guard.still(visit.owner.holder, visit.owner.key)
            if code:
                self._drop(session_id, code, CLOSING[code])

    def stop(self) -> None:
        """End every session."""
        for session_id in list(self.visits):
            self._drop(session_id, 1001, "the server stops")


class PrivatePages(Mapping[str, PrivatePage]):
    """The private pages that were asked for, by slug; Panel's server is loaded for the first."""

    def __init__(self, site: Site, happened: Happened, settled: Callable[[], object]) -> None:
        self._site, self._happened = site, happened
        #: Called once Panel's server is loaded.
        self._settled = settled
        self._pages: dict[str, PrivatePage] = {}
        self._opening = asyncio.Lock()

    def __getitem__(self, slug: str) -> PrivatePage:
        return self._pages[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)

    async def of(self, slug: str) -> PrivatePage:
        """Return a private page, begun if no one has asked for it before."""
        async with self._opening:
            if slug not in self._pages:
                page = self._site.page(slug)
                app = page is not None and page.app is not None
                load: Callable[[], Callable[[VisitRequest], PageSession | AppVisit]] = (
                    _load_apps if app else _load
                )
                make = await in_thread("load-panel", load)
                self._pages[slug] = PrivatePage(self._site, slug, make, self._happened)
                self._settled()
        return self._pages[slug]

    def stop(self) -> None:
        """End every session."""
        for page in self.values():
            page.stop()


def _load() -> Callable[[VisitRequest], PageSession]:
    from muntin.panel.page_session import PageSession

    return PageSession


def _load_apps() -> Callable[[VisitRequest], AppVisit]:
    from muntin.panel.app_visit import AppVisit

    return AppVisit
