"""The way in and out: the login page, the way to a provider and back, and signing out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import structlog

from muntin.access import CALLBACK, Login, ProviderError
from muntin.access.signing import same
from muntin.web.app import App
from muntin.web.guard.credentials import cookie_names, is_local
from muntin.web.guard.guard import Requirement
from muntin.web.guard.hosts import same_origin
from muntin.web.handlers import BaseHandler

log = structlog.get_logger("muntin.access")

#: Bytes of a form, and characters of a value in it, at most.
FORM_LIMIT, VALUE_LIMIT = 8192, 1000
#: Said when the end of a session is not on disk.
UNSAVED = (
    "You are signed out, but the server could not save that. It tries again every second; if it is"
    " restarted before, your earlier session may be valid again. Please tell an operator."
)
#: Seconds that a login at a provider may take.
LOGIN_LIFE = 600


class FormHandler(BaseHandler):
    """Takes a short form, from a page of this server only."""

    methods: tuple[str, ...] = ("GET", "HEAD", "POST")

    def initialize(self, app: App, **more: Any) -> None:
        """Take the app from the route."""
        super().initialize(app, **more)
        self._sent = bytearray()

    async def prepare(self) -> None:
        """Refuse forms that are too long, or that a page of another place sends."""
        if self.request.method == "POST" and "POST" in self.methods:
            size = self.request.headers.get("Content-Length", "0")
            if not (size.isascii() and size.isdigit()):
                self.send_error(400)
                return
            if len(size) > 9 or int(size) > FORM_LIMIT:
                self.send_error(413)
                return
            if not self.of_our_page():
                self.send_error(403)
                return
        await super().prepare()

    def of_our_page(self) -> bool:
        """Return True if the browser says that one of our own pages sends this."""
        headers = self.request.headers
        if headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        origin = headers.get("Origin")
        if origin in {None, "null"}:
            return "Sec-Fetch-Site" in headers
        return same_origin(origin, self.request.host)

    def data_received(self, chunk: bytes) -> None:
        """Keep the form as it comes, up to its limit."""
        self._sent += chunk[: FORM_LIMIT + 1 - len(self._sent)]

    def fields(self) -> Mapping[str, str] | None:
        """Return the fields of the form; None, and an answer that says so, if it is none."""
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if len(self._sent) > FORM_LIMIT:
            self.send_error(413)
            return None
        try:
            if kind != "application/x-www-form-urlencoded":
                raise ValueError(kind)
            found = dict(parse_qsl(self._sent.decode("ascii"), errors="strict", max_num_fields=10))
        except ValueError:
            self.send_error(400)
            return None
        return {name: value for name, value in found.items() if len(value) <= VALUE_LIMIT}

    def wanted(self, text: str) -> str:
        """Return the page of this site that an address names; ``/`` for everything else.

        Nothing is taken over from the text, so no spelling of it can lead elsewhere.
        """
        known = ["/-/", *(f"/{page.slug}" for page in self.app.site.pages)]
        return next((path for path in known if path.rstrip("/") == text.rstrip("/")), "/")

    def sorry(self, heading: str, text: str, status: int) -> None:
        """Say why somebody is not signed in, and where to try again."""
        self.set_status(status)
        words = {"heading": heading, "text": text, "to": "/login", "link": "Try again"}
        self.reply(self.app.renderer.plain("message.html", self.theme, **words))

    def keep(self, name: str, value: str, life: int = 0) -> None:
        """Give the browser a cookie that scripts cannot read and other sites do not send.

        It lives so many seconds; without any, until the browser is closed.
        """
        self._set(name, value, max_age=life or None)

    def forget(self, name: str) -> None:
        """Have the browser forget a cookie."""
        self._set(name, "", expires=datetime(1970, 1, 2, tzinfo=UTC))

    def _set(self, name: str, value: str, **life: Any) -> None:
        self.set_cookie(
            name, value, path="/", httponly=True, samesite="Lax",
            secure=not is_local(self.request), **life,
        )  # fmt: skip

    def welcome(self, login: Login) -> None:
        """Begin a session that is new, whatever the browser sent, and go where it was wanted."""
        self.keep(cookie_names(self.request)[0], login.cookie)
        self.see(self.wanted(login.next))


class SignInHandler(FormHandler):
    """``/login``: the form, or the way to the provider."""

    requires = Requirement.PUBLIC

    def get(self) -> None:
        """Show the form."""
        self.show(self.wanted(self.get_query_argument("next", "/")))

    async def post(self) -> None:
        """Try a name and a password."""
        if self.app.access.mode != "users":
            self.send_error(405)
            return
        fields = self.fields()
        if fields is None:
            return
        wanted, name = self.wanted(fields.get("next", "/")), fields.get("name", "")
        if self._not_encrypted():
            self.set_status(400)
            self.show(wanted, name, "Your browser keeps a login on https:// only. Ask for it.")
            return
        login = await self.app.logins.run(
            self.app.access.login, name, fields.get("password", ""), self.address
        )
        if login.session is not None:
            self.welcome(Login(login.session, login.cookie, next=wanted))
        else:
            self._refused(login, wanted, name)

    def _not_encrypted(self) -> bool:
        origin = self.request.headers.get("Origin", "")
        return urlsplit(origin).scheme == "http" and not is_local(self.request)

    def _refused(self, login: Login, wanted: str, name: str) -> None:
        self.set_status(429 if login.retry_after else 401)
        if login.retry_after:
            self.set_header("Retry-After", str(max(1, round(login.retry_after))))
        else:
            self.set_header("WWW-Authenticate", 'Cookie realm="muntin"')
        self.show(wanted, name, login.message)

    def show(self, wanted: str, name: str = "", problem: str = "") -> None:
        """Send the page."""
        form, issuer = self.app.access.mode == "users", self.app.access.config.oidc.issuer
        self.reply(self.app.renderer.plain(
            "signin.html", self.theme, heading="Sign in", form=form, next=wanted, name=name[:200],
            problem=problem, provider=urlsplit(issuer).hostname or "your provider",
        ))  # fmt: skip


class LoginStartHandler(FormHandler):
    """``/login/start``: sends the browser to the provider."""

    requires = Requirement.PUBLIC
    methods = ("GET",)

    async def get(self) -> None:
        """Remember what was begun, and go."""
        wanted = self.wanted(self.get_query_argument("next", "/"))
        try:
            begun = await self.app.provider.run(self.app.access.begin, wanted)
        except ProviderError as error:
            log.warning("nobody can sign in", problem=str(error))
            self.sorry("Not now", "The sign-in service does not answer.", 503)
            return
        self.keep(cookie_names(self.request)[1], begun.cookie, LOGIN_LIFE)
        self.see(begun.url)


class CallbackHandler(FormHandler):
    """``/login/callback``: takes back whom the provider has recognised."""

    requires = Requirement.PUBLIC
    methods = ("GET",)

    async def get(self) -> None:
        """Begin a session, or say why there is none."""
        name = cookie_names(self.request)[1]
        query = self.request.query_arguments
        given = {key: values[0].decode("utf-8", "replace")[:4000] for key, values in query.items()}
        if any(len(values) > 1 for values in query.values()):
            given = {}  # RFC 6749, section 3.1: no parameter may stand twice
        login = await self.app.provider.run(
            self.app.access.finish, given, self.get_cookie(name) or "", self.address
        )
        self.forget(name)
        if login.session is not None:
            self.welcome(login)
            return
        self.sorry("Not signed in", login.message, 403)


class SignOutHandler(FormHandler):
    """``/logout``: asks, and then ends the session and everything that was opened with it."""

    requires = Requirement.SIGNED_IN

    def get(self) -> None:
        """Ask."""
        session = self.admitted.session
        assert session is not None  # noqa: S101  # the guard has looked
        self.reply(self.app.renderer.plain(
            "signout.html", self.theme, heading="Sign out?", name=session.viewer.name,
            csrf=session.csrf,
        ))  # fmt: skip

    async def post(self) -> None:
        """End the session, its sockets too, if the form is of this very session.

        The answer waits for the disk: it must be true after a crash as well.
        """
        fields, session = self.fields(), self.admitted.session
        if fields is None or session is None:
            return
        if not same(fields.get("csrf", ""), session.csrf):
            self.send_error(403)
            return
        self.app.access.logout(session.id, self.address)
        self.app.expel()
        self.forget(cookie_names(self.request)[0])
        self.set_header("Clear-Site-Data", '"cache"')
        if await self.app.logins.run(self.app.access.save):
            self.see("/login")
            return
        self.sorry("Signed out for now", UNSAVED, 503)


def routes(app: App) -> list[Any]:
    """Return the routes of the mode in use; none where nobody signs in here."""
    own, mode = {"app": app}, app.access.mode
    if mode not in {"users", "oidc"}:
        return []
    there = [(r"/login/start", LoginStartHandler, own), (CALLBACK, CallbackHandler, own)]
    return [
        (r"/login", SignInHandler, own),
        (r"/logout", SignOutHandler, own),
        *(there if mode == "oidc" else []),
    ]
