"""A Panel app is run once; what it changes is encoded once, for all who look."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import panel as pn
from core.tests.panel.kit import messages

from muntin.panel.broadcast import outbox

if TYPE_CHECKING:
    import pytest
    from core.tests.panel.conftest import Run

#: Without the types that it has, which leave out some of what it takes.
STATE: Any = pn.state


def ticking() -> Any:
    """Return an app that counts, twenty times a second."""
    shown = pn.pane.Markdown("0")

    def tick() -> None:
        shown.object = str(int(shown.object or 0) + 1)

    pn.state.add_periodic_callback(tick, 50)
    return shown


def test_a_pull_brings_the_document_of_a_revision(run: Run) -> None:
    app = run(lambda: pn.pane.Markdown("hello"))

    revision, content = app.pull()

    assert revision == app.stage.shown.revision  # type: ignore[union-attr]  # it has started
    assert "hello" in json.dumps(content["doc"])


def test_a_periodic_callback_reaches_viewers(run: Run) -> None:
    app = run(ticking)

    app.wait(lambda: any("2" in str(text) for text in app.changes("text")))


def test_every_update_says_its_revision_and_they_rise(run: Run) -> None:
    app = run(ticking)
    app.wait(lambda: len(app.updates) >= 3)

    revisions = [told["revision"] for told in app.told()]

    assert revisions == sorted(set(revisions))
    assert [update.revision for update in app.updates][: len(revisions)] == revisions


def test_what_waits_for_the_page_to_open_is_run(run: Run) -> None:
    def build() -> Any:
        shown = pn.pane.Markdown("before")
        STATE.onload(lambda: shown.param.update(object="after"))
        return shown

    app = run(build)

    assert "after" in json.dumps(app.pull()[1])


def test_async_callbacks_and_next_ticks_reach_viewers(run: Run) -> None:
    def build() -> Any:
        shown = pn.pane.Markdown("start")

        async def later() -> None:
            shown.object = "from a coroutine"
            STATE.execute(lambda: shown.param.update(object="from the next tick"), schedule=True)

        STATE.add_periodic_callback(later, 50, count=1)
        return shown

    app = run(build)

    app.wait(lambda: any("coroutine" in str(text) for text in app.changes("text")))
    app.wait(lambda: any("next tick" in str(text) for text in app.changes("text")))


def test_while_nobody_looks_nothing_is_encoded_and_a_pull_is_of_now(run: Run) -> None:
    app = run(ticking)
    app.watched = False
    before = app.stage.figures.encodes
    first, _ = app.pull()
    changed = threading.Event()
    while not changed.wait(0.02) and app.stage.shown.revision < first + 3:  # type: ignore[union-attr]
        pass

    revision, _ = app.pull()

    assert revision >= first + 3
    assert app.stage.figures.encodes <= before + 1


def test_arrays_travel_as_binary_buffers(run: Run) -> None:
    import numpy as np
    from bokeh.models import ColumnDataSource
    from bokeh.plotting import figure

    def build() -> Any:
        source = ColumnDataSource({"x": np.arange(4.0), "y": np.arange(4.0)})
        plot = figure()
        plot.line("x", "y", source=source)

        def tick() -> None:
            source.data = {"x": np.arange(4.0), "y": np.random.default_rng(1).random(4)}

        pn.state.add_periodic_callback(tick, 50)
        return pn.pane.Bokeh(plot)

    app = run(build)

    def buffers() -> list[bytes]:
        sent = b"".join(update.frames for update in app.updates)
        return [one for _, some in messages(sent) for one in some]

    assert len(app.wait(buffers)[0]) == 32


def test_a_script_is_run_as_panel_serve_runs_it(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "market.py"
    script.write_text(
        "import panel as pn\n"
        "pn.extension(template='material')\n"
        "pn.pane.Markdown('in the main area').servable(title='The market')\n"
        "pn.pane.Markdown('at the side').servable(target='sidebar')\n"
    )

    app = run(script)

    assert app.stage.face is not None
    assert app.stage.face.title == "The market"
    assert "mdc-drawer" in app.stage.face.html
    assert "at the side" in json.dumps(app.pull()[1])


def test_an_app_without_a_template_stands_in_muntins_page(run: Run) -> None:
    app = run(lambda: pn.pane.Markdown("plain"))

    assert app.stage.face is not None
    assert app.stage.face.html == ""
    assert "bokeh.min.js" in app.stage.face.scripts


def test_controls_that_need_python_are_named(run: Run) -> None:
    def build() -> Any:
        slider = pn.widgets.IntSlider(label="n", end=9)
        linked = pn.widgets.Checkbox(label="only in the browser")
        linked.jscallback(value="console.log(1)")
        return pn.Column(slider, linked, pn.pane.Markdown("no control"))

    app = run(build)

    assert [*app.pull()[1]["muntin"]["controls"].values()] == ["disabled"]


def test_a_control_that_comes_later_is_named_with_the_change_that_brings_it(run: Run) -> None:
    def build() -> Any:
        column = pn.Column("start")
        pn.state.add_periodic_callback(
            lambda: column.append(pn.widgets.Button(label="late")), 100, count=1
        )
        return column

    app = run(build)

    app.wait(lambda: any(told["controls"] for told in app.told()))


def test_an_update_that_is_too_much_has_the_page_asked_for_as_a_whole(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST", 10)
    app = run(ticking)

    app.wait(lambda: any(told["whole"] for told in app.told()))

    assert app.changes("text") == []
