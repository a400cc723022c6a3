"""The Overview in Panel, tuned as far as its documentation leads.

One reader for all sessions looks four times a second and makes every text once (tuned_reader.py).
A session has nothing of its own but its models: it sets what has changed under ``hold``, so that
one message goes out. ``panel serve bench/peers/tuned_panel.py --args STATE_DIR``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure
from panel.io import hold

from bench.peers.tuned_reader import reader

pn.extension(sizing_mode="stretch_width")

shared = reader(Path(sys.argv[1]))
panes = {
    name: pn.pane.HTML(shared.now[name])
    for name in ("cards", "holdings", "indicators", "positions")
}
source = ColumnDataSource(shared.now["wedges"])
span = {"start": -1.1, "end": 1.1}
donut = figure(
    width=260, height=260, x_range=Range1d(**span), y_range=Range1d(**span), toolbar_location=None
)
donut.annular_wedge(
    x=0, y=0, inner_radius=0.6, outer_radius=1, start_angle="start", end_angle="end",
    color="color", source=source,
)  # fmt: skip
donut.axis.visible = donut.grid.visible = False
shown = dict(shared.now)


def show(now: dict[str, Any]) -> None:
    """Set what differs from what is shown, in one message."""
    changed = {name for name in now if now[name] != shown[name]}
    shown.update(now)
    with hold():
        for name in changed & set(panes):
            panes[name].object = now[name]
        if "wedges" in changed:
            source.data = now["wedges"]


document = pn.state.curdoc
shared.sessions[document] = show
pn.state.on_session_destroyed(lambda _context: shared.sessions.pop(document, None))
pn.Column(
    panes["cards"],
    pn.Row(pn.pane.Bokeh(donut), panes["holdings"], panes["indicators"]),
    panes["positions"],
).servable(title="Overview")
