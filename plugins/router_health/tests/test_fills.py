from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.testing import Rendered, render, snapshot
from muntin_router_health import ORDER_METRICS
from muntin_router_health.charts import bins_of
from muntin_router_health.fills import fills_of, quantile
from muntin_router_health.orders import parse_order
from muntin_router_health.page import PANELS

Make = Callable[..., dict[str, Any]]
See = Callable[..., Rendered]
NOW = 1764188100.0


def unfilled(order: Make, slip: float = -10_000.0, **changes: Any) -> dict[str, Any]:
    return order(
        prices={"avg_fill": 0.0},
        result={"status": "NEW"},
        slippage_bps=slip,
        fees_usd=None,
        **changes,
    )


def test_f71_unfilled_orders_are_left_out_and_counted(see: See, order: Make) -> None:
    """Their slippage of ±10,000 bps made the mean of the original -253.9 instead of 0.08 bps."""
    log = [unfilled(order), unfilled(order, 10_000.0), order(slippage_bps=1.1), unfilled(order)]

    slippage = see("Slippage", {ORDER_METRICS: log})
    fills = see("Orders", {ORDER_METRICS: log})

    assert slippage.metrics["slippage_p50"].text == "1.10"
    assert slippage.metrics["slippage_n"].text == "1"
    assert fills.metrics["orders_filled"].text == "1"
    assert fills.metrics["orders_unfilled"].text == "3"
    assert "3 unfilled orders left out of every statistic" in fills.text


@pytest.mark.parametrize(
    "changes",
    [
        {"result": {"status": "NEW"}},
        {"result": {"status": "PARTIALLY_FILLED"}},
        {"result": {}},
        {"result": None},
        {"prices": {"avg_fill": 0}},
        {"prices": {"avg_fill": -1.0}},
        {"prices": {"avg_fill": None}},
        {"prices": 5},
    ],
)
def test_f71_filled_means_status_filled_and_a_price(changes: Any, order: Make) -> None:
    found = parse_order(order(**changes))

    assert found is not None
    assert not found.filled


def test_f63_filled_is_read_in_any_case(order: Make) -> None:
    found = parse_order(order(result={"status": "filled"}))

    assert found is not None
    assert found.filled


def test_f71_the_sentinel_of_a_filled_order_is_left_out_too(see: See, order: Make) -> None:
    log = [order(slippage_bps=10_000.0), order(slippage_bps=2.0)]

    assert see("Slippage", {ORDER_METRICS: log}).metrics["slippage_n"].text == "1"
    assert "a sentinel" in see("Orders", {ORDER_METRICS: log}).text


@pytest.mark.parametrize(
    ("fee", "notional", "total"),
    [
        (1.0, 100.0, "1.00"),
        (1.01, 100.0, "–"),
        (100.0, 100.0, "–"),
        (-0.5, 100.0, "−0.50"),
        (0.0, 100.0, "0.00"),
    ],
)
def test_f55_a_fee_above_one_per_cent_of_the_order_is_invalid(
    fee: float, notional: float, total: str, see: See, order: Make
) -> None:
    log = [order(fees_usd=fee, qty={"notional_usd": notional})]

    drawn = see("Orders", {ORDER_METRICS: log})

    assert drawn.metrics["fill_fees"].text == total
    assert ("implausible" in drawn.text) is (total == "–")


def test_f55_a_fee_of_an_order_of_unknown_size_is_left_out(see: See, order: Make) -> None:
    drawn = see("Orders", {ORDER_METRICS: [order(qty={})]})

    assert drawn.metrics["fill_fees"].text == "–"
    assert "1 fee of orders of unknown size" in drawn.text


def test_the_size_follows_from_contracts_where_it_is_not_published(order: Make) -> None:
    found = parse_order(order(qty={"contracts": -2.0}))

    assert found is not None
    assert found.notional_usd == 200.0


def test_f54_several_rows_of_one_order_are_one_order(order: Make) -> None:
    log = [
        unfilled(order, attempt_id="a"),
        order(attempt_id="a"),
        order(attempt_id="a"),
        unfilled(order, attempt_id="b"),
        unfilled(order, attempt_id="b"),
    ]

    fills = fills_of(snapshot({ORDER_METRICS: log}))

    assert (fills.filled, fills.unfilled, fills.slippage.n) == (1, 1, 1)


def test_f69_other_rows_and_torn_lines_are_counted_and_shown(see: See, order: Make) -> None:
    close = {"ts": NOW - 5, "event": "position_close", "order_status": "FILLED"}
    log = [order(), close, {"smoke_test": 1, "ts": NOW}, "torn", {**order(), "ts": None}]

    text = see("Orders", {ORDER_METRICS: log}).text

    assert "2 rows that are no orders, 1 unreadable line, 1 undated line" in text


def test_f45_fewer_than_thirty_is_immature(see: See, order: Make) -> None:
    few, many = [order(slippage_bps=i / 10) for i in range(29)], [order() for _ in range(30)]

    assert "Immature: 29 orders" in see("Slippage", {ORDER_METRICS: few}).text
    assert "Immature" not in see("Slippage", {ORDER_METRICS: many}).text


