"""The state documents as the peers show them; what each does with it is its own business."""

from __future__ import annotations

import json
import math
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pandas as pd

#: Holdings with a slice of their own beside Futures, as in Muntin's Overview.
LARGEST = 5

_COLORS = ["#2f6fde", "#c9770f", "#1b9e8f", "#8a63d2", "#d65078", "#c0605f"]


def load(state: Path, name: str) -> dict[str, Any]:
    """Return one state document."""
    document: dict[str, Any] = json.loads((state / f"{name}.json").read_bytes())
    return document


def slices(nav: dict[str, Any]) -> pd.DataFrame:
    """Return what the fund holds, in dollars and shares: the largest, and the rest as one."""
    aum = nav["aum"]
    held = [(name, one["usd_value"], one["qty"]) for name, one in aum["offexchange"].items()]
    held.sort(key=lambda row: -row[1])
    kept, rest = held[:LARGEST], held[LARGEST:]
    rows = [("Futures", aum["futures"], None), *kept]
    if rest:
        rows.append((f"Other ({len(rest)})", sum(row[1] for row in rest), None))
    frame = pd.DataFrame(rows, columns=["Holding", "USD", "Quantity"])
    frame["Share"] = frame["USD"] / frame["USD"].sum()
    return frame


def colors(frame: pd.DataFrame) -> list[str]:
    """Return a colour for each slice."""
    return list(islice(cycle(_COLORS), len(frame)))


def wedges(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a donut that is drawn wedge by wedge, as Bokeh does it."""
    ends = (frame["Share"].cumsum() * 2 * math.pi).tolist()
    return {
        "label": frame["Holding"].tolist(),
        "value": frame["USD"].tolist(),
        "start": [0.0, *ends[:-1]],
        "end": ends,
        "color": colors(frame),
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


def status(kpis: dict[str, Any]) -> tuple[str, str]:
    """Return the status card's two lines: drawdown and volatility."""
    return (
        f"{kpis['drawdown']['dd_pct']:.2f} % ({kpis['dd_state']})",
        f"{kpis['atr']['atr_ratio']:.2f} × ({kpis['atr_regime']})",
    )
