"""What an update costs the browser: one layout, however many rows change."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession
from tests.conftest import Opener, Visit
from tests.kit import Server, State, serving_plugin

pytestmark = pytest.mark.browser

PLUGIN = """
import pandas as pd
from muntin import Feed, Field, Page, Panel, Presence, hookimpl
from muntin.ui import Metric, frame, metrics

ROWS = Feed("rows", lambda raw: dict(raw), example={"n": 0, "rows": 3, "updated_ts": 0})

def figure(snapshot):
    n = Field(snapshot[ROWS]["n"], "count", "rows", "n", "", Presence.OK)
    return metrics(Metric("n", "N", n))

def view(snapshot):
    rows = snapshot[ROWS]
    count = range(rows["rows"])
    made = pd.DataFrame({"name": [f"row {i}" for i in count], "a": [rows["n"] + i for i in count]})
    return frame(made, limit=500)

@hookimpl
def muntin_pages(settings):
    yield Page("rows", "Rows", (Panel("N", figure, needs=(ROWS,)), Panel("T", view, needs=(ROWS,))))
"""

#: The most layouts of one update: one for what changed, one for ages that tick in between.
MOST = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("layouts")
    _put(State(root / "state"), 0, 3)
    with serving_plugin(root, "rows", PLUGIN) as running:
        yield running


def _put(state: State, n: int, rows: int) -> None:
    state.put("rows", {"n": n, "rows": rows, "updated_ts": time.time()})


def _layouts(devtools: CDPSession) -> float:
    found = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in found if one["name"] == "LayoutCount")


def _update(server: Server, seen: Visit, devtools: CDPSession, n: int, rows: int) -> float:
    """Return how many layouts one update took, up to the frame after its last value."""
    before = _layouts(devtools)
    _put(server.state, n, rows)
    last = "document.querySelector('[data-panel=\"t\"] tbody tr:last-child td:last-child')"
    seen.wait(f"{last}?.textContent.replace(',', '') === '{n + rows - 1}'")
    seen.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return _layouts(devtools) - before


@pytest.mark.parametrize("rows", [3, 50, 500])
def test_update_lays_out_at_most_twice(server: Server, visiting: Opener, rows: int) -> None:
    _put(server.state, 1000, rows)
    seen = visiting(server, path="/rows")
    seen.wait(f"document.querySelectorAll('[data-panel=\"t\"] tbody tr').length === {rows}")
    devtools = seen.page.context.new_cdp_session(seen.page)
    devtools.send("Performance.enable")
    taken = [_update(server, seen, devtools, 2000 + turn, rows) for turn in range(5)]
    assert statistics.median(taken) <= MOST, taken
