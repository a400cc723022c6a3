"""What answers to requests for pages, and what all answers have in common."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tornado.web import RequestHandler, stream_request_body

from muntin.access import Session
from muntin.access.policy import Key
from muntin.live.stage.faults import Fault
from muntin.pages import Page
from muntin.web.app import App
from muntin.web.body import Body
from muntin.web.guard.credentials import ask_of
from muntin.web.guard.guard import Admitted, Refused, Requirement
from muntin.web.headers import ALWAYS, policy
from muntin.web.render import THEMES

#: What is said of an HTTP status: heading and sentence.
WORDS = {
    400: ("Not understood", "This request is not one that this server understands."),
    401: ("Sign in", "This is only for those who are signed in."),
    403: ("Not for you", "You are signed in, and may not see this. An operator can change that."),
    404: ("Not found", "There is no such page here."),
    405: ("Not allowed", "This address only answers to {methods}."),
    413: ("Too much", "This request is larger than this server takes."),
    421: ("Wrong address", "This server does not answer to the name in the address."),
    429: ("Too many", "Too many requests came from here. Wait a little and try again."),
    431: ("Too much", "This request has more headers than this server takes."),
    503: ("One moment", "The server cannot do this just now. Try again in a moment."),
}


@stream_request_body  # so that no body is parsed, and none is waited for before the guard has asked
class BaseHandler(RequestHandler):
    """Asks the guard, sets the headers of every answer, and says in our own words what is wrong."""

    #: Who may ask; a route that says nothing is for operators.
    requires = Requirement.OPERATORS
    #: The page behind the door, for `Requirement.PAGE`.
    slug = ""
    methods: tuple[str, ...] = ("GET", "HEAD")
    #: True for what programs ask: they get a line of text for an error, and no way to the login.
    terse = False
    admitted: Admitted

    def initialize(self, app: App, **more: Any) -> None:
        """Take the app from the route."""
        self.app = app
        for name, value in more.items():
            setattr(self, name, value)
        self.set_header("Content-Security-Policy", self.policy())

    def set_default_headers(self) -> None:
        """Set the security headers, and say nothing of the server's make."""
        self.clear_header("Server")
        for name, value in ALWAYS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Vary", "Cookie")
        self.set_header("Content-Security-Policy", self.policy())

    def policy(self, nonce: str = "") -> str:
        """Return the Content-Security-Policy for an answer whose scripts carry a nonce."""
        if not hasattr(self, "app"):  # Tornado asks once before the route has said which it is
            return policy(nonce)
        config = self.app.site.config
        evaluate = config.site.scripts == "eval"
        return policy(nonce, config.access.frame_ancestors, evaluate=evaluate)

    def compute_etag(self) -> None:
        """Give no answer a name by its content, which would tell two viewers apart."""

    async def prepare(self) -> None:
        """Let in whom the guard admits; refuse all others before anything is read or made."""
        if self.request.method not in self.methods:
            self.send_error(405)
            return
        if self.app.stopping:
            self.send_error(503)
            return
        await self.app.guard.prepare(self.request)
        outcome = self.app.guard.admit(self.request, self.requires, self.slug)
        if isinstance(outcome, Refused):
            self.refuse(outcome)
        else:
            self.admitted = outcome

    def refuse(self, outcome: Refused) -> None:
        """Show the way to the login where that helps, and say why not elsewhere."""
        if outcome.status == 403 and outcome.session is not None:
            self.audit("refused", outcome.session, path=self.request.path)
        if outcome.status == 401 and not self.terse and self.app.access.mode in {"users", "oidc"}:
            self.see("/login?" + urlencode({"next": self.request.path}))
            return
        self.send_error(outcome.status)

    def see(self, address: str) -> None:
        """Send the browser to another address of this server, or to the provider of logins."""
        self.set_status(303)
        self.set_header("Location", address)
        self.finish()

    def audit(self, event: str, session: Session | None, **what: Any) -> None:
        """Write down that somebody did something, if there is somebody."""
        if session is not None and self.app.guard.enabled:
            self.app.access.audit(event, session.viewer.name, self.address, **what)

    @property
    def address(self) -> str:
        """Where the request comes from, for the record and for limits."""
        return self.app.access.address_of(ask_of(self.request))

    def data_received(self, chunk: bytes) -> None:
        """Drop what nobody asked for."""

    @property
    def theme(self) -> str:
        """The viewer's own choice of theme, empty to follow the system."""
        sent = self.request.query_arguments.get("theme", [b""])[-1].decode("latin-1")
        asked = sent or self.get_cookie("mu-theme", "") or ""
        return asked if asked in THEMES else ""

    async def head(self, *args: str) -> None:
        """Answer as to GET; Tornado leaves out the body."""
        answer: Any = self.get
        waiting = answer(*args)
        if waiting is not None:
            await waiting

    def reply(
        self, body: Body, kind: str = "text/html; charset=utf-8", ending: bytes = b""
    ) -> None:
        """Send a body, and what is the viewer's own, in the best encoding the client accepts."""
        accepted = self.request.headers.get("Accept-Encoding", "")
        data, encoding = body.encoded(accepted, ending)
        self.set_header("Content-Type", kind)
        self.set_header("Vary", "Accept-Encoding, Cookie")
        if encoding:
            self.set_header("Content-Encoding", encoding)
        if body.nonce:
            self.set_header("Content-Security-Policy", self.policy(body.nonce))
        self.finish(data)

    def say(self, line: str, kind: str = "text/plain; charset=utf-8") -> None:
        """Send a text to a program."""
        self.set_header("Content-Type", kind)
        self.finish(line)

    def ending(self, token: str = "") -> bytes:
        """Return the viewer's own end of a page; none where all pages are the same for all."""
        session = self.admitted.session
        if session is None or not self.admitted.permissions.limited:
            return b""
        return self.app.renderer.ending(session, token)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong without any of the exception."""
        del kwargs
        if status_code == 500 and self.app.stopping:  # what it needed has ended before it
            status_code = 503
            self.set_status(status_code)
        heading, text = WORDS.get(
            status_code, ("Something went wrong", "The server could not answer.")
        )
        text = text.format(methods=" and ".join(m for m in self.methods if m != "HEAD"))
        self.set_default_headers()
        if self.app.stopping:
            self.set_header("Retry-After", "1")
            self.set_header("Connection", "close")
        if status_code == 405:
            self.set_header("Allow", ", ".join(self.methods))
        if status_code == 401:
            # RFC 9110 asks for a challenge; one that no browser answers with a dialog.
            self.set_header("WWW-Authenticate", f'{self.challenge} realm="muntin"')
        if self.terse:
            self.say(f"{text}\n")
        else:
            self.reply(self.app.renderer.message(heading, text, self.theme))

    challenge = "Cookie"


class NotFoundHandler(BaseHandler):
    """Answers 404 to everything that has no route."""

    requires = Requirement.PUBLIC

    async def prepare(self) -> None:
        """Refuse every method."""
        known = self.app.guard.hosts.know(self.request.host) or self.app.guard.stand_in
        self.send_error(404 if known else 421)


class FirstPageHandler(BaseHandler):
    """Sends ``/`` to the first page that the viewer may open."""

    requires = Requirement.SIGNED_IN

    def get(self) -> None:
        """Redirect, or say that there is no page."""
        permissions = self.admitted.permissions
        if permissions.pages:
            self.redirect(f"/{permissions.pages[0].slug}")
        elif permissions.operates and permissions.limited:
            self.redirect("/-/")
        elif self.app.site.pages:
            self.send_error(403)
        else:
            text = "No plugin brings a page. Install one, for example muntin-overview, and restart."
            self.reply(self.app.renderer.message("No pages", text, self.theme))


class PageHandler(BaseHandler):
    """Serves what a viewer may see of a shared page, from what its stage shows."""

    requires = Requirement.PAGE

    async def get(self) -> None:
        """Send the page; 503 while its first picture is still being drawn."""
        page = self.admitted.page
        assert page is not None  # noqa: S101  # the guard has looked
        variant = self.app.variants.of(page, self.admitted)
        if variant is None:
            self.send_error(503)
            return
        shown = await variant.current()
        if shown is None:
            self.wait_for(page, 2, hangs=variant.hangs)
            return
        self.saw(page)
        self.set_header("Server-Timing", f'now;desc="{self.app.site.store.clock() * 1000:.0f}"')
        body = self.app.renderer.page(page, shown, self.theme, self.admitted.permissions)
        self.reply(body, ending=self.ending(self.token(variant.key)))

    def failed(self, page: Page, fault: Fault) -> None:
        """Say that an app has failed to start, to its author also why."""
        self.set_status(503)
        trace = f"\n{fault.trace}" if fault.public else ""
        text = (
            f"“{page.title}” could not be started. Reference {fault.ref}."
            f" It is tried again by itself.{trace}"
        )
        self.reply(self.app.renderer.message("Not started", text, self.theme, retry=5))

    def wait_for(self, page: Page, seconds: int, *, hangs: bool = False) -> None:
        """Say that a page takes a while, or does not answer, and have the browser ask again."""
        self.set_status(503)
        self.set_header("Retry-After", str(seconds))
        text = f"“{page.title}” is still being drawn. This page tries again by itself."
        if hangs:
            text = (
                f"“{page.title}” does not answer: drawing it has taken too long. The operators can"
                " see that. Other pages work, and this one tries again by itself."
            )
        heading = "Not answering" if hangs else "One moment"
        self.reply(self.app.renderer.message(heading, text, self.theme, retry=seconds))

    def saw(self, page: Page) -> None:
        """Write down that the viewer sees this page."""
        self.audit("saw", self.admitted.session, page=page.slug, panels=len(page.panels))

    def token(self, key: Key) -> str:
        """Return what opens the socket of exactly this page for this session."""
        session = self.admitted.session
        if session is None or not self.admitted.permissions.limited or not self.app.guard.enabled:
            return ""
        return self.app.access.token(session, *key)
