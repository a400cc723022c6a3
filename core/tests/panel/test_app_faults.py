"""What goes wrong in an app is marked, named for the operator, and costs the rest nothing."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
import pytest
from bokeh.io import curdoc

from muntin.panel.broadcast import health, stage

if TYPE_CHECKING:
    from core.tests.panel.conftest import Run
    from core.tests.panel.kit import RunningApp


def fault_of(app: RunningApp) -> Any:
    shown = app.stage.shown
    return None if shown is None else shown.panels["market"].fault


def wait_changes(app: RunningApp, count: int) -> None:
    app.wait(lambda: len(app.changes("text")) >= count)


def failing(after: int = 1) -> Any:
    shown = pn.pane.Markdown("0")

    def tick() -> None:
        count = int(shown.object or 0) + 1
        shown.object = str(count)
        if count > after:
            raise RuntimeError("the exchange is shut")

    pn.state.add_periodic_callback(tick, 50)
    return shown


def test_a_periodic_callback_that_raises_is_marked_and_named(run: Run) -> None:
    app = run(failing)

    said = app.wait(lambda: next((told["said"] for told in app.told() if told["said"]), ""))

    fault = app.stage.health.fault
    assert fault is not None
    assert fault.ref in said
    assert "exchange" not in said
    assert "the exchange is shut" in fault.summary
    assert ("panel-failed", "market/market", fault.ref) in app.events


def test_what_was_changed_before_the_exception_is_sent(run: Run) -> None:
    app = run(lambda: failing(after=0))

    app.wait(lambda: any(">1<" in str(text) or "1" in str(text) for text in app.changes("text")))


def test_an_app_that_goes_on_without_exceptions_is_well_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "WELL_AFTER", 0.2)

    def build() -> Any:
        shown = pn.pane.Markdown("0")

        def tick() -> None:
            shown.object = str(int(shown.object or 0) + 1)
            if shown.object == "2":
                raise RuntimeError("once")

        pn.state.add_periodic_callback(tick, 50)
        return shown

    app = run(build)
    app.wait(lambda: any(event[0] == "panel-failed" for event in app.events))

    app.wait(lambda: any(event[0] == "panel-recovered" for event in app.events))

    app.wait(lambda: app.told()[-1]["said"] == "")


@pytest.mark.slow
def test_a_callback_that_does_not_end_is_said_to_viewers(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "HANGS_AFTER", 0.5)
    over = threading.Event()

    def build() -> Any:
        def wait() -> None:
            over.wait(20)

        pn.state.add_periodic_callback(wait, 50, count=1)
        return pn.pane.Markdown("still")

    app = run(build)
    try:
        app.wait(lambda: any("not answered" in told["said"] for told in app.told()))
        assert app.stage.running[0] == "market"
    finally:
        over.set()
    app.wait(lambda: app.told()[-1]["said"] == "")


def test_a_change_that_cannot_be_sent_costs_the_others_nothing(run: Run) -> None:
    from bokeh.models import ColumnDataSource
    from bokeh.plotting import figure

    def build() -> Any:
        source = ColumnDataSource({"x": [1], "y": [1]})
        plot = figure()
        plot.line("x", "y", source=source)
        shown = pn.pane.Markdown("start")

        def tick() -> None:
            source.data = {"x": [object()], "y": [1]}
            shown.object = "goes on"

        pn.state.add_periodic_callback(tick, 50, count=1)
        return pn.Column(pn.pane.Bokeh(plot), shown)

    app = run(build)

    app.wait(lambda: any("goes on" in str(text) for text in app.changes("text")))
    assert app.wait(lambda: app.stage.health.fault) is not None


@pytest.mark.parametrize("body", ["raise ValueError('no key')", "import sys; sys.exit(3)", "1 +"])
def test_a_script_that_fails_to_start_is_named_and_shows_no_trace(
    run: Run, tmp_path: Path, body: str
) -> None:
    script = tmp_path / "market.py"
    script.write_text(f"import panel as pn\npn.pane.Markdown('before').servable()\n{body}\n")

    app = run(script)

    assert app.stage.face is None
    assert app.stage.health.fault is not None
    assert "market.py" in app.stage.health.fault.trace


def test_a_function_that_raises_is_named_and_shows_no_trace(run: Run) -> None:
    def build() -> Any:
        raise ValueError("no key")

    app = run(build)

    assert app.stage.face is None
    assert app.stage.health.fault is not None
    assert "no key" in app.stage.health.fault.summary


def test_what_another_app_left_behind_is_not_this_ones_fault(run: Run) -> None:
    """A task's exception is reported where its memory is collected, which may be any thread."""

    async def fail() -> None:
        raise RuntimeError("of another loop")

    other = asyncio.new_event_loop()
    left = [other.create_task(fail())]
    other.run_until_complete(asyncio.wait(left))
    other.close()

    def build() -> Any:
        left.clear()
        gc.collect()
        return pn.pane.Markdown("open")

    app = run(build)

    assert left == []
    assert app.stage.health.fault is None


def test_an_app_that_failed_to_start_is_tried_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "FIRST_PAUSE", 0.0)
    tries = []

    def build() -> Any:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise OSError("the exchange is shut")
        return pn.pane.Markdown("open")

    app = run(build)
    deadline = time.monotonic() + 10
    while app.stage.face is None and time.monotonic() < deadline:
        threading.Event().wait(0.05)

    assert "open" in json.dumps(app.pull()[1])


@pytest.mark.parametrize("name", ["location", "user", "cookies", "headers", "session_args"])
def test_reading_what_is_one_viewers_own_is_a_clear_error(run: Run, name: str) -> None:
    app = run(lambda: pn.pane.Markdown(str(getattr(pn.state, name))))

    fault = app.stage.health.fault
    assert fault is not None
    assert f"pn.state.{name} belongs to one viewer" in fault.trace
    assert "--private" in fault.trace


def test_two_apps_at_once_keep_to_their_own_documents(run: Run) -> None:
    """Bokeh and Panel keep the current document for the process, unless they are told otherwise."""

    def counting(word: str) -> Any:
        shown, seen = pn.pane.Markdown(word), []

        def tick() -> None:
            seen.append(id(curdoc()))
            shown.object = f"{word} {len(seen)} {len(set(seen))}"

        pn.state.add_periodic_callback(tick, 5)
        return shown

    apps = {word: run(partial(counting, word)) for word in ("one", "two")}

    for word, app in apps.items():
        wait_changes(app, 20)
        texts = [str(text) for text in app.changes("text")]
        assert [text for text in texts if word not in text] == []
        assert {text.split()[2][0] for text in texts} == {"1"}
