"""Risk and router figures, from the KPIs and the NAV's own document."""

from __future__ import annotations

from muntin import Field, Snapshot
from muntin.ui import Metric, Metrics, Stack, line, metrics, stack
from muntin_overview.kpis import KPIS, Kpis
from muntin_overview.nav_state import NAV_STATE, NavState

#: Window of the fees over PnL where the document does not say, days.
_WINDOW = 3
_FEES = (
    "Fees ÷ the size of the profit or loss of the same days; none without one. 0.64 means that fees"
    " were 64 % of it."
)


def risk_card(snapshot: Snapshot) -> Stack:
    """Return the figures on risk above those on the router."""
    kpis, state = snapshot.get(KPIS, Kpis()), snapshot.get(NAV_STATE, NavState())
    return stack(*risk_metrics(kpis, state), router_metrics(kpis))


def risk_metrics(kpis: Kpis, state: NavState) -> tuple[Metrics, Metrics]:
    """Return how far the fund is from its peak, and what its trading costs."""
    figures = metrics(
        Metric(
            "drawdown_usd",
            "Down from the highest value",
            Field.first(state.drawdown_usd, kpis.drawdown_usd),
            meaning="Highest NAV − NAV, in USD, as the producer published it.",
        ),
        fee_metric(kpis),
        Metric("realized_today", "Realised today", state.realized_today, signed=True),
        heading="Risk",
    )
    peak = Metric(
        "peak",
        "Highest value",
        Field.first(state.peak, kpis.peak),
        meaning="The highest NAV, as published; its producer may count only its last 200 points.",
    )
    return figures, line(peak)


def fee_metric(kpis: Kpis) -> Metric:
    """Return fees over PnL, with the window it covers in its label."""
    days = kpis.fee_window.value or _WINDOW
    return Metric(
        "fee_pnl_ratio",
        f"Fees as part of profit, last {days:g} days",
        kpis.fee_pnl_ratio,
        3,
        meaning=_FEES,
    )


def router_metrics(kpis: Kpis) -> Metrics:
    """Return how the order router does."""
    return metrics(
        Metric(
            "router_quality",
            "Quality",
            kpis.router_quality,
            chip=True,
        ),
        Metric(
            "maker_fill_ratio",
            "Maker fills",
            kpis.maker_fill_ratio,
            meaning="Part of the fills that made liquidity.",
        ),
        Metric(
            "fallback_ratio",
            "Fell back to taker",
            kpis.fallback_ratio,
            meaning="Part of the orders that had to take liquidity after all.",
        ),
        Metric("slippage_p50", _slippage_label(kpis.slippage_p50), kpis.slippage_p50),
        heading="Router",
    )


def _slippage_label(slippage: Field[float]) -> str:
    """Return the label: some documents publish the mean only, and a mean is no median."""
    mean = slippage.ok and slippage.path.endswith("avg_slippage_bps")
    return "Slippage, mean" if mean else "Slippage, median"
