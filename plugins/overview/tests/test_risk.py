from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin_overview import KPIS, NAV_STATE

See = Callable[..., Any]
TITLE = "Risk and router"


def docs(**changes: Any) -> dict[Any, Any]:
    return {KPIS: {**KPIS.example, **changes}, NAV_STATE: NAV_STATE.example}


def test_every_figure_has_its_place(see: See) -> None:
    seen = see(TITLE, docs())

    assert {name: seen.metric(name) for name in seen.metrics} == {
        "drawdown_usd": "100.00",
        "peak": "10,600.00",
        "fee_pnl_ratio": "0.200",
        "realized_today": "+12.50",
        "router_quality": "ok",
        "maker_fill_ratio": "60.0\u00a0%",
        "fallback_ratio": "30.0\u00a0%",
        "slippage_p50": "1.25",
    }


def test_f21_zeros_are_shown(see: See) -> None:
    """0.0 is a measurement and shows as one."""
    stats = {"maker_fill_ratio": 0, "fallback_ratio": 0.0, "slip_q50": 0}

    seen = see(TITLE, docs(fee_pnl_ratio=0.0, router_stats=stats))

    assert seen.metric("fee_pnl_ratio") == "0.000"
    assert seen.metric("fallback_ratio") == seen.metric("maker_fill_ratio") == "0.0\u00a0%"
    assert seen.metric("slippage_p50") == "0.00"


@pytest.mark.parametrize(
    ("keys", "metric"),
    [
        (("fee_pnl_ratio",), "fee_pnl_ratio"),
        (("router_quality", "router"), "router_quality"),
        (("router_stats",), "maker_fill_ratio"),
        (("router_stats",), "fallback_ratio"),
        (("router_stats", "router"), "slippage_p50"),
    ],
)
def test_f26_without_its_key_a_figure_is_a_dash(
    see: See, keys: tuple[str, ...], metric: str
) -> None:
    raw = {name: value for name, value in KPIS.example.items() if name not in keys}

    assert see(TITLE, {KPIS: raw}).metric(metric) == "–"


def test_f49_the_window_of_the_fees_is_in_the_label(see: See) -> None:
    """Another document has a ratio of that name over seven days."""
    assert (
        see(TITLE, docs()).metrics["fee_pnl_ratio"].label == "Fees as part of profit, last 3 days"
    )
    seven = see(TITLE, docs(fee_pnl={"window_days": 7}))
    assert seven.metrics["fee_pnl_ratio"].label == "Fees as part of profit, last 7 days"


def test_f41_a_mean_is_not_called_a_median(see: See) -> None:
    seen = see(TITLE, docs(router_stats={}, router={"avg_slippage_bps": 3.0}))

    assert seen.metric("slippage_p50") == "3.00"
    assert seen.metrics["slippage_p50"].label == "Slippage, mean"


def test_peak_and_depth_come_from_the_kpis_where_the_curve_is_missing(see: See) -> None:
    raw = {**KPIS.example, "drawdown": {"dd_pct": 1, "dd_abs": 7.0, "peak": 700.0}}

    seen = see(TITLE, {KPIS: raw})

    assert (seen.metric("drawdown_usd"), seen.metric("peak")) == ("7.00", "700.00")
    assert seen.metrics["peak"].field.feed == "kpis_v7"


def test_f47_realised_pnl_has_its_window_in_its_label(see: See) -> None:
    assert see(TITLE, docs()).metrics["realized_today"].label == "Realised today"
