"""A chart's data in the browser is the server's, though only what is new of it is sent."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import Opener
from tests.kit import Server, State, serving_plugin

pytestmark = pytest.mark.browser

#: A page with a chart of whatever columns a document holds.
PLUGIN = """
from muntin import Feed, Page, Panel, hookimpl
from muntin.ui import Chart

ROWS = Feed("rows", lambda raw: dict(raw), example={"x": [1], "y": [1], "updated_ts": 0})

def draw(points):
    from bokeh.plotting import figure
    made = figure()
    made.line("x", "y", source=points)
    return made

def chart(snapshot):
    rows = snapshot[ROWS]
    return Chart(draw, {"points": {"x": rows["x"], "y": rows["y"]}}, "chart")

@hookimpl
def muntin_pages(settings):
    yield Page("rows", "Rows", (Panel("Rows", chart, needs=(ROWS,)),))
"""

#: The columns of the drawn data, which BokehJS holds as an object or as a map.
SEEN = """(() => {
  const docs = Bokeh.documents, { data } = docs[docs.length - 1].get_model_by_name("points");
  const columns = data instanceof Map ? [...data] : Object.entries(data);
  return JSON.stringify(columns.map(([name, values]) => [name, ...values]).sort());
})()"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("rows")
    put(State(root / "state"), [1, 2, 3], [5, 6, 7])
    with serving_plugin(root, "rows", PLUGIN) as running:
        yield running


def put(state: State, x: list[Any], y: list[Any]) -> None:
    state.put("rows", {"x": x, "y": y, "updated_ts": time.time()})


def test_browser_has_what_the_server_has(server: Server, visiting: Opener) -> None:
    page = visiting(server, path="/rows").wait_drawn()
    for x, y in (
        ([1, 2, 3, 4], [5, 6, 7, 8]),  # a row appended
        ([2, 3, 4, 5], [6, 7, 8, 9]),  # the first row gone, one appended
        ([2, 3, 4, 5], [6, 7, 8, 1]),  # one column changed
        ([3, 4, 5, 6, 7], [7, 8, 1, 2, 3]),
        ([9], [9]),
        ([], []),
        ([1, 2], [None, 4]),
    ):
        put(server.state, x, y)
        wanted = json.dumps([["x", *x], ["y", *y]], separators=(",", ":"))
        page.wait(f"{SEEN} === '{wanted}'")
