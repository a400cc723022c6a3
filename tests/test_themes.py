"""What Panel, HoloViews and plotly draw follows the page's theme, on pages and in apps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.contrast import wait_readable
from tests.kit import Server, State, nav, serving_plugin, until
from tests.test_apps import READY, deep, wait_text

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser

CONTENT = """
import base64
import struct
import zlib

import holoviews as hv
import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from panel.models.plotly import PlotlyPlot

hv.extension("bokeh")
KINDS = ("primary", "secondary", "success", "danger", "warning", "info", "light", "dark")
FRAME = pd.DataFrame({"name": list("abcdef"), "worth": [1.5, 2.0, 3.0, 4.0, 5.0, 6.0]})

def chunk(kind, data):
    body = kind + data
    return struct.pack("!I", len(data)) + body + struct.pack("!I", zlib.crc32(body))

#: A see-through picture of one dot.
DOT = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack("!2I5B", 1, 1, 8, 6, 0, 0, 0)) + \\
    chunk(b"IDAT", zlib.compress(bytes(5))) + chunk(b"IEND", b"")

def indicators():
    make = pn.indicators
    return pn.Row(
        make.Number(name="Sharpe", value=1.25, font_size="24pt"),
        make.Trend(name="Price", data={"x": [1, 2, 3], "y": [3, 1, 4]}, width=160, height=120),
        make.Progress(value=40, width=120),
        make.Dial(name="Load", value=30, width=250),
    )

def numbers():
    return pn.Row(*(
        pn.indicators.Number(name=f"Book {i}", value=12345.678, format="{value:,.2f}")
        for i in range(3)
    ))

def texts():
    table = "| asset | share |\\n|---|---|\\n| BTC | 40 % |"
    return pn.Column(
        pn.pane.Markdown(f"## Report\\n\\nWith `code`, [a link](#x) and\\n\\n{table}"),
        pn.pane.Markdown("> a quote"),
        pn.pane.HTML("<h3>Heading</h3><p>Plain <b>HTML</b></p>"),
        pn.pane.JSON({"limit": 1, "of": [True, None, "text"]}, depth=3),
        *(pn.pane.Alert(f"This is {kind}", alert_type=kind) for kind in KINDS),
        pn.Card(pn.pane.Str("within"), title="A card"),
        pn.Tabs(("First", pn.pane.Str("first")), ("Second", pn.pane.Str("second"))),
        pn.widgets.StaticText(name="Static", value="text"),
    )

def table():
    return pn.widgets.Tabulator(
        FRAME, theme="midnight", page_size=4, pagination="local", groupby=["name"],
        header_filters=True, show_index=False, selectable=True, width=400,
    )

def frame():
    return pn.pane.DataFrame(FRAME)

def bokeh():
    made = figure(height=200, sizing_mode="stretch_width", title="Prices", x_axis_label="days")
    made.line([1, 2, 3], [3, 1, 2], legend_label="close")
    made.legend.title = "Kinds"
    return made

def overlay():
    curves = [hv.Curve([(0, 1), (1, i)], "day", "pnl", label=f"book {i}") for i in (2, 3)]
    return hv.Overlay(curves).opts(title="Books", show_legend=True)

def heat():
    cells = [(i, j, i * j) for i in range(3) for j in range(3)]
    return hv.HeatMap(cells, ["one", "two"], "held").opts(colorbar=True, clabel="held")

#: What the Plotly pane sends of a figure in plotly's own template; the package need not be here.
def plotly():
    axis = {"gridcolor": "white", "linecolor": "white"}
    layout = {
        "title": {"text": "Trades"}, "height": 260, "showlegend": True,
        "font": {"color": "#2a3f5f"},
        "paper_bgcolor": "white", "plot_bgcolor": "#E5ECF6", "xaxis": axis, "yaxis": axis,
    }
    made = PlotlyPlot(layout=layout, sizing_mode="stretch_width", data=[
        {"type": "scatter", "y": [1, 3, 2], "name": "close"},
        {"type": "bar", "y": [2, 1, 3], "name": "volume"},
    ], data_sources=[ColumnDataSource(), ColumnDataSource()])
    return pn.pane.Bokeh(made)

def picture():
    return pn.pane.PNG(DOT, width=500, height=120)

def controls():
    make = pn.widgets
    return pn.Column(
        make.Select(name="Asset", options=["BTC", "ETH"]), make.TextInput(name="Note", value="x"),
        make.IntSlider(name="Days", value=3, end=9), make.Checkbox(name="Open"),
        make.Button(name="Go", button_type="primary"), make.Button(name="Plain"),
        make.RadioButtonGroup(options=["1 h", "1 d"], value="1 h"),
        make.MultiChoice(name="Books", options=["a", "b"], value=["a"]),
    )
"""

PLUGIN = """
from functools import partial

from muntin import Feed, Page, Panel, hookimpl

NAV = Feed("nav", dict)
NAMES = ("indicators", "numbers", "texts", "table", "frame", "bokeh", "overlay", "heat", "plotly",
         "picture", "controls")

def drawn(name, state=None):
    import content  # loads Panel: too slow for an import of the plugin

    return getattr(content, name)()

