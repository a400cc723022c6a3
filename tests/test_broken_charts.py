"""A chart that cannot be drawn costs only its own panel, which says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.kit import Server, State, nav, serving_plugin

if TYPE_CHECKING:
    from tests.conftest import Opener

pytestmark = pytest.mark.browser

PLUGIN = """
import panel as pn
from bokeh.plotting import figure
from panel.custom import JSComponent

from muntin import Feed, Field, Page, Panel, Presence, hookimpl
from muntin.ui import Chart

NAV = Feed("nav", dict)

class Unresolved(JSComponent):
    _esm = "import add from '/nowhere.js'; export function render() { return add(); }"

class Raising(JSComponent):
    _esm = "export function render() { throw new Error('no'); }"

def draw(points):
    made = figure(height=120)
    made.line("x", "y", source=points)
    return made

def good(state):
    return Chart(draw, {"points": {"x": [0, 1], "y": [0, state[NAV]["nav"]]}}, "NAV")

def unsendable(state):
    made = figure(height=120)
    made.line(range(3), range(3))
    return made

def vega(state):
    schema = "https://vega.github.io/schema/vega-lite/v5.json"
    return pn.pane.Vega({"$schema": schema, "mark": "bar", "data": {"values": [{"a": 1}]}})

VIEWS = {
    "Unsendable": unsendable, "Unresolved": lambda state: Unresolved(),
    "Raising": lambda state: Raising(), "Vega": vega, "Good": good,
}

@hookimpl
def muntin_pages(settings):
    panels = tuple(Panel(title, view, needs=(NAV,)) for title, view in VIEWS.items())
    yield Page("broken", "Broken", panels)
"""

FEET = """Object.fromEntries([...document.querySelectorAll("[data-panel]")].map(
  (card) => [card.dataset.panel, card.querySelector("[data-foot]").textContent.split(" ·")[0]]))"""
POINTS = "Bokeh.documents.at(-1)?.get_model_by_name('points')?.data"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("broken")
    State(root / "state").put("nav", nav())
    with serving_plugin(root, "broken", PLUGIN) as running:
        yield running


def test_broken_charts_are_marked_and_the_others_stay_live(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/broken").wait_drawn()

    broken = ("unresolved", "raising", "vega")
    visit.wait(f"{list(broken)}.every((slug) => ({FEET})[slug] == 'chart not drawn')", seconds=40)
    feet = visit.js(FEET)
    assert feet["unsendable"] == "not updated"
    assert feet["good"] == "live"
    assert "page does not allow" in visit.page.inner_text("[data-panel=vega]")
    for slug in broken:
        assert visit.page.is_visible(f"[data-panel={slug}] .mu-fault")
    server.state.put("nav", nav(13000.5))
    visit.wait(f"{POINTS}?.y?.[1] === 13000.5 || {POINTS}?.get?.('y')?.[1] === 13000.5")
