"""The guard: the one function that every channel asks before it answers.

Pages, sockets, lists for operators, figures for monitors: each route names its door, and
`Guard.admit` says who stands there and what of the site they may see, or why they may not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from tornado.httputil import HTTPServerRequest

from muntin.access import Access, Policy, Session
from muntin.access.policy import Key, key_of
from muntin.pages import Page
from muntin.site import Site
from muntin.viewers import Viewer
from muntin.web.hosts import Hosts
from muntin.web.identify import ask_of

#: Close codes of sockets: sign in again, or ask again for what is left to you.
SIGNED_OUT, CHANGED = 4401, 4403
CLOSING = MappingProxyType({SIGNED_OUT: "signed out", CHANGED: "what you may see has changed"})
#: Seconds after which a connection is looked at anew, and how many are remembered at most.
AGAIN, MANY = 30.0, 20_000
#: Those whose time is up within as many seconds are looked at together.
TOGETHER = 10.0
#: Headers that one request may have.
HEADERS = 100

#: Returns who a request comes from, None for a stranger. Somebody without a name sees everything,
#: as where there is no access control.
StandIn = Callable[[HTTPServerRequest], Viewer | None]


class Door(Enum):
    """Who may pass; a route that names none is for operators."""

    #: Anybody, signed in or not: health, static files of core, the login itself.
    PUBLIC = "public"
    #: Whoever has a session.
    SIGNED_IN = "signed in"
    #: Whoever may see something of the route's page.
    PAGE = "page"
    OPERATORS = "operators"
    #: Operators, and scrapers that know the token of ``/metrics``.
    METRICS = "metrics"


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What somebody may see of the site; one and the same for all who may see the same."""

    #: Each with only the panels that are theirs, in the order of the navigation.
    pages: tuple[Page, ...] = ()
    operates: bool = False
    #: False where there is no access control, so that nothing is kept from anybody.
    limited: bool = True
    #: What tells each page from its other versions, by slug.
    keys: Mapping[str, Key] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", {page.slug: key_of(page) for page in self.pages})

    def page(self, slug: str) -> Page | None:
        """Return a page as it is for them, None if it is not."""
        return next((page for page in self.pages if page.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may pass: their session, what they may see, and the page they asked for."""

    session: Session | None
    sight: Sight = field(default_factory=Sight)
    page: Page | None = None

    @property
    def viewer(self) -> Viewer:
        """Who it is; nobody by name where nobody signed in."""
        return Viewer() if self.session is None else self.session.viewer

    @property
    def holder(self) -> str:
        """Handle of the session that sockets end with; "" where nobody signs in."""
        return self.session.id if self.session is not None and self.sight.limited else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody may not pass, as an HTTP status: 401 unknown, 403 not theirs, 421 not here."""

    status: int
    session: Session | None = None


class Guard:
    """Decides for every channel of a site."""

    def __init__(self, site: Site, access: Access, hosts: Hosts) -> None:
        self.site, self.access, self.hosts = site, access, hosts
        self.policy: Policy = access.policy
        #: Stands in for the cookie in tests: returns who a request comes from.
        self.stand_in: StandIn | None = None
        self._sight = lru_cache(maxsize=256)(self._look)
        #: When those who may look were last seen to be right, and until when that is good.
        self._good: dict[tuple[str, Key], tuple[Any, float]] = {}
        #: What stood when all who look were last asked for, and until when all of them are good.
        self._stood: Any = None
        self._good_until = float("-inf")
        self._sights: dict[tuple[tuple[Key, ...], bool, bool], Sight] = {}

    @property
    def enabled(self) -> bool:
        """True if there is access control at all."""
        return self.access.enabled

    async def prepare(self, request: HTTPServerRequest) -> None:
        """Have plugins asked for the roles of whoever is asking, if that was not done lately."""
        if not self.enabled or self.access.version is not None:
            return  # no plugin grants roles
        if self.access.must_prepare(ask := ask_of(request)):
            await asyncio.get_running_loop().run_in_executor(None, self.access.prepare, ask)

    def admit(self, request: HTTPServerRequest, door: Door, slug: str = "") -> Admitted | Refused:
        """Return who may pass a door, and what they may see; or why not."""
        if self.stand_in is None and not self.hosts.know(request.host):
            return Refused(421)
        if len(list(request.headers.get_all())) > HEADERS:
            return Refused(431)
        session = self.session(request)
        if door is Door.PUBLIC or (door is Door.METRICS and self._knows_token(request)):
            return Admitted(session, self.sight(session))
        if session is None:
            return Refused(401)
        return self._pass(session, door, slug)

    def _pass(self, session: Session, door: Door, slug: str) -> Admitted | Refused:
        sight = self.sight(session)
        page = sight.page(slug) if door is Door.PAGE else None
        refused = page is None if door is Door.PAGE else not sight.operates
        if refused and door is not Door.SIGNED_IN:
            return Refused(403, session)
        return Admitted(session, sight, page)

    def session(self, request: HTTPServerRequest) -> Session | None:
        """Return the session that a request belongs to, None if it has none that is good."""
        if self.stand_in is not None:
            viewer = self.stand_in(request)
            return None if viewer is None else Session("", viewer, float("inf"), "")
        return self.access.identify(ask_of(request))

    def sight(self, session: Session | None) -> Sight:
        """Return what the holder of a session may see."""
        if session is None:
            return Sight()
        viewer = session.viewer
        if self.stand_in is not None and viewer.anonymous:
            return Sight(self.site.pages, operates=True, limited=False)
        enabled = self.enabled or self.stand_in is not None
        return self._sight(viewer.roles, viewer.anonymous, enabled)

    def _look(self, roles: frozenset[str], anonymous: bool, enabled: bool) -> Sight:
        viewer = Viewer("" if anonymous else "somebody", roles)
        policy = Policy(enabled, self.policy.operators)
        pages, operates = policy.pages_for(viewer, self.site.pages), policy.may_operate(viewer)
        what = tuple(map(key_of, pages)), operates, policy.enabled
        return self._sights.setdefault(what, Sight(pages, operates, policy.enabled))

    def due(self) -> bool:
        """Return True if it is time to ask `still` for everybody who looks.

        That is once something has changed, once somebody's time is up, and every `AGAIN` seconds.
        """
        version, now = self.access.version, self.site.store.clock()
        if version is not None and version == self._stood and now < self._good_until:
            return False
        self._stood, self._good_until = version, now + AGAIN
        return True

    def still(self, handle: str, key: Key) -> int:
        """Return 0 if a session may go on looking at a page, else the code to close it with.

        Who was right is asked again only after something has changed, and every `AGAIN` seconds, by
        which an open page keeps its session in use.
        """
        if not self.enabled:
            return 0
        version, now = self.access.version, self.site.store.clock()
        known = self._good.get((handle, key))
        if known is not None and version is not None and known[0] == version and now < known[1]:
            self._good_until = min(self._good_until, known[1])
            return 0
        session = self.access.session(handle)
        if session is not None and self.sight(session).keys.get(key[0]) == key:
            again = (now + AGAIN) // TOGETHER * TOGETHER
            self._remember(handle, key, version, min(session.expires, again))
            return 0
        self._good.pop((handle, key), None)
        return SIGNED_OUT if session is None else CHANGED

    def _remember(self, handle: str, key: Key, version: Any, until: float) -> None:
        if len(self._good) > MANY:  # most are of people who have left
            self._good.clear()
        self._good[handle, key] = (version, until)
        self._good_until = min(self._good_until, until)

    def _knows_token(self, request: HTTPServerRequest) -> bool:
        return self.access.metrics_allowed(request.headers.get("Authorization", ""))