def app():
    import panel as pn

    pn.extension("tabulator", "plotly")
    return pn.Column(*map(drawn, NAMES), sizing_mode="stretch_width")

@hookimpl
def muntin_pages(settings):
    def panels():
        for name in NAMES:
            yield Panel(name.title(), partial(drawn, name), needs=(NAV,), width=6)

    yield Page("shared", "Shared", tuple(panels()))
    yield Page("private", "Private", tuple(panels()), scope="private")
    yield Page("app", "App", app=app)
"""

PATHS = ["/shared", "/private", "/app"]

#: Colours of what is drawn, in the light and in the dark theme: by selector and property.
COLOURS = {
    (".tabulator", "background-color"): ("rgb(255, 255, 255)", "rgb(21, 26, 33)"),
    (".tabulator-row", "background-color"): ("rgb(255, 255, 255)", "rgb(21, 26, 33)"),
    (".bk-Legend", "--bk-background-fill-color"): ("#fff", "#151a21"),
    (".bk-Title", "--bk-text-color"): ("#4a5361", "#b3bdcb"),
    ("text.gtitle", "fill"): ("rgb(74, 83, 97)", "rgb(179, 189, 203)"),
    (".main-svg", "background-color"): ("rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0)"),
    # Pictures and dials are made for paper.
    ("img", "background-color"): ("rgb(255, 255, 255)", "rgb(255, 255, 255)"),
    (".mu-paper", "background-color"): ("rgb(255, 255, 255)", "rgb(255, 255, 255)"),
}
#: Of the labels of colour bars.
INKS = ("#5f6978", "#8f9aaa")
BARS = "[...Bokeh.documents.at(-1)._all_models.values()].filter((m) => m.type == 'ColorBar')"

#: Returns what elements that match, in shadow roots too, have of a property of their style.
STYLES = """([selector, property]) => {
  const below = (node) => [...node.querySelectorAll("*")]
    .flatMap((el) => [el, ...(el.shadowRoot ? below(el.shadowRoot) : [])]);
  return below(document).filter((el) => el.matches(selector))
    .map((el) => getComputedStyle(el).getPropertyValue(property).trim());
}"""
#: Returns the slots out of whose cards something sticks.
STICKING = """() => [...document.querySelectorAll("[data-slot]")]
  .filter((slot) => slot.scrollWidth > slot.clientWidth + 1
    && getComputedStyle(slot).overflowX !== "auto").map((slot) => slot.id)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root: Path = tmp_path_factory.mktemp("themes")
    State(root / "state").put("nav", nav())
    (root / "site").mkdir()
    (root / "site" / "content.py").write_text(CONTENT)
    with serving_plugin(root, "themes", PLUGIN) as running:
        yield running


def wait_style(visit: Visit, selector: str, name: str, wanted: str) -> None:
    """Wait until there is something that matches, and all of it has a property's value."""
    found: list[str] = []

    def has() -> bool:
        found[:] = visit.js(STYLES, [selector, name])
        return {*found} == {wanted}

    try:
        until(has, wanted, 20)
    except AssertionError as error:
        raise AssertionError(f"{selector}: {name} is {found}, not {wanted}") from error


def opened(server: Server, visiting: Opener, path: str, theme: str, width: int = 1400) -> Visit:
    """Return a page whose slowest parts have been drawn."""
    visit = visiting(server, width=width, theme=theme, path=path)
    visit.wait(READY)
    wait_text(visit, ".tabulator-cell", "1.5")
    visit.wait(f"({STYLES})(['text.gtitle', 'fill']).length == 1")
    return visit


@pytest.mark.parametrize("path", PATHS)
def test_what_is_drawn_can_be_read_and_follows_the_switch_of_themes(
    server: Server, visiting: Opener, path: str
) -> None:
    visit = opened(server, visiting, path, "light")

    for theme in range(2):
        if theme:
            visit.page.click("#mu-theme")
        for (selector, name), values in COLOURS.items():
            wait_style(visit, selector, name, values[theme])
        labels = f"({BARS}).map((bar) => bar.major_label_text_color).join()"
        visit.wait(f"{labels} === '{INKS[theme]}'")
        wait_readable(visit)
    assert "Kinds" in deep(visit, ".bk-title")
    assert [line for line in visit.console if line.startswith("error")] == []


@pytest.mark.parametrize("path", PATHS)
def test_nothing_scrolls_the_page_sideways_on_a_phone(
    server: Server, visiting: Opener, path: str
) -> None:
    visit = opened(server, visiting, path, "dark", width=390)

    visit.wait("document.documentElement.scrollWidth <= innerWidth")
    visit.wait(f"({STICKING})().length == 0")


def test_what_is_too_wide_for_its_card_is_scrolled_within_it(
    server: Server, visiting: Opener
) -> None:
    visit = opened(server, visiting, "/shared", "light")

    visit.wait("document.querySelector('[data-panel=numbers] [data-slot]').dataset.wide === ''")
    visit.wait(f"({STICKING})().length == 0")
    assert visit.js("document.documentElement.scrollWidth <= innerWidth")
