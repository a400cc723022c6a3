"""Which controls of an app need Python, and where its code reads what is one viewer's own."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import panel as pn
import param
import pytest
from bokeh.document import Document
from panel.custom import JSComponent
from panel.widgets.base import WidgetBase

from muntin.live.panel_apps import PERSONAL, controls_of, names_of
from muntin.pages import Page
from muntin.panel.broadcast.inspection import check_app
from muntin.panel.broadcast.reads import personal_reads


class Chip(JSComponent, WidgetBase):
    """A widget with a script of its own, called as one that only shows something."""

    value = param.Integer(0)
    disabled = param.Boolean(default=False)
    _esm = "export function render() { return document.createElement('b'); }"


class Knob(Chip):
    """One that is turned."""


def made(kind: Any, **params: Any) -> Any:
    return kind(**params)


def controls(*parts: Any) -> list[str]:
    document = Document()
    pn.Column(*parts).server_doc(document)
    return sorted(names_of(document, controls_of(document)))


def linked(widget: Any) -> Any:
    widget.jscallback(value="console.log(1)")
    return widget


@pytest.mark.parametrize(
    ("widget", "name"),
    [
        (pn.widgets.IntSlider(label="n", end=9), "IntSlider “n”"),
        (pn.widgets.Button(label="Go"), "Button “Go”"),
        (pn.widgets.CodeEditor(), "CodeEditor"),
        (pn.widgets.DiscreteSlider(label="Steps", options=[1, 2]), "DiscreteSlider “Steps”"),
        (pn.widgets.FileDownload(io.StringIO("a"), filename="a"), "FileDownload “Download a”"),
        (made(Knob, label="Volume"), "Knob “Volume”"),
    ],
)
def test_a_control_that_needs_python_is_found_and_named(widget: Any, name: str) -> None:
    assert controls(widget) == [name]


@pytest.mark.parametrize(
    "part",
    [
        linked(pn.widgets.Checkbox(label="only in the browser")),
        pn.widgets.FileDownload(io.StringIO("a"), filename="a", embed=True),
        pn.indicators.Number(value=1),
        pn.widgets.StaticText(value="a"),
        made(Chip, label="a"),
        pn.Card("a"),
    ],
)
def test_what_works_in_the_browser_alone_is_none(part: Any) -> None:
    assert controls(part) == []


def test_the_links_of_a_widget_that_is_made_of_several_are_its_own() -> None:
    both = controls(pn.widgets.EditableIntSlider(label="n", end=9))

    assert both == ["EditableIntSlider “n”"] * 2


@pytest.mark.parametrize(
    "code",
    [
        "import panel as pn\npn.state.user",
        "import panel\npanel.state.user",
        "from panel import state\nstate.user",
        "from panel.io.state import state as s\ns.user",
        "import panel as pn\ns = pn.state; s.user",
    ],
)
def test_a_read_of_what_is_one_viewers_own_is_found(code: str, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(code)

    assert [*map(str, personal_reads(app, PERSONAL))] == ["app.py:2 reads pn.state.user"]


@pytest.mark.parametrize(
    "code", ["import panel as pn\npn.state.cache", "class state:\n    user = 1\nstate.user", "1 +"]
)
def test_nothing_else_is_found(code: str, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(code)

    assert personal_reads(app, PERSONAL) == []


def test_reads_are_found_in_the_modules_beside_an_app(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import helper\nfrom parts import one")
    (tmp_path / "helper.py").write_text("import app, panel as pn\nx = pn.state.cookies")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.py").write_text("import panel as pn\n\npn.state.location.hash")

    found = [*map(str, personal_reads(tmp_path / "app.py", PERSONAL))]

    assert found == ["helper.py:2 reads pn.state.cookies", "one.py:3 reads pn.state.location"]


def test_reads_are_found_in_notebooks(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": ["%matplotlib inline\n", "import panel as pn\n"]}
    more = {"cell_type": "code", "source": ["pn.state.user"]}
    (tmp_path / "app.ipynb").write_text(json.dumps({"cells": [cell, more]}))

    found = personal_reads(tmp_path / "app.ipynb", PERSONAL)

    assert [read.name for read in found] == ["user"]


def test_a_check_of_an_app_runs_it_and_what_waits_for_its_page(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(
        "import panel as pn\n"
        "column = pn.Column()\n"
        "pn.state.onload(lambda: column.append(pn.widgets.Select(label='Symbol')))\n"
        "column.servable()\n"
    )

    check = check_app(Page("app", "App", app=app), 20.0)

    assert (check.status, check.problem, check.ok) == ("ok", "", True)
    assert check.controls == ("Select “Symbol”",)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("raise OSError('shut')", "OSError: shut"),
        ("import panel as pn\npn.Row('forgotten')", "shows nothing: mark"),
        ("import panel as pn\npn.state.onload(lambda: 1 / 0)\npn.Row().servable()", "division"),
    ],
)
def test_a_check_of_an_app_that_fails_says_why(code: str, problem: str, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(code)

    check = check_app(Page("app", "App", app=app), 20.0)

    assert check.status == "failed"
    assert problem in check.problem
