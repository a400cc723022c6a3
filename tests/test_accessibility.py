"""Every page is for everyone: no violation that axe finds, nothing beyond the screen."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # has no types
from tests.demos import Demo, demo_at
from tests.kit import MUNTIN, Server, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from tests.conftest import Opener

pytestmark = pytest.mark.browser

APPS = Path(__file__).parent.parent / "examples" / "apps"
#: Who opens each page of the demo.
PAGES = {
    "/overview": "olga", "/pipeline": "olga", "/risk": "olga", "/router-health": "olga",
    "/intel": "olga", "/trades": "olga", "/-/": "olga", "/nowhere": "olga", "/my-share": "ada",
}  # fmt: skip
WIDTHS = {"light": (1400, 768, 390, 320), "dark": (1400, 390)}
READY = "document.documentElement.dataset.link !== 'connecting'"
LOST = "document.documentElement.dataset.link === 'lost'"

#: What axe finds: rule, and where.
AXE = """(within) => axe.run(within, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) =>
    `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`))"""
#: What stands beyond the right edge, if the page can be scrolled there.
BEYOND = """document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")]
      .filter((el) => el.getBoundingClientRect().right > innerWidth + 1)
      .map((el) => el.outerHTML.slice(0, 120)).concat("the page scrolls sideways").slice(0, 3)
  : []"""
#: Charts that are too small to be seen.
SMALL = """[...document.querySelectorAll("[data-slot]")]
  .filter((el) => el.offsetWidth < 100 || el.offsetHeight < 40).map((el) => el.id)"""
#: True where a list in the page is empty.
NOTHING = "({}).length === 0"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with demo_at(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("apps")
    server = Server(root / "state", root / "log", program=(MUNTIN,))
    server.serves = [str(APPS / "sizing.py")]
    try:
        yield server.start()
    finally:
        server.close()


def wait(page: Page, expression: str, what: str) -> None:
    """Wait until an expression is true in the page."""
    until(lambda: bool(page.evaluate(expression)), what)


def problems(page: Page, where: str, within: str = "html") -> list[str]:
    """Return what is wrong with a page, or with a part of it, as it stands."""
    found: list[Any] = [*page.evaluate(AXE, within), *page.evaluate(BEYOND), *page.evaluate(SMALL)]
    return [f"{where}: {one}" for one in found]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_violation_at_any_width(
    demo: Demo, browser: Browser, path: str, theme: Any
) -> None:
    name = PAGES[path]
    page = demo.enter(browser, name, "/overview", color_scheme=theme)
    page.goto(demo.url + path)
    if path != "/nowhere":
        wait(page, READY, "the page is connected")
    page.evaluate(AXE_SCRIPT)

    found = []
    for width in WIDTHS[theme]:
        page.set_viewport_size({"width": width, "height": 900})
        # Charts take their new size a moment after the page does.
        wait(page, NOTHING.format(SMALL), "charts have their room")
        wait(page, NOTHING.format(BEYOND), f"nothing is beyond {width} px")
        found += problems(page, f"{width} px")
    page.set_viewport_size({"width": 1400, "height": 900})
    for opener in ("[data-metric][data-feed]", "#mu-lamp", ".mu-def"):
        if page.query_selector(opener):
            page.locator(opener).first.click()
            found += problems(page, opener, "dialog[open], :popover-open")
            page.keyboard.press("Escape")

    assert found == []


def test_a_lost_server_makes_no_page_scroll_sideways(demo: Demo, browser: Browser) -> None:
    """Every figure then says that it is the last known one, in text that only some are read."""
    shown = [path for path, name in PAGES.items() if name == "olga" and path != "/nowhere"]
    pages = {path: demo.enter(browser, "olga", path, color_scheme="light") for path in shown}
    for page in pages.values():
        wait(page, READY, "the page is connected")

    demo.process.send_signal(signal.SIGSTOP)
    try:
        for path, page in pages.items():
            wait(page, LOST, f"{path} says that the server is lost")
            for width in WIDTHS["light"]:
                page.set_viewport_size({"width": width, "height": 900})
                wait(page, NOTHING.format(BEYOND), f"{path} fits into {width} px")
    finally:
        demo.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_to_sign_in_has_no_violation(demo: Demo, browser: Browser, theme: Any) -> None:
    page = browser.new_context(color_scheme=theme).new_page()
    page.goto(demo.url + "/overview")
    page.evaluate(AXE_SCRIPT)

    assert page.is_visible("input[name=password]")
    assert problems(page, "sign in") == []


def test_what_stands_around_an_app_has_no_violation(apps: Server, visiting: Opener) -> None:
    """The app's own widgets are Panel's."""
    visit = visiting(apps, path="/sizing")
    visit.wait("document.documentElement.dataset.charts === 'ready'")
    page = visit.page
    page.evaluate(AXE_SCRIPT)
    page.evaluate("document.querySelector('.mu-app-roots').remove()")

    assert problems(page, "app") == []
