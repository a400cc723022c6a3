"""The Overview in Dash: one interval of a second, and one callback that fills the page.

Dash keeps nothing of a viewer: each asks once a second, and all outputs come in one answer. A
document is parsed once for each version of its file, and what it says is made once, however many
ask. The donut is a plain dict, which spares Plotly's checks.
``gunicorn --threads 8 bench.peers.dash_app:server`` with STATE_DIR in the environment.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from dash import Dash, Input, Output, dash_table, dcc, html

from bench.peers.documents import (
    colors,
    holdings,
    indicators,
    load,
    positions,
    slices,
    status,
)

STATE = Path(os.environ["STATE_DIR"])
DOCUMENTS = ("nav", "kpis_v7", "positions")
OUTPUTS = (
    Output("nav", "children"), Output("aum", "children"), Output("drawdown", "children"),
    Output("volatility", "children"), Output("donut", "figure"), Output("holdings", "data"),
    Output("indicators", "data"), Output("positions", "data"),
)  # fmt: skip


def donut(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the figure of what the fund holds."""
    pie = {
        "type": "pie", "hole": 0.6, "labels": frame["Holding"].tolist(),
        "values": frame["USD"].tolist(), "marker": {"colors": colors(frame)}, "sort": False,
    }  # fmt: skip
    return {"data": [pie], "layout": {"height": 260, "uirevision": "kept"}}


@lru_cache(maxsize=2)
def content(_version: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the value of every output, made once for each version of the files."""
    nav, kpis, rows = (load(STATE, name) for name in DOCUMENTS)
    frame = slices(nav)
    tables = (holdings(frame), indicators(kpis), positions(rows))
    return (
        f"{nav['nav_usd']:,.2f}", f"{nav['aum']['total']:,.2f}", *status(kpis), donut(frame),
        *(table.to_dict("records") for table in tables),
    )  # fmt: skip


def now() -> tuple[Any, ...]:
    """Return the value of every output for the files as they are."""
    found = [(STATE / f"{name}.json").stat() for name in DOCUMENTS]
    return content(tuple(one.st_ino for one in found) + tuple(one.st_mtime_ns for one in found))


def table(name: str, rows: list[dict[str, Any]]) -> dash_table.DataTable:
    """Return a table."""
    return dash_table.DataTable(rows, [{"name": key, "id": key} for key in rows[0]], id=name)


def layout() -> html.Div:
    """Return the page with its figures as they are."""
    nav, aum, drawdown, volatility, figure, held, kpis, rows = now()
    cards = (("NAV", "nav", nav), ("AUM", "aum", aum), ("Drawdown", "drawdown", drawdown),
             ("Volatility", "volatility", volatility))  # fmt: skip
    return html.Div(
        [
            *(html.Div([title, " ", html.B(value, id=name)]) for title, name, value in cards),
            dcc.Graph(figure=figure, id="donut"),
            table("holdings", held), table("indicators", kpis),
            html.H2("Positions"), table("positions", rows),
            dcc.Interval(id="tick", interval=1000),
        ]
    )  # fmt: skip


app = Dash(__name__, title="Overview", update_title="", compress=True)
app.layout = layout
server = app.server


@app.callback(*OUTPUTS, Input("tick", "n_intervals"))
def refresh(_count: int | None) -> tuple[Any, ...]:
    """Return everything anew."""
    return now()
