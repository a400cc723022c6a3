"""Access: who is asking, and whether they are still welcome."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import structlog

from muntin.access.audit import Audit
from muntin.access.errors import ProviderError, RefusedError
from muntin.access.identity import Ask, Begun, Login, Session
from muntin.access.limiter import Limiter
from muntin.access.names import MAX_NAME, name_key
from muntin.access.passwords import Busy, Passwords
from muntin.access.policy import Policy
from muntin.access.proxy import Proxy
from muntin.access.roles import Granted
from muntin.access.sessionfile import SessionFile
from muntin.access.sessions import Sessions, Standing, Stay
from muntin.access.signing import Signer, same
from muntin.access.users import Users
from muntin.hookspecs import User
from muntin.settings.access import AccessConfig
from muntin.viewers import Viewer

if TYPE_CHECKING:
    from muntin.access.oidc.provider import Provider

log = structlog.get_logger("muntin.access")

#: Said for a wrong name and a wrong password alike.
WRONG = "The name or the password is wrong."

#: Said when a provider's answer must not count, and when the provider gives none.
REFUSED = "You were not signed in. Please try again."
DOWN = "The sign-in service does not answer. Try again in a minute."

#: Seconds between two looks at what may have changed, and for which somebody counts as present.
EVERY, LATELY = 1.0, 60.0


class Access:
    """The door of the app: identities, sessions, tokens and the audit. Safe for threads.

    `start` it when serving begins, and `stop` it at the end. What takes time, which is `login`,
    `begin`, `finish` and `prepare`, is for a thread; all else answers at once.
    """

    def __init__(
        self,
        config: AccessConfig,
        signer: Signer,
        *,
        users: Users | None = None,
        passwords: Passwords | None = None,
        provider: Provider | None = None,
        granted: Granted | None = None,
        audit: Audit | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self.config, self.mode = config, config.mode
        self.enabled = config.mode != "open"
        #: What a viewer may see.
        self.policy = Policy(self.enabled, frozenset(config.operators))
        #: Writes one line about what somebody did: ``access.audit("saw", name, address, page=…)``.
        self.audit = audit or Audit("")
        self._signer, self._users, self._passwords = signer, users, passwords
        self._provider, self._granted = provider, granted or Granted(None)
        life, idle = config.hours * 3600.0, config.idle_minutes * 60.0
        self._sessions = Sessions(signer, self._standing, life, idle)
        self._file = SessionFile(config, signer)
        self._limiter = Limiter() if limiter is None else limiter  # an empty one is false
        self._proxy = Proxy(config.proxy) if config.mode == "proxy" else None
        # Asked for by every open page every second.
        self._stamp = lru_cache(65536)(lambda password: signer.sign("stamp", password)[:16])
        self._anonymous = Session("open", Viewer(), float("inf"), signer.sign("csrf", "open"))
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------------ who is it

    def identify(self, ask: Ask) -> Session | None:
        """Return the session of a request, None if it proves nobody."""
        if not self.enabled:
            return self._anonymous
        if self._proxy is not None:
            found = self._proxy.identity(ask)
            return self._sessions.enter(*found) if found else None
        return self._sessions.of_cookie(ask.cookie)

    def session(self, session_id: str) -> Session | None:
        """Return a session with its roles of now, None if it has ended."""
        return self._sessions.get(session_id) if self.enabled else self._anonymous

    @property
    def version(self) -> tuple[int, int] | None:
        """Another one whenever `session` may answer otherwise, but for sessions that run out.

        None if that may be at any moment, for plugins grant roles.
        """
        if self._granted.asked:
            return None
        return self._sessions.changes, 0 if self._users is None else self._users.reads

    def must_prepare(self, ask: Ask) -> bool:
        """Return True if plugins must first be asked for roles: `prepare` it on a thread."""
        session = self.identify(ask)
        return self.enabled and session is not None and not self._granted.known(_user(session))

    def prepare(self, ask: Ask) -> None:
        """Ask the plugins for the roles of whoever is asking; takes as long as they take."""
        session = self.identify(ask)
        if self.enabled and session is not None:
            self._granted.ask(_user(session))

    def _standing(self, stay: Stay) -> Standing | None:
        roles, claims = stay.roles, stay.claims
        if self._users is not None:
            record = self._users.get(stay.name)
            if record is None or self._stamp(record.password) != stay.stamp:
                return None
            roles, claims = roles | frozenset(record.roles), record.claims
        return Standing(roles | self._granted.to(User(stay.name, claims)), claims)

    # ------------------------------------------------------------ in and out

    def login(self, name: str, password: str, address: str) -> Login:
        """Return a session for a name and its password; for a thread, it takes a while."""
        if self._users is None or self._passwords is None:
            return Login(reason="wrong-mode", message="Nobody signs in with a password here.")
        key = name_key(name) if len(name) <= MAX_NAME else ""
        login = self._checked(key, password, address)
        return self._told(login, key or name, address)

    def _checked(self, name: str, password: str, address: str) -> Login:
        assert self._users is not None and self._passwords is not None  # noqa: S101, PT018
        wait = self._limiter.attempt(name, address)
        if wait:
            message = f"Too many failed attempts. Try again in {max(1, round(wait / 60))} min."
            return Login(retry_after=wait, reason="limited", message=message)
        self._users.refresh()
        record = self._users.get(name)
        try:
            fits = self._passwords.fits(password, record.password if record else None)
        except Busy:
            self._limiter.refund(name, address)
            message = "Many people are signing in. Try again in a few seconds."
            return Login(retry_after=5.0, reason="busy", message=message)
        if not fits or record is None:
            return Login(reason="wrong", message=WRONG)
        self._limiter.succeeded(name, address)
        return self._opened(name, frozenset(), record.claims, self._stamp(record.password))

    def _opened(
        self, name: str, roles: frozenset[str], claims: Mapping[str, Any], stamp: str = ""
    ) -> Login:
        """Return a login with a session that is new, whatever cookie the browser sent."""
        claims = claims if isinstance(claims, MappingProxyType) else MappingProxyType({**claims})
        cookie = self._sessions.open(name, roles, claims, stamp)
        self._granted.ask(User(name, claims))
        session = self._sessions.of_cookie(cookie)
        if session is None:  # the user was taken out this very moment
            return Login(reason="gone", message=WRONG)
        return Login(session, cookie)

    def begin(self, wanted: str) -> Begun:
        """Return where to send the browser to sign in; raise ProviderError if nobody tells."""
        if self._provider is None:
            raise ProviderError(f'access.mode is "{self.mode}": there is no provider')
        return self._provider.begin(wanted)

    def finish(self, params: Mapping[str, str], cookie: str, address: str) -> Login:
        """Return a session for what the provider sent back; for a thread, it asks the provider."""
        try:
            if self._provider is None:
                raise RefusedError("wrong-mode")
            (name, roles, claims), wanted = self._provider.finish(params, cookie)
        except RefusedError as error:
            return self._told(Login(reason=error.reason, message=REFUSED), "", address)
        except ProviderError as error:
            log.warning("nobody can sign in", problem=str(error))
            return self._told(Login(reason="provider", message=DOWN), "", address)
        login = replace(self._opened(name, roles, claims), next=wanted)
        return self._told(login, name, address)

    def _told(self, login: Login, name: str, address: str) -> Login:
        if login.session is not None:
            self.audit("login", name, address)
        else:
            self.audit("login-failed", name, address, reason=login.reason)
        return login

    def logout(self, session_id: str, address: str = "") -> None:
        """End a session at once; its cookie opens nothing any more."""
        name = self._sessions.end(session_id)
        if name:
            self.audit("logout", name=name, address=address)

    def end_user(self, name: str) -> int:
        """End every session of a user and return how many there were."""
        return self._sessions.end_user(name)

    # ------------------------------------------------------------ tokens

    def token(self, session: Session, slug: str, panels: frozenset[str]) -> str:
        """Return a token that opens the socket of one page, for one session and set of panels."""
        return self._signer.token(session.id, slug, panels)

    def check_token(self, text: str, session: Session, slug: str, panels: frozenset[str]) -> bool:
        """Return True if a token is ours, for these very things, and not too old."""
        return self._signer.check_token(text, session.id, slug, panels)

    def metrics_allowed(self, authorization: str) -> bool:
        """Return True if an Authorization header bears the token for ``/metrics``."""
        token = self.config.metrics_token
        return token is not None and same(authorization, f"Bearer {token.reveal()}")

    # ------------------------------------------------------------ in the background

    def start(self) -> None:
        """Take up the kept sessions, and begin to look for changes every second."""
        if self.enabled and self._thread is None:
            self._sessions.restore(self._file.read())
            self._thread = threading.Thread(
                target=self._watching, name="muntin-access", daemon=True
            )
            self._thread.start()

    def refresh(self) -> None:
        """Look once for what has changed: users, roles, sessions that are over."""
        changed = self._users is not None and self._users.refresh()
        if self._granted.asks:
            self._granted.refresh(self._present())
        self._sessions.sweep(everybody=changed)
        self._file.keep(self._sessions)

    def _present(self) -> list[User]:
        """Return the users who were here lately, with the claims that plugins learn of them."""
        found = []
        for stay in self._sessions.stays(LATELY):
            record = self._users.get(stay.name) if self._users is not None else None
            found.append(User(stay.name, record.claims if record else stay.claims))
        return found

    def stop(self) -> None:
        """Keep the sessions, write what is left of the audit, and return."""
        self._ended.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(5.0)
            self._file.keep(self._sessions, at_once=True)
        self.audit.close()

    def _watching(self) -> None:
        self._greet()
        while not self._ended.wait(EVERY):
            with contextlib.suppress(OSError):
                self.refresh()

    def _greet(self) -> None:
        """Ask for the provider once, so that a wrong address is told before anybody signs in."""
        try:
            if self._provider is not None:
                self._provider.ready()
        except ProviderError as error:
            log.warning("nobody can sign in", problem=str(error))


def _user(session: Session) -> User:
    return User(session.viewer.name, session.viewer.claims)
