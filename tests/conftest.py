"""Fixtures of the whole-app tests: a browser, and pages opened in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error
from tests.kit import PATIENCE, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page
    from tests.guarded import Guarded
    from tests.kit import Server

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

#: The data of the donut, wherever Bokeh keeps its document.
SLICES = "Bokeh.documents.map((d) => d.get_model_by_name('aum_slices')).find(Boolean)?.data"

#: Runs before any script of a page: what must never happen leaves a trace.
TRIPWIRE = """
window.__fired = [];
window.alert = window.confirm = window.prompt = (text) => { window.__fired.push(String(text)); };
document.addEventListener("securitypolicyviolation", (event) => {
  window.__fired.push(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Visit:
    """A page opened in the browser, and everything it did that a viewer does not see."""

    page: Page
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def js(self, expression: str, argument: Any = None) -> Any:
        """Return what an expression gives in the page."""
        return self.page.evaluate(expression, argument)

    def wait(self, expression: str, argument: Any = None, seconds: float = PATIENCE) -> None:
        """Wait until an expression is true in the page.

        Asked again and again from here: the page's policy lets no script be made from text, and
        that is how the browser would have to ask itself.
        """
        until(lambda: self._is(expression, argument), expression, seconds)

    def _is(self, expression: str, argument: Any) -> bool:
        try:
            return bool(self.page.evaluate(expression, argument))
        except Error as error:
            if "context was destroyed" in error.message:  # the page reloads itself
                return False
            raise

    def wait_drawn(self) -> Visit:
        """Wait for the connection and the charts."""
        self.wait(
            "document.documentElement.dataset.link == 'live'"
            " && document.documentElement.dataset.charts == 'ready'"
        )
        return self

    def hear(self, said: ConsoleMessage) -> None:
        """Keep what is more than information."""
        if said.type not in {"info", "log", "debug"}:
            self.console.append(f"{said.type}: {said.text}")

    def wait_value(self, metric: str, value: object, seconds: float = PATIENCE) -> None:
        """Wait until a metric has a value."""
        self.wait(
            "([id, value]) => document.querySelector(`[data-metric=${id}]`).dataset.value == value",
            [metric, str(value)],
            seconds,
        )

    def wait_slices(self, true: str) -> None:
        """Wait until an expression is true of `data`, the donut's own."""
        self.wait(f"(() => {{ const data = {SLICES}; return data && {true}; }})()")

    def text(self, metric: str) -> str:
        """Return the text of a metric."""
        return str(self.page.text_content(f"[data-metric={metric}]"))


Opener = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module: while it is open, nothing else may run an event loop here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def visiting(browser: Browser) -> Opener:
    """Open a page of a server: width and theme, or a path, as one likes."""

    def visit(
        server: Server, width: int = 1400, theme: Any = "light", path: str = "/overview"
    ) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        context.add_init_script(TRIPWIRE)
        visit = Visit(context.new_page())
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("websocket", lambda socket: visit.requests.append(socket.url))
        visit.page.on("console", visit.hear)
        visit.page.on("pageerror", lambda error: visit.console.append(f"error: {error}"))
        visit.page.on("dialog", lambda dialog: visit.console.append(f"dialog: {dialog.message}"))
        visit.page.goto(server.url + path)
        return visit

    # The browser closes the pages. To close a page can take for ever while it reloads itself.
    return visit


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Guarded]:
    """A guarded site of the test's own, whose users and sessions it may change."""
    from tests.guarded import guarded, users_config

    with guarded(users_config(tmp_path), tmp_path) as made:
        yield made
