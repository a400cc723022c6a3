"""A browser that was held up for a while: it misses updates, and then shows what is true now."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
from tests.conftest import Opener
from tests.kit import Server, State, serving_plugin, until

pytestmark = pytest.mark.browser

PLUGIN = """
from muntin import Feed, Field, Page, Panel, Presence, hookimpl
from muntin.ui import Chart, Metric, metrics, stack

ROWS = Feed("rows", lambda raw: dict(raw), example={"n": 0, "y": [1], "updated_ts": 0})

def draw(points):
    from bokeh.plotting import figure
    made = figure()
    made.line("x", "y", source=points)
    return made

def view(snapshot):
    rows = snapshot[ROWS]
    n = Field(rows["n"], "count", "rows", "n", "", Presence.OK)
    points = {"x": list(range(len(rows["y"]))), "y": rows["y"]}
    return stack(metrics(Metric("n", "N", n)), Chart(draw, {"points": points}, "chart"))

@hookimpl
def muntin_pages(settings):
    yield Page("rows", "Rows", (Panel("Rows", view, needs=(ROWS,)),))
"""

#: First and last of the drawn data; nothing while one document of Bokeh replaces another.
ENDS = """(() => {
  const data = Bokeh.documents.at(-1)?.get_model_by_name("points")?.data;
  if (!data) return null;
  const y = [...(data instanceof Map ? data.get("y") : data.y)];
  return `${y.length} ${y[0]} ${y.at(-1)}`;
})()"""

MANY = 30_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("slow")
    put(State(root / "state"), 0)
    with serving_plugin(root, "rows", PLUGIN) as running:
        yield running


def put(state: State, n: int) -> str:
    """Write many points that are all new; return their number, first and last."""
    values = [random.Random(n).randint(1, 10**6), *random.sample(range(10**6), MANY), n]
    state.put("rows", {"n": n, "y": values, "updated_ts": time.time()})
    return f"{len(values)} {values[0]} {values[-1]}"


def test_charts_and_figures_are_of_now_after_updates_were_missed(
    server: Server, visiting: Opener
) -> None:
    visit = visiting(server, path="/rows").wait_drawn()
    visit.js("window.kept = true")
    devtools = visit.page.context.new_cdp_session(visit.page)
    devtools.send("Debugger.enable")
    devtools.send("Debugger.pause")
    n, wanted = 0, ""

    def missed() -> bool:
        nonlocal n, wanted
        n += 1
        wanted = put(server.state, n)
        server.wait_figure("n", page="/rows", data_value=str(n))
        return server.metric("muntin_relay_skipped_total", page="rows") > 0

    until(missed, "the browser misses updates", 60)
    devtools.send("Debugger.resume")
    devtools.send("Debugger.disable")

    visit.wait_value("n", n)
    visit.wait(f"{ENDS} === '{wanted}'")
    last = put(server.state, n + 1)
    visit.wait(f"{ENDS} === '{last}'")
    assert visit.js("window.kept")
    assert visit.console == []
