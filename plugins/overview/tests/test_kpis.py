from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from muntin import EmptyFeed, Field, MalformedFeed, Presence, Status
from muntin.testing import snapshot
from muntin_overview import KPIS, Kpis

NOW = 1764188100.0
FLAT: dict[str, Any] = {
    "ts": NOW - 60,
    "dd_state": "normal",
    "drawdown": {"dd_pct": 0.8, "dd_abs": 85.0, "peak": 10625.0, "nav": 10540.0},
    "atr_regime": "hot",
    "atr": {"atr_regime": "hot", "median_ratio": 1.4, "symbols": []},
    "fee_pnl_ratio": 0.25,
    "fee_pnl": {"fee_pnl_ratio": 0.25, "window_days": 5},
    "router_quality": "degraded",
    "router_stats": {"maker_fill_ratio": 0.5, "fallback_ratio": 0.4, "slip_q50": 2.0},
}
NESTED: dict[str, Any] = {
    "ts": "2025-11-26T20:14:50Z",
    "nav": {"updated_at": NOW - 30},
    "risk": {
        "dd_state": "normal",
        "atr_regime": "hot",
        "fee_pnl_ratio": 0.25,
        "drawdown_pct": 0.8,
        "atr_ratio": 1.4,
    },
    "router": {
        "policy_quality": "degraded",
        "maker_fill_rate": 0.5,
        "fallback_rate": 0.4,
        "slip_q50_bps": 2.0,
    },
}
SHOWN = (
    "drawdown_state",
    "drawdown",
    "atr_regime",
    "atr_ratio",
    "fee_pnl_ratio",
    "router_quality",
    "maker_fill_ratio",
    "fallback_ratio",
    "slippage_p50",
)


@pytest.mark.parametrize("raw", [FLAT, NESTED], ids=["flat", "nested"])
def test_f56_both_producers_shapes_give_the_same_figures(raw: dict[str, Any]) -> None:
    """Two writers take turns at one file: no tile may blink between them."""
    kpis = KPIS.read(raw)

    assert [getattr(kpis, name).value for name in SHOWN] == [
        "normal",
        pytest.approx(0.008),
        "hot",
        1.4,
        0.25,
        "degraded",
        0.5,
        0.4,
        2.0,
    ]


def test_f67_every_alias_of_the_router_is_read() -> None:
    for block, key in [
        ("router_stats", "maker_fill_rate"),
        ("router_stats", "maker_fill_share"),
        ("router", "maker_fill_share"),
        ("router", "maker_fill_ratio"),
    ]:
        found = KPIS.read({block: {key: 0.3}}).maker_fill_ratio

        assert (found.value, found.path) == (0.3, f"{block}.{key}")


def test_only_the_flat_form_holds_peak_and_depth_in_money() -> None:
    kpis = KPIS.read(FLAT)

    assert (kpis.peak.value, kpis.drawdown_usd.value, kpis.fee_window.value) == (10625, 85, 5)


def test_f34_v76_holds_a_fraction_under_a_name_of_per_cent() -> None:
    """`portfolio.dd_pct` of v7.6 is a fraction: the block decides, not the name's ending."""
    found = KPIS.read({"updated_at": "2025-11-26T20:14:52Z", "portfolio": {"dd_pct": 0.008}})

    assert (found.drawdown.value, found.drawdown.path) == (0.008, "portfolio.dd_pct")


def test_f33_units_are_never_guessed_by_size() -> None:
    assert KPIS.read({"drawdown": {"dd_pct": 0.9}}).drawdown.value == pytest.approx(0.009)
    assert KPIS.read({"drawdown": {"dd_pct": 90}}).drawdown.value == pytest.approx(0.9)


@pytest.mark.parametrize("value", [50.75, 51, -0.1])
def test_f35_a_share_out_of_bounds_is_invalid(value: float) -> None:
    """51 in a key of fractions is a mistake of its writer, and no 51 %."""
    kpis = KPIS.read({"router_stats": {"maker_fill_ratio": value, "fallback_ratio": value}})

    assert kpis.maker_fill_ratio.presence is Presence.INVALID
    assert kpis.fallback_ratio.presence is Presence.INVALID


@pytest.mark.parametrize("state", [{"dd_state": "cautious"}, {"state": "cautious"}, "cautious"])
@pytest.mark.parametrize("block", ["", "risk", "drawdown"])
def test_f62_a_state_may_be_a_word_or_an_object(state: Any, block: str) -> None:
    raw = {block: {"dd_state": state}} if block else {"dd_state": state}

    assert KPIS.read(raw).drawdown_state.value == "cautious"


def test_f62_an_object_without_a_word_is_passed_over() -> None:
    found = KPIS.read({"dd_state": {"x": 1}, "risk": {"dd_state": "normal"}}).drawdown_state

    assert (found.value, found.path) == ("normal", "risk.dd_state")


def test_f19_the_top_level_state_counts() -> None:
    assert KPIS.read({**NESTED, "dd_state": "defensive"}).drawdown_state.value == "defensive"


def test_f21_zeros_are_values() -> None:
    """A fee ratio of 0.0 is a measurement; no other source may take its place."""
    kpis = KPIS.read(
        {
            "fee_pnl_ratio": 0.0,
            "risk": {"fee_pnl_ratio": 0.9, "atr_ratio": 0},
            "router_stats": {"fallback_ratio": 0, "maker_fill_ratio": 0.0},
            "drawdown": {"dd_pct": 0.0},
        }
    )

    assert (kpis.fee_pnl_ratio.value, kpis.fallback_ratio.value) == (0.0, 0.0)
    assert (kpis.maker_fill_ratio.value, kpis.atr_ratio.value) == (0.0, 0.0)
    assert kpis.drawdown.value == 0.0


@pytest.mark.parametrize("constant", [float("nan"), float("inf"), float("-inf"), True])
def test_f81_f82_constants_that_are_no_numbers_are_invalid(constant: Any) -> None:
    assert KPIS.read({"fee_pnl_ratio": constant}).fee_pnl_ratio.presence is Presence.INVALID


def test_f28_an_empty_document_means_that_the_builder_failed() -> None:
    with pytest.raises(EmptyFeed, match="empty document"):
        KPIS.read({})


def test_f25_a_document_of_another_kind_is_malformed() -> None:
    with pytest.raises(MalformedFeed):
        KPIS.read({"ts": NOW, "foo": 1})


def test_f26_a_document_with_nothing_in_it_gives_no_zero() -> None:
    """A missing key is missing, whatever else is there."""
    kpis = KPIS.read({"performance": {}})
    found = [getattr(kpis, item.name) for item in fields(Kpis) if item.name != "rates"]

    assert not kpis.rates
    assert all(isinstance(field, Field) and field.value is None for field in found)


def test_f2_the_navs_own_time_outweighs_the_mirrors_stamp() -> None:
    """The nested form is written anew every 20 s, from a NAV that may be old."""
    raw = {**NESTED, "nav": {"updated_at": NOW - 1200}}

    assert snapshot({KPIS: raw}, now=NOW).status(KPIS) is Status.STALE


@pytest.mark.parametrize(
    ("age", "status"), [(200, Status.LIVE), (300, Status.LATE), (700, Status.STALE)]
)
def test_f7_thresholds_fit_the_slower_of_both_writers(age: float, status: Status) -> None:
    assert snapshot({KPIS: {**FLAT, "ts": NOW - age}}, now=NOW).status(KPIS) is status
