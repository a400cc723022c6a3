"""A viewer who has zoomed into a chart keeps the place, while the data goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Opener
from tests.kit import Server, State, serving_plugin

pytestmark = pytest.mark.browser

#: A page with a curve that grows with every update.
PLUGIN = """
import holoviews as hv
from muntin import Feed, Page, Panel, hookimpl

CURVE = Feed("curve", lambda raw: dict(raw), example={"n": 3, "updated_ts": 0})

def curve(snapshot):
    points = [(i, i % 7) for i in range(snapshot[CURVE]["n"])]
    return hv.Curve(points, "time", "rate")

@hookimpl
def muntin_pages(settings):
    yield Page("curve", "Curve", (Panel("Curve", curve, needs=(CURVE,)),))
"""

#: The length of the drawn data and the ends of the horizontal range.
SEEN = """(() => {
  const [root] = Bokeh.documents[Bokeh.documents.length - 1].roots();
  const [source] = root.renderers.map((one) => one.data_source);
  return [source.get_length(), root.x_range.start, root.x_range.end];
})()"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("zoom")
    grow(State(root / "state"), 10)
    with serving_plugin(root, "growing", PLUGIN) as running:
        yield running


def grow(state: State, points: int) -> Path:
    return state.put("curve", {"n": points, "updated_ts": time.time()})


def test_zoom_stays_while_the_data_goes_on(server: Server, visiting: Opener) -> None:
    page = visiting(server, path="/curve").wait_drawn()
    page.wait(f"{SEEN}[0] === 10")
    grow(server.state, 20)
    page.wait(f"{SEEN}[0] === 20 && {SEEN}[2] > 18")
    page.js(
        "(() => { const [root] = Bokeh.documents[Bokeh.documents.length - 1].roots();"
        " root.x_range.setv({start: 3, end: 6}); })()"
    )
    grow(server.state, 40)
    page.wait(f"{SEEN}[0] === 40")

    assert page.js(SEEN) == [40, 3, 6]
