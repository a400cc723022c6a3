"""Keeping a chart live: each type's own way, with its models kept and only data sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure
from core.tests.live.charts import draw

from muntin.live.stage.charts import is_element, is_viewer, target_of
from muntin.live.stage.scene import Change, Scene
from muntin.pages import Page, Panel
from muntin.state.feeds import Feed
from muntin.state.snapshots import Snapshot
from muntin.testing import snapshot
from muntin.ui import Chart, Embed, Note, stack

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188100, "nav": 1.0})


class Drawn:
    """A page of one panel, with what was sent to viewers at the last update."""

    def __init__(self, view: Callable[[float], object]) -> None:
        self.document = Document()
        self.events: list[Any] = []
        self.document.on_change(self.events.append)
        panel = Panel("A", lambda state: view(state[NAV]["nav"]), (NAV,))
        self.scene = Scene(Page("page", "Page", (panel,)), self.document)
        self.update(1.0)

    def update(self, value: float) -> Change:
        """Draw again, as a stage does: with the events held back and merged."""
        self.events.clear()
        self.document.hold("combine")
        change = self.scene.update(snapshot(NAV, nav=value))
        self.document.unhold()
        return change

    def new_models(self, *values: float) -> int:
        before = {model.id for model in self.document.models}
        changes = [self.update(value) for value in values]
        assert not any(change.resync for change in changes), self.fault
        assert self.fault == ""
        return sum(model.id not in before for model in self.document.models)

    @property
    def fault(self) -> str:
        fault = self.scene.states["a"].fault
        return "" if fault is None else fault.summary

    @property
    def root(self) -> Any:
        [root] = self.document.roots
        return root

    def sent(self) -> set[str]:
        """Return what was sent: ``Model.attribute``."""
        return {f"{type(event.model).__name__}.{event.attr}" for event in self.events}


# ------------------------------------------------------------------ Chart


def chart(value: float, points: Any = None) -> Chart:
    return Chart(draw, {"points": points or {"x": [1, 2], "y": [0, value]}}, "chart")


def test_chart_keeps_its_models_and_sends_its_data() -> None:
    drawn = Drawn(chart)

    assert drawn.new_models(2.0, 3.0) == 0
    assert drawn.sent() == {"ColumnDataSource.data"}
    assert list(drawn.root.select_one({"name": "points"}).data["y"]) == [0, 3.0]


def test_chart_of_the_same_data_sends_nothing() -> None:
    drawn = Drawn(chart)

    assert not drawn.update(1.0)
    assert drawn.events == []


def test_chart_drawn_by_a_bound_method_is_kept() -> None:
    """A bound method is another object at every look, and the same method."""

    class Painter:
        def draw(self, points: ColumnDataSource) -> Any:
            return draw(points)

    painter = Painter()
    drawn = Drawn(lambda value: Chart(painter.draw, {"points": {"x": [1], "y": [value]}}, "c"))

    assert drawn.new_models(2.0) == 0


def test_chart_of_columns_of_arrays_is_kept() -> None:
    def lines(points: ColumnDataSource) -> Any:
        made = figure()
        made.multi_line("xs", "ys", source=points)
        return made

    def view(value: float) -> Chart:
        columns = {"xs": [np.array([1, 2])], "ys": [np.array([0, value])]}
        return Chart(lines, {"points": columns}, "c")

    assert Drawn(view).new_models(1.0, 2.0) == 0


@pytest.mark.parametrize(
    "other",
    [
        lambda: Chart(lambda points: figure(), {"points": {"x": [], "y": []}}, "c"),
        lambda: Chart(
            lambda more: figure(), {"more": {"x": []}}, "c"
        ),
        lambda: Embed(hv.Curve([1, 2]), "c"),
    ],
)  # fmt: skip
def test_other_chart_replaces_it_and_viewers_pull_again(other: Callable[[], Any]) -> None:
    drawn = Drawn(lambda value: chart(value) if value < 5 else other())
    before = drawn.root

    change = drawn.update(5.0)

    assert change == Change(panels=("a",), resync=True)
    assert drawn.root is not before


def test_chart_that_is_gone_is_removed() -> None:
    drawn = Drawn(lambda value: chart(value) if value < 5 else Note("none"))

    assert drawn.update(5.0).resync
    assert drawn.document.roots == []
    assert drawn.update(1.0) == Change(panels=("a",), resync=True)
    assert drawn.root.name == "a.chart"


def test_charts_of_a_stack_have_a_place_each() -> None:
    drawn = Drawn(lambda value: stack(chart(value), chart(value), Embed(hv.Curve([1, value]), "c")))

    names = [root.name for root in drawn.document.roots]
    assert names == ["a.0.chart", "a.1.chart", "a.2.live"]
    assert drawn.new_models(2.0) == 0
    assert set(drawn.scene.states["a"].fragment.slots) == set(names)


def test_column_that_no_browser_could_be_sent_is_this_panels_fault() -> None:
    """Encoding happens for the whole page at once: it must not be what finds this out."""
    drawn = Drawn(lambda value: chart(value, {"x": [1], "y": [object() if value == 2 else value]}))

    change = drawn.update(2.0)

    assert change.panels == ("a",)
    assert "NotSendable: a chart holds what browsers cannot be sent" in drawn.fault
    assert list(drawn.root.select_one({"name": "points"}).data["y"]) == [1.0]
    assert drawn.new_models(3.0) == 0


def test_columns_of_unequal_length_are_drawn_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="columns must be of the same length"):
        drawn = Drawn(lambda value: chart(value, {"x": [1, 2], "y": [value]}))

    assert drawn.fault == ""


# ------------------------------------------------------------------ HoloViews


def curve(value: float) -> hv.Curve:
    return hv.Curve([(0, 0.0), (1, 10.0), (2, value)])


def test_element_keeps_its_models_and_sends_its_data() -> None:
    drawn = Drawn(curve)

    assert drawn.new_models(2.0, 3.0) == 0
    assert drawn.sent() <= {"ColumnDataSource.data", "figure.hold_render"}
    [source] = drawn.root.select({"type": ColumnDataSource})
    assert list(source.data["y"]) == [0.0, 10.0, 3.0]


def test_elements_ranges_are_not_sent_while_the_data_fits_them() -> None:
    """A viewer's zoom lives in the browser: nothing is sent that would undo it."""
    drawn = Drawn(curve)
    drawn.update(2.0)

    assert not any(isinstance(event.model, Range1d) for event in drawn.events)


