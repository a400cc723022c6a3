"""What answers at the address of a private page: the page, with a new session for each request."""

from __future__ import annotations

from typing import Any

from muntin.pages import Page
from muntin.panel.visits import NotStarted
from muntin.web.body import Body
from muntin.web.handlers import PageHandler
from muntin.web.private_pages import Hangs
from muntin.web.threads import Busy


class PrivateHandler(PageHandler):
    """Serves a private page."""

    async def get(self) -> None:
        """Send the page, or say why it cannot be sent now."""
        page, who = self.admitted.page, self.admitted
        assert page is not None  # noqa: S101  # the guard has looked
        private = await self.app.private.of(page.slug)
        if private.full(who.holder):
            self.set_header("Retry-After", "30")
            self.send_error(429)
            return
        try:
            token, session, shown = await private.open(self.request, page, who)
        except NotStarted as error:
            self.failed(page, error.fault)
            return
        except (TimeoutError, Hangs) as error:
            self.wait_for(page, 5, hangs=isinstance(error, Hangs))
            return
        except Busy:
            self.wait_for(page, 5)
            return
        self.saw(page)
        made = self.body_of(page, shown, {"token": token, "roots": session.roots})
        self.reply(made, ending=self.ending(token))

    def body_of(self, page: Page, shown: Any, own: dict[str, Any]) -> Body:
        """Return the page as its session shows it; `own` is what opens that session."""
        self.set_header("Server-Timing", f'now;desc="{self.app.site.store.clock() * 1000:.0f}"')
        return self.app.renderer.private(page, shown, self.theme, self.admitted.permissions, own)
