"""The guard: the one function that every channel asks before it answers.

Pages, sockets, lists for operators, figures for monitors: each route names what it
requires, and `Guard.admit` returns who asks and what they may see, or why they are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from tornado.httputil import HTTPServerRequest

from muntin.access import Access, Policy, Session
from muntin.access.policy import Key, key_of
from muntin.pages import Page, Viewer
from muntin.site import Site
from muntin.web.guard.credentials import ask_of
from muntin.web.guard.hosts import Hosts
from muntin.web.threads import ThreadPool

#: Close codes of sockets: the session has ended; its permissions have changed.
SIGNED_OUT, CHANGED = 4401, 4403
CLOSING = MappingProxyType({SIGNED_OUT: "signed out", CHANGED: "what you may see has changed"})
#: Seconds for which a passed check is valid, and how many are remembered.
RECHECK_AFTER, MAX_CHECKS = 30.0, 20_000
#: Sessions that expire within this many seconds are checked together.
TOGETHER = 10.0
#: Most headers in a request.
MAX_HEADERS = 100

#: Returns who a request comes from, None for a stranger. Somebody without a name sees everything,
#: as where there is no access control.
StandIn = Callable[[HTTPServerRequest], Viewer | None]


class Requirement(Enum):
    """What a route requires of a request; the default is `OPERATORS`."""

    #: Nothing: health, core's static files, the login itself.
    PUBLIC = "public"
    #: A session.
    SIGNED_IN = "signed in"
    #: Permission to see at least one panel of the route's page.
    PAGE = "page"
    OPERATORS = "operators"
    #: Operators, and scrapers that know the token of ``/metrics``.
    METRICS = "metrics"


@dataclass(frozen=True, slots=True, eq=False)
class Permissions:
    """What a session may see of the site; equal permissions are one object."""

    #: Each with only the permitted panels, in the order of the navigation.
    pages: tuple[Page, ...] = ()
    operates: bool = False
    #: False without access control, where everyone may see everything.
    limited: bool = True
    #: Key of each page's variant, by slug.
    keys: Mapping[str, Key] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", {page.slug: key_of(page) for page in self.pages})

    def page(self, slug: str) -> Page | None:
        """Return a page with its permitted panels, None if it has none."""
        return next((page for page in self.pages if page.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An admitted request: its session, permissions and page."""

    session: Session | None
    permissions: Permissions = field(default_factory=Permissions)
    page: Page | None = None

    @property
    def viewer(self) -> Viewer:
        """The signed-in viewer; an anonymous one without a session."""
        return Viewer() if self.session is None else self.session.viewer

    @property
    def holder(self) -> str:
        """Handle of the session whose end closes its sockets; "" without access control."""
        return self.session.id if self.session is not None and self.permissions.limited else ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is refused, as an HTTP status: 401 unknown, 403 forbidden, 421 other host."""

    status: int
    session: Session | None = None


class Guard:
    """Decides for every channel of a site who may see what."""

    def __init__(self, site: Site, access: Access, hosts: Hosts) -> None:
        self.site, self.access, self.hosts = site, access, hosts
        self.policy: Policy = access.policy
        #: Runs plugins' `muntin_roles` hooks.
        self._asking = ThreadPool("roles", 4)
        #: Stands in for the cookie in tests: returns who a request comes from.
        self.stand_in: StandIn | None = None
        self._permissions = lru_cache(maxsize=256)(self._look)
        #: Access version at a connection's last check, and until when that check is valid.
        self._good: dict[tuple[str, Key], tuple[Any, float]] = {}
        #: Access version at the last full check, and until when that check is valid.
        self._stood: Any = None
        self._good_until = float("-inf")
        self._known_permissions: dict[tuple[tuple[Key, ...], bool, bool], Permissions] = {}

    @property
    def enabled(self) -> bool:
        """True if there is access control at all."""
        return self.access.enabled

    async def prepare(self, request: HTTPServerRequest) -> None:
        """Ask plugins for the roles of the request's user, unless they are cached."""
        if not self.enabled or self.access.version is not None:
            return  # no plugin grants roles
        if self.access.must_prepare(ask := ask_of(request)):
            await self._asking.run(self.access.prepare, ask)

    def admit(
        self, request: HTTPServerRequest, requires: Requirement, slug: str = ""
    ) -> Admitted | Refused:
        """Return the session and its permissions if it meets a requirement, else why not."""
        if self.stand_in is None and not self.hosts.know(request.host):
            return Refused(421)
        if len(list(request.headers.get_all())) > MAX_HEADERS:
            return Refused(431)
        session = self.session(request)
        if requires is Requirement.PUBLIC or (
            requires is Requirement.METRICS and self._knows_token(request)
        ):
            return Admitted(session, self.permissions(session))
        if session is None:
            return Refused(401)
        return self._pass(session, requires, slug)

    def _pass(self, session: Session, requires: Requirement, slug: str) -> Admitted | Refused:
        permissions = self.permissions(session)
        page = permissions.page(slug) if requires is Requirement.PAGE else None
        refused = page is None if requires is Requirement.PAGE else not permissions.operates
        if refused and requires is not Requirement.SIGNED_IN:
            return Refused(403, session)
        return Admitted(session, permissions, page)

    def session(self, request: HTTPServerRequest) -> Session | None:
        """Return the valid session of a request, None if it has none."""
        if self.stand_in is not None:
            viewer = self.stand_in(request)
            return None if viewer is None else Session("", viewer, float("inf"), "")
        return self.access.identify(ask_of(request))

    def permissions(self, session: Session | None) -> Permissions:
        """Return the permissions of a session."""
        if session is None:
            return Permissions()
        viewer = session.viewer
        if self.stand_in is not None and viewer.anonymous:
            return Permissions(self.site.pages, operates=True, limited=False)
        enabled = self.enabled or self.stand_in is not None
        return self._permissions(viewer.roles, viewer.anonymous, enabled)

    def _look(self, roles: frozenset[str], anonymous: bool, enabled: bool) -> Permissions:
        viewer = Viewer("" if anonymous else "somebody", roles)
        policy = Policy(enabled, self.policy.operators)
        pages, operates = policy.pages_for(viewer, self.site.pages), policy.may_operate(viewer)
        what = tuple(map(key_of, pages)), operates, policy.enabled
        return self._known_permissions.setdefault(
            what, Permissions(pages, operates, policy.enabled)
        )

    def due(self) -> bool:
        """Return True if it is time to call `still` for every connection.

        That is after each change, when a session expires, and every `RECHECK_AFTER` seconds.
        """
        version, now = self.access.version, self.access.clock()
        if version is not None and version == self._stood and now < self._good_until:
            return False
        self._stood, self._good_until = version, now + RECHECK_AFTER
        return True

    def still(self, handle: str, key: Key, viewer: Viewer | None = None) -> int:
        """Return 0 if a session may still see a page, else the code to close its socket with.

        A personal page is that of a `viewer`: it ends too when other things are said of them. A
        passed check is repeated only after a change and every `RECHECK_AFTER` seconds, by which
        an open page keeps its session from expiring.
        """
        if not self.enabled:
            return 0
        version, now = self.access.version, self.access.clock()
        known = self._good.get((handle, key))
        if known is not None and version is not None and known[0] == version and now < known[1]:
            self._good_until = min(self._good_until, known[1])
            return 0
        session = self.access.session(handle)
        same = session is not None and viewer in {None, session.viewer}
        if session is not None and same and self.permissions(session).keys.get(key[0]) == key:
            again = (now + RECHECK_AFTER) // TOGETHER * TOGETHER
            self._remember(handle, key, version, min(session.expires, again))
            return 0
        self._good.pop((handle, key), None)
        return SIGNED_OUT if session is None else CHANGED

    def _remember(self, handle: str, key: Key, version: Any, until: float) -> None:
        if len(self._good) > MAX_CHECKS:  # most are of people who have left
            self._good.clear()
        self._good[handle, key] = (version, until)
        self._good_until = min(self._good_until, until)

    def _knows_token(self, request: HTTPServerRequest) -> bool:
        return self.access.metrics_allowed(request.headers.get("Authorization", ""))
