from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin import EmptyFeed, MalformedFeed, Presence
from muntin_router_health import ROUTER_HEALTH, Health

Make = Callable[..., dict[str, Any]]


def names(health: Health) -> list[str | None]:
    return [row.symbol.value for row in health.rows]


@pytest.mark.parametrize(
    "document",
    [
        {"symbols": [{"symbol": "A", "maker_fill_rate": 0.5}]},
        {"per_symbol": [{"symbol": "A", "maker_fill_rate": 0.5}]},
        {"per_symbol": {"A": {"symbol": "A", "maker_fill_rate": 0.5}}},
        {"symbols": {"A": {"maker_fill_rate": 0.5}}},
        {"router_health": {"per_symbol": {"A": {"maker_fill_ratio": 0.5}}}},
        {"symbol_stats": {"A": {"maker_count": 3, "taker_count": 3}}},
        {"symbols": [{"symbol": "A"}], "per_symbol": {"a": {"maker_fill_share": "50%"}}},
    ],
)
def test_f61_the_same_key_as_list_or_object_gives_the_same_rows(document: Any) -> None:
    found = ROUTER_HEALTH.read(document)

    assert names(found) == ["A"]
    assert found.rows[0].maker.value == 0.5


def test_the_statistics_form_joins_its_three_places(statistics: dict[str, Any]) -> None:
    found = ROUTER_HEALTH.read(statistics)
    (row,) = found.rows

    assert (row.score.value, row.slippage_mean.value, row.latency.value) == (0.8, 0.5, 61.0)
    assert (row.orders.value, row.reliability.value) == (7.0, 0.8)
    assert (found.overall.score.value, found.overall.drift_bucket.value) == (0.7, "YELLOW")
    assert (found.overall.bucket.value, found.overall.twap.value) == ("A_HIGH", 0.25)
    assert found.overall.known


def test_the_counts_of_v7_7_become_shares_that_say_how() -> None:
    counts = {
        "maker_count": 30,
        "taker_count": 10,
        "fallback_count": 5,
        "reject_count": 1,
        "order_count": 50,
        "avg_slippage_bps": 2.0,
    }

    (row,) = ROUTER_HEALTH.read({"symbol_stats": {"A": counts}, "global": {}}).rows

    assert (row.maker.value, row.fallback.value, row.reject.value) == (0.75, 0.1, 0.02)
    assert row.maker.formula == "maker fills over maker and taker fills"


def test_f67_keys_of_another_form_are_missing_and_not_zero(statistics: dict[str, Any]) -> None:
    (row,) = ROUTER_HEALTH.read(statistics).rows

    assert row.maker.presence is Presence.MISSING
    assert row.fallback.value is None


@pytest.mark.parametrize("count", [0, None, "x", -3])
def test_f20_shares_of_nothing_are_no_shares(count: Any) -> None:
    stats = {"maker_count": count, "taker_count": 0, "fallback_count": 0, "order_count": 0}

    (row,) = ROUTER_HEALTH.read({"symbol_stats": {"A": stats}}).rows

    assert (row.maker.value, row.fallback.value) == (None, None)


def test_f21_zero_is_a_value(health: Make) -> None:
    row = {
        "symbol": "A",
        "maker_fill_rate": 0,
        "fallback_rate": 0.0,
        "slippage_p50": 0.0,
        "policy": {"offset_bps": 0.0, "maker_first": False},
        "offset_bps": 3.0,
        "maker_first": True,
    }

    (found,) = ROUTER_HEALTH.read(health(row)).rows

    assert (found.maker.value, found.fallback.value, found.slippage_p50.value) == (0.0, 0.0, 0.0)
    assert (found.offset.value, found.maker_first.value) == (0.0, False)


@pytest.mark.parametrize("share", [51.0, "5100%", -0.1, True, "many"])
def test_f35_a_share_that_is_no_fraction_is_invalid_and_never_guessed(
    share: Any, health: Make
) -> None:
    (row,) = ROUTER_HEALTH.read(health({"symbol": "A", "maker_fill_rate": share})).rows

    assert row.maker.presence is Presence.INVALID