def test_f102_an_incomplete_window_says_at_least(order: Make) -> None:
    made = snapshot({ORDER_METRICS: [order(), unfilled(order)]})
    reading = made.reading(ORDER_METRICS)
    part = replace(reading, value=replace(reading.value, complete=False))
    drawn = render(PANELS[1], snapshot({ORDER_METRICS: part}))

    assert drawn.metrics["orders_filled"].text == "at least 1"
    assert drawn.metrics["orders_unfilled"].text == "at least 1"
    assert "of 24 h: every count is “at least”" in drawn.text


def test_rows_older_than_the_window_are_out(see: See, order: Make) -> None:
    drawn = see("Orders", {ORDER_METRICS: [order(ts=NOW - 86_500)]})

    assert "No order in the last 24 h." in drawn.text


def test_f22_a_latency_of_zero_was_never_measured(see: See, order: Make) -> None:
    log = [order(timing_ms={"ack": 0, "fill": 0.0}, ack_latency_ms=0)]

    assert "usable latency" in see("Latency", {ORDER_METRICS: log}).text


def test_latency_is_told_in_milliseconds(see: See, order: Make) -> None:
    log = [order(timing_ms={"ack": ack, "fill": 20 * ack}) for ack in (40.0, 50.0, 90.0)]

    drawn = see("Latency", {ORDER_METRICS: log})

    assert (drawn.metrics["ack_p50"].text, drawn.metrics["ack_n"].text) == ("50", "3")
    assert drawn.metrics["fill_time_p50"].text == "1,000"


def test_shares_are_of_the_orders_that_say_so(see: See, order: Make) -> None:
    log = [order(is_maker_final=True, used_fallback=False), order(is_maker_final=False), order()]

    drawn = see("Orders", {ORDER_METRICS: log})

    assert drawn.metrics["fill_maker"].text == "50.0\u00a0%"
    assert drawn.metrics["fill_fallback"].text == "0.0\u00a0%"


def test_f76_f77_f81_numbers_may_be_texts_and_must_be_finite(order: Make) -> None:
    text = parse_order(order(slippage_bps="1.5", fees_usd=float("nan"), prices={"avg_fill": "9"}))

    assert text is not None
    assert (text.slippage_bps, text.fee_usd, text.filled) == (1.5, None, True)


def test_a_histogram_names_its_axes_and_units(see: See, order: Make) -> None:
    log = [order(slippage_bps=index / 7) for index in range(-40, 60)]

    drawn = see("Slippage", {ORDER_METRICS: log})
    data = next(columns for columns in drawn.data.values() if "orders" in columns)

    assert sum(data["orders"]) + _outside(drawn.text) == 100
    assert all("bps" in text for text in data["range"])
    assert "Slippage of 100 filled orders: median" in drawn.text


def _outside(text: str) -> int:
    found = [int(word) for word in text.split("Dashed")[1].split() if word.isdigit()]
    return found[0] if found else 0


def test_a_histogram_follows_its_log_without_being_built_anew(order: Make) -> None:
    few = [order(slippage_bps=index / 7) for index in range(40)]
    many = [order(slippage_bps=index * 3.0) for index in range(-20, 90)]
    drawn = render(PANELS[3], snapshot({ORDER_METRICS: few}))

    updated = drawn.update(snapshot({ORDER_METRICS: many}))
    data = next(columns for columns in drawn.data.values() if "orders" in columns)

    assert updated.models_rebuilt == 0
    assert sum(data["orders"]) + _outside(drawn.text) == 110


def test_one_value_is_text_and_no_chart(see: See, order: Make) -> None:
    assert see("Slippage", {ORDER_METRICS: [order(), order()]}).data == {}


def test_f102_the_log_is_looked_for_where_producers_put_it() -> None:
    assert ORDER_METRICS.paths == (
        "../execution/order_metrics.jsonl",
        "execution/order_metrics.jsonl",
        "../logs/execution/order_metrics.jsonl",
    )


sane = st.floats(-9_998, 9_998) | st.sampled_from([0.0, 1e-9, 5.0])


@given(st.lists(sane, min_size=1, max_size=200).map(sorted))
def test_f73_quantiles_never_cross(values: list[float]) -> None:
    ascending = tuple(values)

    found = [quantile(ascending, part) for part in (0.0, 0.5, 0.95, 1.0)]

    assert found[0] == values[0]
    assert found[-1] == values[-1]
    assert all(low <= high + 1e-9 for low, high in pairwise(found))


@given(st.lists(sane | st.floats(0, 1e14), min_size=1, max_size=300).map(sorted))
def test_bins_hold_every_value_that_is_not_outside(values: list[float]) -> None:
    bins = bins_of(tuple(values))

    assert sum(bins.counts) + bins.outside == len(values)
    assert len(bins.edges) == len(bins.counts) + 1 <= 80
    assert list(bins.edges) == sorted(set(bins.edges))
    assert bins.outside <= max(0, 0.02 * len(values) + 2)
