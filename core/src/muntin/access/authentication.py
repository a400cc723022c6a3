"""Access: who sends a request, and whether they may still be here."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import structlog

from muntin.access.audit import Audit
from muntin.access.errors import ProviderError, RefusedError
from muntin.access.identity import Credentials, Login, LoginRedirect, Session
from muntin.access.limiter import Limiter
from muntin.access.names import MAX_NAME, name_key
from muntin.access.passwords import Busy, Passwords
from muntin.access.policy import Policy
from muntin.access.proxy import Proxy, trusted_peers
from muntin.access.roles import RoleCache
from muntin.access.sessionfile import SessionFile
from muntin.access.sessions import SessionRecord, Sessions
from muntin.access.signing import Signer, same
from muntin.access.users import UserRecord, Users
from muntin.access.watcher import Watcher
from muntin.pages import Viewer
from muntin.settings.access import AccessConfig

if TYPE_CHECKING:
    from muntin.access.oidc.provider import Provider

log = structlog.get_logger("muntin.access")

#: Shown for a wrong name and for a wrong password.
WRONG = "The name or the password is wrong."

#: Shown when a provider's answer is refused, and when the provider gives none.
REFUSED = "You were not signed in. Please try again."
DOWN = "The sign-in service does not answer. Try again in a minute."

#: Seconds for which a user counts as present after a request.
LATELY = 60.0


class Access:
    """Identities, sessions, tokens and the audit of an app. Safe for threads.

    Call `start` when serving begins and `stop` at the end. `login`, `begin`, `finish`, `prepare`
    and `save` take time and are for a thread; everything else returns at once.
    """

    def __init__(
        self,
        config: AccessConfig,
        signer: Signer,
        *,
        users: Users | None = None,
        passwords: Passwords | None = None,
        provider: Provider | None = None,
        plugin_roles: RoleCache | None = None,
        audit: Audit | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self.config, self.mode = config, config.mode
        self.enabled = config.mode != "open"
        #: Who may see what.
        self.policy = Policy(self.enabled, frozenset(config.operators))
        #: Writes one line about an event: ``access.audit("saw", name, address, page=…)``.
        self.audit = audit or Audit("")
        #: Seconds by which sessions end; no change of the wall clock moves it.
        self.clock = signer.clock
        self._signer, self._users, self._passwords = signer, users, passwords
        self._provider, self._plugin_roles = provider, plugin_roles or RoleCache(None)
        life, idle = config.hours * 3600.0, config.idle_minutes * 60.0
        self._sessions = Sessions(signer, self._viewer_of, life, idle)
        self._file = SessionFile(config, signer)
        self._limiter = Limiter() if limiter is None else limiter  # an empty one is false
        self._peers = trusted_peers(config)
        self._proxy = Proxy(config.proxy, self._peers) if config.mode == "proxy" else None
        # Every open page asks for it every second.
        self._stamped = functools.lru_cache(65536)(lambda text: signer.sign("stamp", text)[:16])
        self._anonymous = Session("open", Viewer(), float("inf"), signer.sign("csrf", "open"))
        steps = (self._follow_users, self._follow_roles, self._sessions.sweep, self.save)
        self._watcher = Watcher(steps, first=self._ask_provider)

    # ------------------------------------------------------------ identity

    def identify(self, credentials: Credentials) -> Session | None:
        """Return the session that a request belongs to, None without a valid one."""
        if not self.enabled:
            return self._anonymous
        if self._proxy is not None:
            found = self._proxy.identity(credentials)
            return self._sessions.of_proxy_user(*found) if found else None
        return self._sessions.of_cookie(credentials.cookie)

    def address_of(self, credentials: Credentials) -> str:
        """Return the client's address: the peer's own unless a trusted proxy names another."""
        return self._peers.client_of(credentials)

    def session(self, session_id: str) -> Session | None:
        """Return a session with its user's current roles, None if it has ended."""
        return self._sessions.get(session_id) if self.enabled else self._anonymous

    def policy_of(self, session: Session) -> Policy:
        """Return the policy for the holder of a session: the same for all."""
        del session
        return self.policy

    @property
    def version(self) -> tuple[int, int] | None:
        """Changes whenever `session` may answer differently, except for expired sessions.

        None if that may be at any moment, because plugins give roles.
        """
        if self._plugin_roles.active:
            return None
        return self._sessions.changes, 0 if self._users is None else self._users.reads

    def must_prepare(self, credentials: Credentials) -> bool:
        """Return True if plugins must be asked for roles first: call `prepare` on a thread."""
        session = self.identify(credentials) if self.enabled else None
        return session is not None and not self._plugin_roles.is_fresh(session.viewer)

    def prepare(self, credentials: Credentials) -> None:
        """Ask the plugins for the roles of the sender; takes as long as they take."""
        session = self.identify(credentials) if self.enabled else None
        if session is not None:
            self._plugin_roles.ask(session.viewer)

    def _viewer_of(self, record: SessionRecord) -> Viewer | None:
        roles, claims = record.roles, record.claims
        if self._users is not None:
            user = self._users.get(record.name)
            if user is None or self._stamp(user) != record.stamp:
                return None
            roles, claims = roles | frozenset(user.roles), user.claims
        viewer = Viewer(record.name, roles, claims)
        given = self._plugin_roles.of(viewer)
        return replace(viewer, roles=roles | given) if given else viewer

    def _stamp(self, user: UserRecord) -> str:
        """Return a text that changes when all earlier sessions of a user end."""
        again = f" {user.generation}" if user.generation else ""
        return self._stamped(user.password + again)

    # ------------------------------------------------------------ signing in and out

    def login(self, name: str, password: str, address: str) -> Login:
        """Return a session for a name and its password; takes the time of a password hash."""
        if self._users is None or self._passwords is None:
            return Login(reason="wrong-mode", message="Passwords are not used here.")
        key = name_key(name) if len(name) <= MAX_NAME else ""
        login = self._checked(self._users, self._passwords, key, password, address)
        return self._audited(login, key or name, address)

    def _checked(
        self, users: Users, passwords: Passwords, name: str, password: str, address: str
    ) -> Login:
        wait = self._limiter.attempt(name, address)
        if wait:
            message = f"Too many failed attempts. Try again in {max(1, round(wait / 60))} min."
            return Login(retry_after=wait, reason="limited", message=message)
        users.refresh()
        user = users.get(name)
        try:
            fits = passwords.fits(password, user.password if user else None)
        except Busy:
            self._limiter.refund(name, address)
            message = "Many people are signing in. Try again in a few seconds."
            return Login(retry_after=5.0, reason="busy", message=message)
        if not fits or user is None:
            return Login(reason="wrong", message=WRONG)
        self._limiter.succeeded(name, address)
        return self._opened(Viewer(name, frozenset(), user.claims), self._stamp(user))

    def _opened(self, viewer: Viewer, stamp: str = "") -> Login:
        """Return a login with a new session, whatever cookie the browser sent."""
        cookie = self._sessions.create(viewer.name, viewer.roles, viewer.claims, stamp)
        self._plugin_roles.ask(viewer)
        session = self._sessions.of_cookie(cookie)
        if session is None:  # the user was removed at this very moment
            return Login(reason="gone", message=WRONG)
        return Login(session, cookie)

    def begin(self, wanted: str) -> LoginRedirect:
        """Return where to send the browser to sign in.

        Raises ProviderError if there is no provider, or if it does not answer.
        """
        if self._provider is None:
            raise ProviderError(f'access.mode is "{self.mode}": there is no provider')
        return self._provider.begin(wanted)

    def finish(self, params: Mapping[str, str], cookie: str, address: str) -> Login:
        """Return a session for what the provider sent back; asks the provider in turn."""
        try:
            if self._provider is None:
                raise RefusedError("wrong-mode")
            (name, roles, claims), wanted = self._provider.finish(params, cookie)
        except RefusedError as error:
            return self._audited(Login(reason=error.reason, message=REFUSED), "", address)
        except ProviderError as error:
            log.warning("the provider signs no one in", problem=str(error))
            return self._audited(Login(reason="provider", message=DOWN), "", address)
        viewer = Viewer(name, roles, MappingProxyType(dict(claims)))
        return self._audited(replace(self._opened(viewer), next=wanted), name, address)

    def _audited(self, login: Login, name: str, address: str) -> Login:
        if login.session is not None:
            self.audit("login", name, address)
        else:
            self.audit("login-failed", name, address, reason=login.reason)
        return login

    def logout(self, session_id: str, address: str = "") -> None:
        """End a session at once, so that its cookie opens nothing; then `save`, on a thread."""
        name = self._sessions.end(session_id)
        if name:
            self.audit("logout", name=name, address=address)

    def end_user(self, name: str) -> int:
        """End every session of a user and return how many there were."""
        return self._sessions.end_user(name)

    def save(self) -> bool:
        """Write ended sessions to disk, so that a crash does not bring them back.

        Returns False if the disk fails; it is tried again every second then.
        """
        return self._file.save(self._sessions)

    # ------------------------------------------------------------ tokens

    def token(self, session: Session, slug: str, panels: frozenset[str]) -> str:
        """Return a token that opens the socket of one page, for one session and set of panels."""
        return self._signer.token(session.id, slug, panels)

    def check_token(self, text: str, session: Session, slug: str, panels: frozenset[str]) -> bool:
        """Return True if `token` made this text of the same arguments, not too long ago."""
        return self._signer.check_token(text, session.id, slug, panels)

    def metrics_allowed(self, authorization: str) -> bool:
        """Return True if an Authorization header bears the token for ``/metrics``."""
        token = self.config.metrics_token
        return token is not None and same(authorization, f"Bearer {token.reveal()}")

    # ------------------------------------------------------------ in the background

    def start(self) -> None:
        """Restore the saved sessions, and begin to look for changes every second."""
        if self.enabled and not self._watcher.running:
            self._sessions.restore(self._file.read())
            self._watcher.start()

    def refresh(self) -> None:
        """Look once for changes: users, roles, expired sessions."""
        self._watcher.take()

    def stop(self) -> None:
        """Save the sessions, write the rest of the audit, and return."""
        if self._watcher.running:
            self._watcher.stop()
            self._watcher.attempt(lambda: self._file.save(self._sessions, at_once=True))
        self.audit.close()

    def _follow_users(self) -> None:
        if self._users is not None and self._users.refresh():
            self._sessions.sweep(everybody=True)

    def _follow_roles(self) -> None:
        if self._plugin_roles.active:
            self._plugin_roles.refresh(self._present())

    def _present(self) -> list[Viewer]:
        """Return the users of the last minute, with the claims that plugins learn of them."""
        found = []
        for record in self._sessions.records(LATELY):
            user = self._users.get(record.name) if self._users is not None else None
            roles, claims = (user.roles, user.claims) if user else (record.roles, record.claims)
            found.append(Viewer(record.name, frozenset(roles), claims))
        return found

    def _ask_provider(self) -> None:
        """Ask the provider once, so that a wrong address is logged before anyone signs in."""
        try:
            if self._provider is not None:
                self._provider.ready()
        except ProviderError as error:
            log.warning("the provider signs no one in", problem=str(error))
