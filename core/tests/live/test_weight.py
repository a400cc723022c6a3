"""A panel that is too large to be sent is marked; it is not sent, and nothing of it is kept."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import weakref
from typing import Any

import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.plotting import figure
from core.tests.live.charts import draw

from muntin import Feed, Page, Panel, Snapshot
from muntin.live.stage.scene import Scene
from muntin.testing import render, snapshot
from muntin.ui import Chart, Metric, label, metrics

SIZE: Feed[dict[str, Any]] = Feed("size", dict, example={"ts": 1764188100, "n": 10})


def text(state: Snapshot) -> object:
    return "x" * state[SIZE]["n"]


def value(state: Snapshot) -> object:
    return metrics(Metric("a", "A", label("x" * state[SIZE]["n"])))


def frame(state: Snapshot) -> object:
    return pd.DataFrame({"a": range(state[SIZE]["n"] // 10)})


def chart(state: Snapshot) -> object:
    column = range(state[SIZE]["n"] // 100)
    return Chart(draw, {"points": {"x": column, "y": column}}, "c")


def labels(state: Snapshot) -> object:
    return Chart(draw, {"points": {"x": ["x" * state[SIZE]["n"]], "y": [1]}}, "c")


def curve(state: Snapshot) -> object:
    import holoviews as hv

    return hv.Curve(range(state[SIZE]["n"] // 10))


def pane(state: Snapshot) -> object:
    import panel as pn

    return pn.pane.HTML("x" * state[SIZE]["n"])


@pytest.mark.parametrize("view", [text, value, frame, chart, labels, curve, pane])
def test_a_panel_too_large_is_marked_from_the_start(view: Any) -> None:
    drawn = render(Panel("Big", view, (SIZE,)), snapshot(SIZE, n=50_000_000))

    assert drawn.faults["big"].startswith("TooLarge: ")
    assert drawn.faults["big"].endswith("a panel may have 4,000,000")
    assert len(drawn.html) < 1000
    assert drawn.models == ()


@pytest.mark.parametrize("view", [text, value, frame, chart, labels, curve, pane])
def test_a_panel_grown_too_large_keeps_its_figures_and_is_not_sent(view: Any) -> None:
    document = Document()
    scene = Scene(Page("p", "P", (Panel("Big", view, (SIZE,)),)), document)
    scene.update(snapshot(SIZE))

    change = scene.update(snapshot(SIZE, n=50_000_000))
    sent = json.dumps(document.to_json(deferred=False))
    back = scene.update(snapshot(SIZE, n=20))

    assert change.panels == ("big",)
    assert len(sent) < 100_000
    assert back.panels == ("big",)
    assert scene.states["big"].fault is None


def test_what_is_large_and_can_be_sent_is_drawn() -> None:
    assert render(Panel("Big", text, (SIZE,)), snapshot(SIZE, n=3_900_000)).faults == {}
    assert render(Panel("Big", chart, (SIZE,)), snapshot(SIZE, n=10_000_000)).faults == {}


def test_a_picture_that_was_replaced_is_let_go() -> None:
    """A view may make figures as it likes: those of before are kept by nobody of ours."""
    made: list[weakref.ref[Any]] = []

    def anew(state: Snapshot) -> object:
        fresh = figure()
        made.append(weakref.ref(fresh))
        return Chart(lambda: fresh, {}, "c")

    scene = Scene(Page("p", "P", (Panel("New", anew, (SIZE,)),)), document := Document())
    for n in range(20):
        scene.update(snapshot(SIZE, n=n))
    gc.collect()

    assert len(document.roots) == 1
    assert sum(one() is not None for one in made) <= 2


def test_looking_at_views_needs_no_bokeh() -> None:
    """`muntin check` draws every view, and should be quick."""
    code = "import sys, muntin.live.stage.views; sys.exit('bokeh' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
