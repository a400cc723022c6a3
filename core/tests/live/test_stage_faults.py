"""No view ends a stage, not one that fails nor one that hangs; only stopping does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from bokeh.plotting import figure
from core.tests.live.charts import draw
from core.tests.live.running import WAIT, Running, Start, metric, value

from muntin.pages import Panel
from muntin.state.snapshots import Snapshot
from muntin.ui import Chart, stack


def fails_at(number: float) -> Callable[[Snapshot], object]:
    def view(state: Snapshot) -> object:
        if value(state) == number:
            raise ValueError("secret")
        return metric(state)

    return view


def test_fault_is_told_and_the_other_panels_go_on(start: Start) -> None:
    running = start(fails_at(2), metric)
    running.publish(value=1)
    running.publish(value=2)

    _, leaves, [[slug, html]], _, _ = running.wait_text("data-fault")

    assert slug == "a"
    assert "Not updated since 20:15:00 UTC" in html
    assert "secret" not in html
    assert [leaf[:2] for leaf in leaves] == [["b.nav", "value 2.0"]]

    running.publish(value=3)
    _, _, [[slug, html]], _, _ = running.wait_text("value 3.0")
    assert "data-fault" not in html


def test_chart_that_cannot_be_encoded_does_not_end_the_stage(start: Start) -> None:
    def view(state: Snapshot) -> Chart:
        y: Any = object() if value(state) == 2 else value(state)
        return Chart(draw, {"points": {"x": [0], "y": [y]}}, "c")

    running = start(view, metric)
    running.publish(value=2)
    running.wait_text("data-fault")
    running.publish(value=3)

    running.wait_text("value 3.0")
    assert running.pull()[0] > 1


def figure_of(y: Any) -> figure:
    made = figure()
    made.line([0] * len(y), y)
    return made


def good(state: Snapshot) -> Chart:
    return Chart(draw, {"points": {"x": [0], "y": [value(state)]}}, "c")


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("number", [1, 2])
def test_figure_that_cannot_be_encoded_is_marked_and_others_are_sent(
    start: Start, number: int, watched: bool
) -> None:
    """From the start, or after an update; whether somebody looks then or only later."""

    def view(state: Snapshot) -> object:
        return figure_of(range(3) if value(state) == number else [value(state)])

    running = start(view, good)
    running.watched = watched
    running.publish(value=1)
    running.publish(value=number)
    running.stage.look()
    assert running.stage.fresh(WAIT)

    _, body = running.pull()
    assert b"a.live" not in body
    assert b"b.chart" in body
    shown = running.stage.shown
    assert shown is not None
    fault = shown.panels["a"].fault
    assert fault is not None
    assert "can't serialize <class 'range'>" in fault.summary
    assert shown.panels["b"].fault is None


def test_figure_of_a_filtered_frame_is_drawn(start: Start) -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0]})
    running = start(lambda _state: figure_of(frame[frame.y > 1].y), metric)
    running.publish()

    assert b"a.live" in running.pull()[1]


def test_hostile_text_does_not_end_the_stage(start: Start) -> None:
    running = start(lambda state: stack("\ud800" * int(value(state) > 1), metric(state)))
    running.publish(value=2)

    running.wait_text("value 2.0")


def test_hanging_view_is_named_and_ends_nothing(start: Start) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(state: Snapshot) -> object:
        if value(state) == 2:
            entered.set()
            release.wait(WAIT)
        return metric(state)

    running = start(metric, hang)
    assert running.stage.running == ("", 0.0)
    running.publish(value=2)
    assert entered.wait(WAIT)

    panel, seconds = running.stage.running
    assert panel == "b"
    assert seconds >= 0
    running.publish(value=3)
    assert running.stage.shown is not None
    assert running.stage.shown.revision == 1

    release.set()
    running.wait_text("value 3.0")
    assert running.stage.running == ("", 0.0)


def test_stopping_does_not_wait_for_a_view_that_hangs(start: Start) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(state: Snapshot) -> object:
        entered.set()
        release.wait(WAIT)
        return metric(state)

    running = Running((Panel("A", hang),), 0.02)
    running.stage.start(running)
    assert entered.wait(WAIT)

    running.stage.stop(0.01)

    assert running.stage._thread.is_alive()
    assert running.stage.shown is None
    release.set()
    running.stage._thread.join(WAIT)
    assert not running.stage._thread.is_alive()


def test_stopped_stage_follows_nothing(start: Start) -> None:
    running = start(metric)
    running.stage.stop()
    running.publish(value=2)

    assert running.updates == []
    assert running.store._wakes == ()


def test_stage_that_was_stopped_is_not_started() -> None:
    running = Running((Panel("A", metric),), 0.02)
    running.stage.stop()
    running.stage.start(running)

    assert running.stage._thread.ident is None
    assert running.store._wakes == ()
