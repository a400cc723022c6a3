"""Charts that come to a page which is open already: its scripts are fetched, it is not reloaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import Opener, Visit
from tests.kit import Server, serving_plugin, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser

#: A chart where the document asks for one, and a widget, which needs one more bundle of scripts.
PLUGIN = """
from bokeh.models import Slider
from bokeh.plotting import figure
from muntin import Feed, Page, Panel, hookimpl, ui

WISH = Feed("wish", dict, example={"chart": False, "widget": False, "updated_ts": 0})

def draw(points):
    made = figure(height=200)
    made.line("x", "y", source=points)
    return made

def chart(snapshot):
    if not snapshot[WISH]["chart"]:
        return ui.Note("no chart")
    return ui.Chart(draw, {"points": {"x": [0, 1], "y": [0, 1]}}, "a chart")

def widget(snapshot):
    if not snapshot[WISH]["widget"]:
        return ui.Note(snapshot[WISH]["words"])
    return ui.Embed(Slider(start=0, end=9, value=4, title="a slider"), "a slider")

@hookimpl
def muntin_pages(settings):
    panels = Panel("Chart", chart, (WISH,)), Panel("Widget", widget, (WISH,))
    yield Page("later", "Later", panels)
"""

#: What a widget of Panel's needs, in the order in which it has to run.
BUNDLES = ("bokeh", "bokeh-widgets", "bokeh-tables", "panel")

#: Shortens all waiting of the page's own.
HASTE = "window.setTimeout = ((later) => (what) => later(what, 50))(window.setTimeout), 0"

#: How many charts stand in the page, drawn.
DRAWN = "[...document.querySelectorAll('[data-slot]')].filter((slot) => slot.firstElementChild)"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving_plugin(tmp_path, "later", PLUGIN) as server:
        yield server


def wish(
    server: Server, *, chart: bool = False, widget: bool = False, words: str = "no widget"
) -> None:
    """Write what the page is to show."""
    wanted = {"chart": chart, "widget": widget, "words": words}
    server.state.put("wish", wanted | {"updated_ts": 1764188100})


@pytest.fixture
def opened(server: Server, visiting: Opener) -> Visit:
    """The page, opened while there was nothing to draw."""
    until(lambda: server.get("/later").status == 200, "/later")
    visit = visiting(server, path="/later")
    visit.wait("document.documentElement.dataset.link == 'live'")
    visit.js("window.__same = true")
    return visit


def scripts(visit: Visit) -> list[str]:
    """Return the names of the script bundles that the page has fetched, in order."""
    names = [url.rpartition("/")[2] for url in visit.requests]
    return [name for name in dict.fromkeys(names) if name.endswith(".min.js")]


def test_charts_that_come_are_drawn_without_a_reload(server: Server, opened: Visit) -> None:
    assert scripts(opened) == []
    wish(server, chart=True)
    opened.wait(f"{DRAWN}.length == 1")
    wish(server, chart=True, widget=True)
    opened.wait(f"{DRAWN}.length == 2 && Bokeh.Models.get('Slider') !== undefined")

    assert scripts(opened) == [f"{name}.min.js" for name in BUNDLES]
    assert opened.js("window.__same")
    assert opened.console == []
    assert opened.js("window.__fired") == []


def test_charts_that_go_and_come_back_leave_the_page_where_it_is(
    server: Server, opened: Visit
) -> None:
    for _ in range(2):
        wish(server, chart=True, widget=True)
        opened.wait(f"{DRAWN}.length == 2")
        wish(server, chart=True)
        opened.wait(f"{DRAWN}.length == 1")
        wish(server)
        opened.wait("!document.querySelector('[data-slot]')")

    assert opened.js("window.__same")
    assert opened.console == []


def test_figures_do_not_wait_for_the_scripts_of_charts(server: Server, browser: Browser) -> None:
    """However long those take, the page is live; they come in the end."""
    wish(server, chart=True)
    until(lambda: "data-slot" in server.get("/later").text, "there is a chart")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context = browser.new_context()
    visit = Visit(context.new_page())
    visit.page.on("console", visit.hear)
    visit.page.route("**/bokeh.min.js", hold)
    visit.page.goto(f"{server.url}/later", wait_until="domcontentloaded")
    visit.wait("document.documentElement.dataset.link == 'live'")
    visit.wait("performance.getEntriesByName('first-contentful-paint').length == 1")
    wish(server, chart=True, words="while it waits")
    visit.wait("document.body.textContent.includes('while it waits')")
    assert visit.js("window.Bokeh") is None
    for route in held:
        route.continue_()
    visit.wait(f"{DRAWN}.length == 1")

    assert visit.console == []
    context.close()


def test_scripts_that_do_not_come_are_asked_for_again(server: Server, opened: Visit) -> None:
    opened.js(HASTE)
    opened.page.route("**/bokeh.min.js", lambda route: route.abort())
    with opened.page.expect_console_message(lambda said: "did not arrive" in said.text):
        wish(server, chart=True)
    wish(server, chart=True, words="goes on")
    opened.wait("document.body.textContent.includes('goes on')")
    opened.page.unroute("**/bokeh.min.js")

    opened.wait(f"{DRAWN}.length == 1")
    assert opened.js("window.__same")


def test_a_chart_that_goes_while_it_is_being_drawn_is_no_fault(
    server: Server, opened: Visit
) -> None:
    wish(server, chart=True)
    opened.wait(f"{DRAWN}.length == 1")
    opened.js(
        """() => {
          const real = window.Bokeh, gate = new Promise((open) => { window.__open = open; });
          const add_document_standalone = async (...given) => {
            window.__waits = true;
            await gate;
            return real.embed.add_document_standalone(...given);
          };
          const embed = { value: { ...real.embed, add_document_standalone } };
          window.Bokeh = Object.create(real, { embed });
        }"""
    )
    wish(server, chart=True, widget=True)
    opened.wait("window.__waits")
    wish(server, chart=True)
    opened.wait("document.querySelectorAll('[data-slot]').length == 1")
    opened.js("window.__open()")
    opened.wait(f"{DRAWN}.length == 1")

    assert opened.console == []
