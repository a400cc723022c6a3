"""What answers to operators and their programs: health, figures, and the state of the site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from muntin.web.body import Body
from muntin.web.guard.guard import Requirement
from muntin.web.handlers import BaseHandler
from muntin.web.operators import lists as operators
from muntin.web.operators import page as operations

if TYPE_CHECKING:
    from muntin.web.app import App


class HealthHandler(BaseHandler):
    """``/healthz``: the process is up."""

    requires, terse = Requirement.PUBLIC, True

    def get(self) -> None:
        """Send ``ok``."""
        self.say("ok\n")


class ReadyHandler(BaseHandler):
    """``/readyz``: the first snapshot is loaded and every page can be shown.

    A page whose first picture hangs for long is no longer waited for: the others are served.
    """

    requires, terse = Requirement.PUBLIC, True

    def get(self) -> None:
        """Send ``ready``, or 503 with what is still missing, which is for operators."""
        pages = (one for one in self.app.variants if one.whole)
        missing = [one for one in pages if not one.stage.ready.is_set()]
        # An empty directory that was looked for counts as loaded.
        loaded = self.app.site.store.wait_loaded(0) or not self.app.site.feeds
        names = ", ".join(sorted(one.name for one in missing)) or "no snapshot yet"
        said = names if self.admitted.permissions.operates else ""
        if loaded and all(one.hangs for one in missing):
            self.say(f"ready{f', without {said}' if missing and said else ''}\n")
            return
        self.set_status(503)
        self.say(f"not ready{f': {said}' if said else ''}\n")


class MetricsHandler(BaseHandler):
    """``/metrics``: figures of the server in Prometheus' text format."""

    requires, terse = Requirement.METRICS, True
    challenge = "Bearer"

    def get(self) -> None:
        """Send the figures."""
        from muntin.web.operators.metrics import (
            metrics,  # few ask for them, and none before the first page
        )

        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(metrics(self.app))


class OperationsHandler(BaseHandler):
    """``/-/``: the operators' page; its cards are fetched again from ``/-/panels``."""

    cards: bool = False

    def get(self) -> None:
        """Send the page, or just its cards as JSON."""
        made = operations.panels(self.app)
        if self.cards:
            body = Body(json.dumps(made).encode("utf-8", "replace"))
            self.reply(body, "application/json; charset=utf-8")
            return
        self.audit("saw", self.admitted.session, page="-")
        cards = [html for _, html in made]
        page = self.app.renderer.operations(cards, self.theme, self.admitted.permissions)
        self.reply(page, ending=self.ending())


class OperatorsHandler(BaseHandler):
    """``/-/feeds`` and ``/-/plugins``: the state of the site as JSON."""

    terse = True
    what: str

    def get(self) -> None:
        """Send the list."""
        rows = operators.feeds(self.app) if self.what == "feeds" else operators.plugins(self.app)
        self.say(operators.dump(rows), "application/json; charset=utf-8")


def routes(app: App) -> list[Any]:
    """Return the routes of health, figures and the operators' page."""
    own = {"app": app}
    return [
        (r"/healthz", HealthHandler, own),
        (r"/readyz", ReadyHandler, own),
        (r"/metrics", MetricsHandler, own),
        (r"/-/?", OperationsHandler, own),
        (r"/-/panels", OperationsHandler, {**own, "cards": True, "terse": True}),
        (r"/-/feeds", OperatorsHandler, {**own, "what": "feeds"}),
        (r"/-/plugins", OperatorsHandler, {**own, "what": "plugins"}),
    ]
