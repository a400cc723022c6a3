"""What answers to requests: pages, static files, health, and the operators' JSON."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tornado.web import HTTPError, RequestHandler

from muntin.pages import Page
from muntin.web import operations, operators
from muntin.web.app import App
from muntin.web.assets import Asset, panel_file
from muntin.web.headers import ALWAYS, policy
from muntin.web.render import THEMES, Body


class Base(RequestHandler):
    """Sets the headers of every answer and says what is wrong in a page of our own."""

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
        self.set_header("Content-Security-Policy", self.policy())

    def policy(self, nonce: str = "") -> str:
        """Return the Content-Security-Policy for an answer whose scripts carry a nonce."""
        if not hasattr(self, "app"):  # Tornado asks once before the route has said which it is
            return policy(nonce)
        config = self.app.site.config
        evaluate = config.site.scripts == "eval"
        return policy(nonce, config.access.frame_ancestors, evaluate=evaluate)

    @property
    def theme(self) -> str:
        """The viewer's own choice of theme, empty to follow the system."""
        sent = self.request.query_arguments.get("theme", [b""])[-1].decode("latin-1")
        asked = sent or self.get_cookie("mu-theme", "") or ""
        return asked if asked in THEMES else ""

    async def head(self, *args: str) -> None:
        """Answer as to GET; Tornado leaves out the body."""
        answer: Any = getattr(self, "get", None)
        if answer is None:
            raise HTTPError(405)
        waiting = answer(*args)
        if waiting is not None:
            await waiting

    def reply(self, body: Body, kind: str = "text/html; charset=utf-8") -> None:
        """Send a body in the best encoding the client accepts."""
        data, encoding = body.encoded(self.request.headers.get("Accept-Encoding", ""))
        self.set_header("Content-Type", kind)
        self.set_header("Vary", "Accept-Encoding, Cookie")
        self.set_header("Cache-Control", "no-store")
        if encoding:
            self.set_header("Content-Encoding", encoding)
        if body.nonce:
            self.set_header("Content-Security-Policy", self.policy(body.nonce))
        self.finish(data)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say what is wrong without any of the exception."""
        del kwargs
        words = {
            404: ("Not found", "There is no such page here."),
            405: ("Not allowed", "This address only answers to GET."),
        }
        heading, text = words.get(
            status_code, ("Something went wrong", "The server could not answer.")
        )
        self.set_default_headers()
        if status_code == 405:
            self.set_header("Allow", "GET, HEAD")
        self.reply(self.app.renderer.message(heading, text, self.theme))


class NotFound(Base):
    """Answers 404 to everything that has no route."""

    def prepare(self) -> None:
        """Refuse every method."""
        self.send_error(404)


class First(Base):
    """Sends ``/`` to the first page."""

    def get(self) -> None:
        """Redirect, or say that there is no page."""
        pages = self.app.site.pages
        if pages:
            self.redirect(f"/{pages[0].slug}")
            return
        text = "No plugin brings a page. Install one, for example muntin-overview, and restart."
        self.reply(self.app.renderer.message("No pages", text, self.theme))


class PageHandler(Base):
    """Serves a shared page from what its stage shows."""

    page: Page

    async def get(self) -> None:
        """Send the page; 503 while its first picture is still being drawn."""
        stage = self.app.stages[self.page.slug]
        if not stage.ready.is_set():
            await asyncio.get_running_loop().run_in_executor(None, stage.ready.wait, 5.0)
        elif stage.behind:  # nobody has looked for a while
            await asyncio.get_running_loop().run_in_executor(None, stage.fresh)
        if stage.shown is None:
            self.set_status(503)
            text = f"“{self.page.title}” is still being drawn. This page tries again by itself."
            self.reply(self.app.renderer.message("One moment", text, self.theme, retry=2))
            return
        self.set_header("Server-Timing", f'now;desc="{self.app.site.store.clock() * 1000:.0f}"')
        self.reply(self.app.renderer.page(self.page, stage.shown, self.theme))


class StaticHandler(Base):
    """Serves a static file at the address that carries its digest."""

    def get(self, digest: str, name: str) -> None:
        """Send the file, to be kept for good; 404 if name or digest is unknown."""
        asset = self.app.assets.get(name)
        if asset is None or asset.address != f"/static/{digest}/{name}":
            self.send_error(404)
            return
        self.send(asset)

    def send(self, asset: Asset) -> None:
        """Send a file, to be kept for good."""
        data, encoding = asset.encoded(self.request.headers.get("Accept-Encoding", ""))
        self.set_header("Content-Type", asset.type)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Vary", "Accept-Encoding")
        if encoding:
            self.set_header("Content-Encoding", encoding)
        self.finish(data)


class PanelFileHandler(StaticHandler):
    """Serves what Panel's own components ask for; the query carries their version."""

    def get(self, name: str) -> None:  # type: ignore[override]  # one part of the address
        """Send the file; 404 if there is none."""
        asset = panel_file(name)
        if asset is None:
            self.send_error(404)
            return
        self.send(asset)


class Health(Base):
    """``/healthz``: the process is up."""

    def get(self) -> None:
        """Send ``ok``."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("ok\n")


class Ready(Base):
    """``/readyz``: the first snapshot is loaded and a page has its first picture.

    One page whose views hang leaves the others served, so it does not count.
    """

    def get(self) -> None:
        """Send ``ready``, or 503 with what is still missing."""
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        waiting = [slug for slug, stage in self.app.stages.items() if not stage.ready.is_set()]
        # Looked for is loaded, be it in vain: an empty directory is served as well.
        loaded = self.app.site.store.wait_loaded(0) or not self.app.site.feeds
        if loaded and (len(waiting) < len(self.app.stages) or not waiting):
            self.finish("ready\n")
            return
        self.set_status(503)
        self.finish(f"not ready: {', '.join(waiting) or 'no snapshot yet'}\n")


class Metrics(Base):
    """``/metrics``: figures of the server in Prometheus' text format."""

    def get(self) -> None:
        """Send the figures."""
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(operators.metrics(self.app))


class Operations(Base):
    """``/-/``: the operators' page; its cards are fetched again from ``/-/panels``."""

    cards: bool = False

    def get(self) -> None:
        """Send the page, or just its cards as JSON."""
        made = operations.panels(self.app)
        if self.cards:
            body = Body(json.dumps(made).encode("utf-8", "replace"))
            self.reply(body, "application/json; charset=utf-8")
        else:
            self.reply(self.app.renderer.operations([html for _, html in made], self.theme))


class Operators(Base):
    """``/-/feeds`` and ``/-/plugins``: the state of the site as JSON."""

    what: str

    def get(self) -> None:
        """Send the list."""
        rows = operators.feeds(self.app) if self.what == "feeds" else operators.plugins(self.app)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(operators.dump(rows))
