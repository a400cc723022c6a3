"""Dash's DataTable, which draws the rows in sight; a callback returns the rows."""

from __future__ import annotations

import os

from dash import Dash, Input, Output, State, dash_table, dcc, html, no_update
from orders import LOOK_EVERY, document, orders

first = orders(document())
app = Dash(__name__)
app.layout = html.Div(
    [
        dash_table.DataTable(
            id="table",
            columns=[{"name": name, "id": name} for name in first.columns],
            data=first.to_dict("records"),
            virtualization=True,
            page_action="none",
            fixed_rows={"headers": True},
            style_table={"height": 600},
        ),
        dcc.Interval(id="look", interval=int(1000 * LOOK_EVERY)),
        dcc.Store(id="seen"),
    ]
)


@app.callback(
    Output("table", "data"),
    Output("seen", "data"),
    Input("look", "n_intervals"),
    State("seen", "data"),
)
def look(_: int, seen: float) -> tuple[object, object]:
    """Return the rows where they have changed."""
    read = document()
    if read["n"] == seen:
        return no_update, no_update
    return orders(read).to_dict("records"), read["n"]


app.run(host="127.0.0.1", port=int(os.environ["PORT"]), debug=False)