def test_f60_slippage_keeps_its_sign_and_is_read_by_the_names_writers_use(health: Make) -> None:
    rows = ({"symbol": "A", "slippage_p50": -0.5}, {"symbol": "B", "slip_q50_bps": "2.5"})

    found = ROUTER_HEALTH.read(health(*rows)).rows

    assert [row.slippage_p50.value for row in found] == [-0.5, 2.5]


def test_the_bias_may_be_a_word_or_a_number(health: Make) -> None:
    rows = (
        {"symbol": "A", "policy": {"taker_bias": "balanced"}},
        {"symbol": "B", "policy": {"taker_bias": 0.25}},
    )

    assert [row.bias.value for row in ROUTER_HEALTH.read(health(*rows)).rows] == ["balanced", 0.25]


def test_f76_a_column_of_numbers_and_texts_is_typed(health: Make) -> None:
    rows = [
        {"symbol": name, "value": value}
        for name, value in (("A", "95.40"), ("B", 95.4), ("C", None), ("D", "x"))
    ]

    found = ROUTER_HEALTH.read(health(*rows)).rows

    assert [row.value.value for row in found] == [95.4, 95.4, None, None]


@pytest.mark.parametrize("key", ["symbols", "rows", "metrics"])
def test_f76_a_table_of_metric_and_value_is_read(key: str) -> None:
    table = [
        {"metric": "maker_fill", "value": "95.40"},
        {"metric": "slip", "value": 1.5},
        {"metric": "grade", "value": "good"},
        {"metric": "ack", "value": None},
    ]

    found = ROUTER_HEALTH.read({key: table})

    assert [(one.number.value, one.word.value) for one in found.figures] == [
        (95.4, None),
        (1.5, None),
        (None, "good"),
        (None, None),
    ]
    assert found.rows == ()


@pytest.mark.parametrize("row", [None, 5, "BTCUSDT", [], {}, {"symbol": "  "}, {"symbol": 3}])
def test_rows_that_are_no_symbol_are_counted(row: Any, health: Make) -> None:
    document = {**health({"symbol": "A"}), "symbols": [row, {"symbol": "A"}]}

    found = ROUTER_HEALTH.read(document)

    assert (names(found), found.rejected) == (["A"], 1)


def test_a_symbol_named_twice_in_one_list_is_counted() -> None:
    found = ROUTER_HEALTH.read({"symbols": [{"symbol": "A"}, {"symbol": "a"}]})

    assert (names(found), found.rejected) == (["A"], 1)


@pytest.mark.parametrize("document", [{"symbols": 5}, {"per_symbol": "x"}, {"updated_ts": 1}])
def test_f25_a_document_without_any_symbols_or_summary_is_malformed(document: Any) -> None:
    with pytest.raises(MalformedFeed):
        ROUTER_HEALTH.read(document)


def test_f25_an_empty_document_is_empty() -> None:
    with pytest.raises(EmptyFeed):
        ROUTER_HEALTH.read({})


@pytest.mark.parametrize(
    "times",
    [
        {"updated_ts": 1764188080.0},
        {"updated_ts": "2025-11-26T20:14:40+00:00"},
        {"summary": {"updated_ts": 1764188080}},
        {"router_health": {"global": {"updated_ts": "2025-11-26T20:14:40Z"}}},
        {"global": {"last_update_ts": 1764188080000}},
    ],
)
def test_f4_the_time_is_read_in_every_form(times: Any) -> None:
    observed = ROUTER_HEALTH.observed(times)

    assert observed is not None
    assert observed.timestamp() == 1764188080


def test_f73_a_p95_below_its_median_is_told(health: Make) -> None:
    row = {"symbol": "A", "slippage_p50": 4.0, "slippage_p95": 2.0}

    assert ROUTER_HEALTH.read(health(row)).rows[0].crossed
