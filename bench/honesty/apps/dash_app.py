"""The Overview's figures in Dash: an interval of a second, errors on a line of their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bench.honesty.apps.common import figures
from dash import Dash, Input, Output, dcc, html

STATE = Path(os.environ["STATE_DIR"])
NAMES = ("nav", "aum", "drawdown_pct", "maker_fill_ratio", "mark")

app = Dash(__name__, title="Overview", update_title="")
app.layout = html.Div(
    [
        html.Div(id="error"),
        *(html.Div(id=name, style={"display": "inline-block", "margin": 20}) for name in NAMES),
        dcc.Interval(id="tick", interval=1000),
    ]
)
server = app.server


@app.callback(
    Output("error", "children"),
    *(Output(name, "children") for name in NAMES),
    Input("tick", "n_intervals"),
)
def refresh(_count: int | None) -> tuple[Any, ...]:
    """Return every figure, or the error and no figures."""
    try:
        found = figures(STATE)
    except Exception as error:  # noqa: BLE001  # whatever reading raises is shown
        return (f"error: {type(error).__name__}: {error}", *[None] * len(NAMES))
    cards = [
        [html.Div(label), html.B(text), html.Div(caption)]
        for label, text, caption in (found[name] for name in NAMES)
    ]
    return ("", *cards)
