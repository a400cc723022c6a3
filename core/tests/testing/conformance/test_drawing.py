"""Each check of what a plugin draws fails where it should, and says what to do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import muntin.testing.conformance as suite
from muntin.live.stage.side_effects import watched
from muntin.testing.conformance import drawing, promises
from muntin.testing.conformance.inert import markup_problems

Said = Callable[..., str]

CHECKS = [getattr(suite, name) for name in dir(drawing) if name.startswith("test_")]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_plugin_passes_every_check(said: Said, check: Any) -> None:
    assert said(check) == ""


def test_every_check_is_brought_by_the_one_line() -> None:
    made = {name for one in (drawing, promises) for name in vars(one) if name.startswith("test_")}
    assert made == set(suite.__all__)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("raise KeyError('no')", "panel 'toy' raises KeyError: 'no' from its feeds' examples"),
        ("import sys; sys.exit(1)", "raises SystemExit"),
    ],
)
def test_a_panel_that_cannot_be_drawn_is_told(said: Said, view: str, words: str) -> None:
    assert words in said(suite.test_panel_renders_from_examples, view=view)


def test_a_panel_that_only_waits_is_told(said: Said) -> None:
    bad = ('example={"ts": 1764188000, "name": "a", "size": 1.5}', 'example={"name": []}')
    refusing = ("node = Node", 'raise MalformedFeed("$", "no");node = Node')

    answer = said(suite.test_panel_renders_from_examples, bad, refusing)

    assert "shows nothing from its feeds' examples" in answer


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("return snapshot[SIDE][0].value", "raises FeedUnavailable: no value for feed 'side'"),
        ("return str(snapshot.age(TOY).seconds)", "when 'toy' is undated"),
        ("return ui.Note(snapshot.reading(SIDE).problem)", "shows viewers a reading's problem"),
        ("try:\n    return str(snapshot[SIDE])\nexcept Exception as error:\n    return repr(error)",
         "shows viewers a reading's problem, meant for operators,"),
        ("return repr(view)", "shows Python's own text '&lt;function '"),
        ("if {snapshot.status(TOY), snapshot.status(SIDE)} == {'stale'}:\n"  # noqa: ISC004
         "    raise ValueError('both')\nreturn 'a'",
         "raises ValueError: both when every feed is stale"),
    ],
)  # fmt: skip
def test_a_panel_that_a_faulty_feed_breaks_is_told(said: Said, view: str, words: str) -> None:
    assert words in said(suite.test_panel_holds_whatever_state_a_feed_is_in, view=view)


def test_a_panel_that_an_odd_document_breaks_is_told(said: Said) -> None:
    view = "return str(1 / snapshot[TOY][1].value)"

    answer = said(suite.test_panel_holds_whatever_a_feed_says, view=view)

    assert "raises TypeError" in answer
    assert "when 'toy' has " in answer


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("import panel as pn\nreturn pn.pane.HTML(f'<b>{snapshot[TOY][0].value}</b>')",
         "HTML: an element <img> came out of text"),
        ("from bokeh.models import Div\nreturn Div(text=snapshot[TOY][0].value)",
         "Div: an element <img> came out of text"),
        ("from bokeh.plotting import figure\n"  # noqa: ISC004
         "return figure(tools='hover', tooltips=[('a', '@a{safe}')])", "leave out {safe}"),
        ("from bokeh.models import DataTable, HTMLTemplateFormatter, TableColumn\n"  # noqa: ISC004
         "form = HTMLTemplateFormatter(template='<%= value %>')\n"
         "return DataTable(columns=[TableColumn(field='a', formatter=form)])", "write <%- value"),
        ("name = snapshot[TOY][0].value\nreturn name.encode() and name", "raises UnicodeEncode"),
        ("raw = snapshot.reading(TOY).raw\nreturn 'x' if len(raw['name']) < 999 else 1 / 0",
         "raises ZeroDivision"),
    ],
)  # fmt: skip
def test_text_that_comes_alive_is_told(said: Said, view: str, words: str) -> None:
    assert words in said(suite.test_hostile_text_is_inert, view=view)


def test_a_view_that_one_hostile_value_breaks_is_told(said: Said) -> None:
    view = "name, size = snapshot[TOY]\nreturn str(len(name.value) and size.value + 1)"

    answer = said(suite.test_hostile_text_is_inert_in_every_place, view=view)

    assert "raises TypeError" in answer
    assert "when size of 'toy' is hostile" in answer


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>&lt;script&gt;</p>", ""),
        ("<p><SCRIPT>x</SCRIPT>", "an element <script>"),
        ("<span OnClick='x'>", "an attribute onclick="),
        ("<a href=' java\nscript:x'>", "runs a script"),
        ("<p>a\x00b", "a control character"),
        ("<p>a\ud800b", "a lone surrogate"),
        ("<p>9359", "a template was evaluated"),
    ],
)
def test_markup_is_judged_as_a_browser_would(markup: str, words: str) -> None:
    problems = markup_problems(markup)

    assert bool(problems) is bool(words)
    assert words in " ".join(problems)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("COUNT.append(1)\nreturn f'seen {len(COUNT)} times'", "shows something else the second"),
        ("snapshot[TOY].append(1)\nreturn 'a'", "changes the values it is given"),
        ("snapshot.reading(TOY).raw['name'] = 'z'\nreturn 'a'", "changes the values it is given"),
    ],
)  # fmt: skip
def test_a_view_that_is_not_pure_is_told(said: Said, view: str, words: str) -> None:
    mutable = (
        'return (node.text("name"), node.number("size"))',
        'return [node.text("name"), node.number("size")]',
    )
    count = ("@dataclass", "COUNT = []\n@dataclass")

    check = suite.test_same_snapshot_gives_the_same_picture
    assert words in said(check, mutable, count, view=view)


@pytest.mark.parametrize(
    ("made", "view", "words"),
    [
        ("import panel as pn\n"  # noqa: ISC004
         "class Shared(pn.viewable.Viewer):\n"
         "    def __init__(self):\n"
         "        super().__init__()\n        self.pane = pn.pane.Str('')\n"
         "    def __panel__(self):\n        return self.pane\n"
         "    def refresh(self, snapshot):\n"
         "        self.pane.object = str(snapshot.status(TOY))\n"
         "SHARED = Shared()\n", "return SHARED", "shares what it draws"),
        ("from bokeh.plotting import figure\nSHARED = figure()\n",
         "return ui.Chart(draw, {}, 'c')",
         "while another picture of it is shown"),
    ],
    ids=["viewer", "figure"],
)  # fmt: skip
def test_pictures_that_share_an_object_are_told(
    said: Said, made: str, view: str, words: str
) -> None:
    before = ("@dataclass", f"{made}def draw():\n    return SHARED\n@dataclass")

    assert words in said(suite.test_two_pictures_share_nothing, before, view=view)


def test_a_script_that_no_panel_declares_is_told(said: Said) -> None:
    ladder = """return Ladder()

