"""The Overview as an ordinary Panel app, written the way Panel's own guides do it.

Every session builds its own page, and a periodic callback of its own reads the same state files
once a second. ``panel serve bench/peers/plain_panel.py --args STATE_DIR``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure

from bench.peers.documents import holdings, indicators, load, positions, slices, status, wedges

STATE = Path(sys.argv[1])

pn.extension(sizing_mode="stretch_width")


def words(kpis: dict[str, Any]) -> str:
    """Return the status card's text."""
    drawdown, volatility = status(kpis)
    return f"**Drawdown** {drawdown}\n\n**Volatility** {volatility}"


nav_now, kpis_now = load(STATE, "nav"), load(STATE, "kpis_v7")
held = slices(nav_now)
nav_card = pn.indicators.Number(name="NAV", value=nav_now["nav_usd"], format="{value:,.2f}")
aum_card = pn.indicators.Number(name="AUM", value=nav_now["aum"]["total"], format="{value:,.2f}")
status_card = pn.pane.Markdown(words(kpis_now))
source = ColumnDataSource(wedges(held))
donut = figure(
    width=260,
    height=260,
    x_range=Range1d(start=-1.1, end=1.1),
    y_range=Range1d(start=-1.1, end=1.1),
    toolbar_location=None,
)
donut.annular_wedge(
    x=0, y=0, inner_radius=0.6, outer_radius=1, start_angle="start", end_angle="end",
    color="color", source=source,
)  # fmt: skip
donut.axis.visible = donut.grid.visible = False
holdings_table = pn.pane.DataFrame(holdings(held), index=False)
kpi_table = pn.pane.DataFrame(indicators(kpis_now), index=False)
positions_table = pn.pane.DataFrame(positions(load(STATE, "positions")), index=False)


def refresh() -> None:
    """Read the files again and show what they hold."""
    nav, kpis = load(STATE, "nav"), load(STATE, "kpis_v7")
    frame = slices(nav)
    nav_card.value = nav["nav_usd"]
    aum_card.value = nav["aum"]["total"]
    status_card.object = words(kpis)
    source.data = wedges(frame)
    holdings_table.object = holdings(frame)
    kpi_table.object = indicators(kpis)
    positions_table.object = positions(load(STATE, "positions"))


pn.state.add_periodic_callback(refresh, period=1000)
pn.Column(
    pn.Row(nav_card, aum_card, status_card),
    pn.Row(pn.Column("## AUM by holding", donut), holdings_table, kpi_table),
    "## Positions",
    positions_table,
).servable(title="Overview")
