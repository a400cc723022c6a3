"""What answers at a private page: the page, a new session for each request, and its socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muntin.web.handlers import PageHandler
from muntin.web.socket import Guarded

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

    from muntin.web.app import App


class PrivateHandler(PageHandler):
    """Serves a private page: a new session for each request."""

    async def get(self) -> None:
        """Send the page, or say that its views take too long."""
        page, who = self.admitted.page, self.admitted
        assert page is not None  # noqa: S101  # the guard has looked
        room = await self.app.rooms.of(page.slug)
        if room.full(who.holder):
            self.set_header("Retry-After", "30")
            self.send_error(429)
            return
        try:
            token, session, shown = await room.open(self.request, page, who)
        except TimeoutError:
            self.wait_for(page, 5)
            return
        self.saw(page)
        roots = {model.id: model.name for model in session.document.roots}
        more = {"token": token, "roots": roots}
        self.set_header("Server-Timing", f'now;desc="{self.app.site.store.clock() * 1000:.0f}"')
        made = self.app.renderer.private(page, shown, self.theme, who.sight, more)
        self.reply(made, ending=self.ending(token))


class PrivateSocket(Guarded):
    """The socket of a private page: its room's, if there is one.

    As long as nobody has asked for the page, no token is good and all are turned away.
    """

    def __new__(cls, application: Any, request: HTTPServerRequest, app: App, slug: str) -> Any:
        """Return what speaks for the room, which only then is of a class of Panel's."""
        del application  # Bokeh's handlers want their own
        room = app.rooms.get(slug)
        return super().__new__(cls) if room is None else room.socket(app, request)

    async def prepare(self) -> None:
        """Say what the guard says; there is nothing behind it."""
        await super().prepare()
        if not self._finished:
            self.send_error(403 if "Upgrade" in self.request.headers else 400)

    def knows(self, token: str) -> bool:
        """Return False: nothing was given a token yet."""
        del token
        return False


def routes(app: App) -> list[Any]:
    """Return the routes of every private page."""
    return [
        route
        for page in app.site.pages
        if page.scope == "private"
        for route in (
            (rf"/{page.slug}/?", PrivateHandler, {"app": app, "slug": page.slug}),
            (rf"/{page.slug}/ws", PrivateSocket, {"app": app, "slug": page.slug}),
        )
    ]