class Ladder(ui.Component):
    def render(self, build, key):
        with build.element('div', {'data-script': 'ladder.js'}):
            build.text('steps')

OTHER = lambda name, size: ui.metrics("""
    change = ("return ui.metrics(", ladder)
    words = said(suite.test_scripts_of_components_are_declared, change)

    assert "asks for ladder.js; write scripts=(Path(__file__).with_name('ladder.js'),)" in words


def test_a_chart_built_anew_at_every_update_is_told(said: Said) -> None:
    view = (
        "from bokeh.plotting import figure\n"
        "def draw(points):\n    made = figure()\n    made.line('x', 'y', source=points)\n"
        "    return made\n"
        "return ui.Chart(draw, {'points': {'x': [1], 'y': [2]}}, 'c')"
    )

    answer = said(suite.test_update_rebuilds_no_models, view=view)

    assert "models anew at an update; return a ui.Chart with one module-level draw" in answer


def test_a_view_that_looks_beyond_the_snapshot_is_told(said: Said, tmp_path: Path) -> None:
    check = suite.test_rendering_touches_no_file_and_no_network
    file = tmp_path / "rates.txt"
    file.write_text("1.5")

    reads = said(check, view=f"with open({str(file)!r}) as file:\n    return file.read()")
    writes = said(check, view=f"open({str(file)!r}, 'a').close()\nreturn 'a'")
    asks = said(check, view="import socket\nsocket.socket().close()\nreturn 'a'")
    runs = said(check, view="import subprocess\nsubprocess.run(['true'])\nreturn 'a'")

    assert f"reads the file {file}" in reads
    assert f"writes the file {file}" in writes
    assert "socket.__new__" in asks
    assert "subprocess.Popen" in runs


def test_importing_and_libraries_are_nobody_s_fault(said: Said) -> None:
    check = suite.test_rendering_touches_no_file_and_no_network
    view = (
        "import sys\nsys.modules.pop('colorsys', None)\nimport colorsys\n"
        "import zoneinfo\nzoneinfo.ZoneInfo.clear_cache()\nzoneinfo.ZoneInfo('Europe/Vienna')\n"
        "open(colorsys.__file__).close()\nreturn 'a'"
    )

    assert said(check, view=view) == ""


def test_only_the_view_s_own_thread_is_watched(tmp_path: Path) -> None:
    def elsewhere() -> None:
        socket.socket().close()

    with watched() as found:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    (tmp_path / "after").touch()

    assert found == []


def test_a_view_over_its_budget_is_told(said: Said) -> None:
    check = suite.test_rendering_stays_within_its_budget
    burns = (
        "import time\nend = time.thread_time() + 0.05\nwhile time.thread_time() < end: pass\n"
        "return 'a'"
    )

    assert "the budget is 0.01 s (MUNTIN_BUDGET, --muntin-budget)" in said(
        check, view=burns, budget=0.01
    )
    assert said(check, view=burns) == ""
    assert said(check, view="import time\ntime.sleep(0.02)\nreturn 'a'", budget=0.01) == ""
