"""Risk and router figures, from the KPIs and the NAV's own document."""

from __future__ import annotations

from muntin import Field, Snapshot
from muntin.ui import Metric, Metrics, Stack, line, metrics, stack, tone_of
from muntin_overview._fields import first
from muntin_overview.kpis import KPIS, Kpis
from muntin_overview.nav_state import NAV_STATE, NavState

#: Window of the fees over PnL where the document does not say, days.
_WINDOW = 3


def risk_card(snapshot: Snapshot) -> Stack:
    """Return the figures on risk above those on the router."""
    kpis, state = snapshot.get(KPIS, Kpis()), snapshot.get(NAV_STATE, NavState())
    return stack(*risk_metrics(kpis, state), router_metrics(kpis))


def risk_metrics(kpis: Kpis, state: NavState) -> tuple[Metrics, Metrics]:
    """Return how far the fund is from its peak, and what its trading costs."""
    figures = metrics(
        Metric(
            "drawdown_usd",
            "From peak",
            first(state.drawdown_usd, kpis.drawdown_usd),
            meaning="How far the NAV lies below the published peak.",
        ),
        fee_metric(kpis),
        Metric("realized_today", "Realised today", state.realized_today, signed=True),
        heading="Risk",
    )
    peak = Metric(
        "peak", "Peak", first(state.peak, kpis.peak),
        meaning="As published; its producer may work it out anew from the last 200 points.",
    )  # fmt: skip
    return figures, line(peak)


def fee_metric(kpis: Kpis) -> Metric:
    """Return fees over PnL, with the window it covers in its label."""
    days = kpis.fee_window.value or _WINDOW
    return Metric(
        "fee_pnl_ratio", f"Fees / PnL, {days:g} d", kpis.fee_pnl_ratio, 3,
        meaning="Fees over the size of the PnL in the same days; there is none without PnL.",
    )  # fmt: skip


def router_metrics(kpis: Kpis) -> Metrics:
    """Return how the order router does."""
    return metrics(
        Metric(
            "router_quality", "Quality", kpis.router_quality, chip=True,
            tone=tone_of(kpis.router_quality),
        ),
        Metric(
            "maker_fill_ratio", "Maker fills", kpis.maker_fill_ratio,
            meaning="Part of the fills that made liquidity.",
        ),
        Metric(
            "fallback_ratio", "Fallback", kpis.fallback_ratio,
            meaning="Part of the orders that had to take liquidity after all.",
        ),
        Metric("slippage_p50", _slippage_label(kpis.slippage_p50), kpis.slippage_p50),
        heading="Router",
    )  # fmt: skip


def _slippage_label(slippage: Field[float]) -> str:
    """Return the label: some documents publish the mean only, and a mean is no median."""
    mean = slippage.ok and slippage.path.endswith("avg_slippage_bps")
    return "Slippage, mean" if mean else "Slippage p50"