def test_element_fills_its_place_also_after_an_update() -> None:
    drawn = Drawn(curve)

    for value in (2.0, 3.0):
        drawn.update(value)
        assert drawn.root.sizing_mode == "stretch_both"


def test_overlay_is_an_element() -> None:
    drawn = Drawn(lambda value: curve(value) * curve(5.0))

    assert drawn.new_models(2.0, 3.0) == 0


def test_element_of_another_type_replaces_it() -> None:
    drawn = Drawn(lambda value: curve(value) if value < 5 else hv.Bars([("a", value)]))
    before = drawn.root

    assert drawn.update(5.0) == Change(panels=("a",), resync=True)
    assert drawn.root is not before


def test_layout_of_elements_is_replaced() -> None:
    """It is no element; Panel draws it anew."""
    drawn = Drawn(lambda value: hv.Layout([curve(value), curve(5.0)]))

    assert drawn.new_models(2.0) > 0


# ------------------------------------------------------------------ Panel and Bokeh


def test_panel_object_of_the_same_shape_keeps_its_models() -> None:
    drawn = Drawn(lambda value: pn.Column(pn.pane.Markdown(f"value {value}"), pn.Row("x")))

    assert drawn.new_models(2.0, 3.0) == 0
    assert "HTML.text" in drawn.sent()


def test_widget_as_a_picture_is_kept() -> None:
    drawn = Drawn(lambda value: pn.widgets.StaticText(value=str(value)))

    assert drawn.new_models(2.0) == 0


def test_bokeh_figure_is_replaced() -> None:
    drawn = Drawn(lambda value: figure(title=str(value)))

    assert drawn.new_models(2.0) > 0


def test_panel_object_gives_way_to_an_element_and_back() -> None:
    drawn = Drawn(lambda value: curve(value) if value == 2 else pn.pane.Markdown("x"))

    assert drawn.update(2.0).resync
    assert drawn.root.sizing_mode == "stretch_both"
    assert drawn.update(3.0).resync
    assert len(drawn.document.roots) == 1


# ------------------------------------------------------------------ Viewer


class Gauge(pn.viewable.Viewer):
    """A viewer that draws once and takes new data."""

    built = 0

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)  # type: ignore[no-untyped-call]  # param's
        self.source = ColumnDataSource({"x": [0.0]}, name="gauge")
        self.calls: list[float] = []

    def refresh(self, state: Snapshot) -> None:
        self.calls.append(state[NAV]["nav"])
        self.source.data = {"x": [state[NAV]["nav"]]}

    def __panel__(self) -> Any:
        type(self).built += 1
        made = figure()
        made.scatter("x", "x", source=self.source)
        return pn.pane.Bokeh(made)


def test_viewer_is_built_once_and_refreshed_after() -> None:
    Gauge.built = 0
    gauge = Gauge()
    drawn = Drawn(lambda _: gauge)

    assert drawn.new_models(2.0, 3.0) == 0
    assert gauge.calls == [1.0, 2.0, 3.0]
    assert Gauge.built == 1
    assert drawn.sent() == {"ColumnDataSource.data"}


def test_another_viewer_of_the_same_type_is_not_needed() -> None:
    Gauge.built = 0
    made: list[Gauge] = []
    drawn = Drawn(lambda _: made.append(Gauge()) or made[-1])  # type: ignore[func-returns-value]  # returns the viewer

    assert drawn.new_models(2.0) == 0
    assert (made[0].calls, made[1].calls) == ([1.0, 2.0], [])
    assert Gauge.built == 1


def test_viewer_that_fails_to_refresh_is_a_fault_with_its_last_picture() -> None:
    class Broken(Gauge):
        def refresh(self, state: Snapshot) -> None:
            super().refresh(state)
            if self.calls[-1] == 2.0:
                raise ValueError("no")

    broken = Broken()
    drawn = Drawn(lambda _: broken)
    before = drawn.root

    assert drawn.update(2.0).panels == ("a",)
    assert drawn.fault == "ValueError: no"
    assert drawn.root is before
    assert drawn.new_models(3.0) == 0


# ------------------------------------------------------------------ telling them apart


def test_kinds_are_told_apart() -> None:
    assert is_element(hv.Curve([]))
    assert is_element(hv.Curve([]) * hv.Curve([]))
    assert not is_element(hv.Layout([hv.Curve([])]))
    assert not is_element(figure())
    assert is_viewer(Gauge())
    assert not is_viewer(pn.pane.Markdown("x"))
    assert target_of(Embed("x", "l")) == "x"
    assert target_of("x") == "x"
