"""The Overview as an ordinary Panel app, written the way Panel's own guides do it.

Every session builds its own page, and a periodic callback of its own reads the same state files
once a second. ``panel serve bench/peers/plain_panel.py --args STATE_DIR``
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import panel as pn
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure

STATE = Path(sys.argv[1])
COLORS = ["#2f6fde", "#c9770f", "#1b9e8f", "#8a63d2", "#d65078", "#c0605f"]

pn.extension(sizing_mode="stretch_width")


def load(name: str) -> dict[str, Any]:
    """Return one state document."""
    document: dict[str, Any] = json.loads((STATE / f"{name}.json").read_text())
    return document


def slices(nav: dict[str, Any]) -> pd.DataFrame:
    """Return what the fund holds, in dollars and shares."""
    aum = nav["aum"]
    rows = [("Futures", aum["futures"], None)]
    rows += [(name, held["usd_value"], held["qty"]) for name, held in aum["offexchange"].items()]
    frame = pd.DataFrame(rows, columns=["Holding", "USD", "Quantity"])
    frame["Share"] = frame["USD"] / frame["USD"].sum()
    return frame


def wedges(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the donut's columns."""
    ends = (frame["Share"].cumsum() * 2 * math.pi).tolist()
    return {
        "label": frame["Holding"].tolist(),
        "value": frame["USD"].tolist(),
        "qty": frame["Quantity"].tolist(),
        "start": [0.0, *ends[:-1]],
        "end": ends,
        "color": COLORS[: len(frame)],
    }


def holdings(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table beside the donut, its figures as text."""
    return pd.DataFrame(
        {
            "Holding": frame["Holding"],
            "USD": frame["USD"].map("{:,.2f}".format),
            "Share": frame["Share"].map("{:.1%}".format),
            "Quantity": frame["Quantity"].map(lambda qty: "–" if pd.isna(qty) else f"{qty:,g}"),
        }
    )


def indicators(kpis: dict[str, Any]) -> pd.DataFrame:
    """Return the risk and router figures."""
    router = kpis["router_stats"]
    rows = [
        ("Fees / PnL, 3 d", f"{kpis['fee_pnl_ratio']:.3f}"),
        ("Router quality", kpis["router_quality"]),
        ("Maker fills", f"{router['maker_fill_rate']:.1%}"),
        ("Fallback", f"{router['fallback_ratio']:.1%}"),
        ("Slippage p50, bps", f"{router['slip_q50_bps']:.2f}"),
    ]
    return pd.DataFrame(rows, columns=["Figure", "Value"])


def positions(document: dict[str, Any]) -> pd.DataFrame:
    """Return the open positions."""
    rows = [
        (row["symbol"], row["positionSide"], f"{abs(row['qty']):,g}", f"{row['unrealized']:,.2f}")
        for row in document["rows"]
        if row["qty"]
    ]
    return pd.DataFrame(rows, columns=["Symbol", "Side", "Quantity", "uPnL USD"])


def status(kpis: dict[str, Any]) -> str:
    """Return the status card's text."""
    return (
        f"**Drawdown** {kpis['drawdown']['dd_pct']:.2f} % ({kpis['dd_state']})\n\n"
        f"**Volatility** {kpis['atr']['atr_ratio']:.2f} × ({kpis['atr_regime']})"
    )


nav_now, kpis_now = load("nav"), load("kpis_v7")
held = slices(nav_now)
nav_card = pn.indicators.Number(name="NAV", value=nav_now["nav_usd"], format="{value:,.2f}")
aum_card = pn.indicators.Number(name="AUM", value=nav_now["aum"]["total"], format="{value:,.2f}")
status_card = pn.pane.Markdown(status(kpis_now))
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
positions_table = pn.pane.DataFrame(positions(load("positions")), index=False)


def refresh() -> None:
    """Read the files again and show what they hold."""
    nav, kpis = load("nav"), load("kpis_v7")
    frame = slices(nav)
    nav_card.value = nav["nav_usd"]
    aum_card.value = nav["aum"]["total"]
    status_card.object = status(kpis)
    source.data = wedges(frame)
    holdings_table.object = holdings(frame)
    kpi_table.object = indicators(kpis)
    positions_table.object = positions(load("positions"))


pn.state.add_periodic_callback(refresh, period=1000)
pn.Column(
    pn.Row(nav_card, aum_card, status_card),
    pn.Row(pn.Column("## AUM by holding", donut), holdings_table, kpi_table),
    "## Positions",
    positions_table,
).servable(title="Overview")
