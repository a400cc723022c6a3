from __future__ import annotations

from typing import Any

import pytest

from muntin import Node, Presence
from muntin_intel import EXPECTANCY, Stat
from muntin_intel.named import named

GROUP = {
    "count": 40,
    "hit_rate": 0.6,
    "avg_win": 4.0,
    "avg_loss": -1.5,
    "expectancy": 1.8,
    "max_drawdown": 6.5,
}


def stat(**changes: Any) -> Stat:
    (made,) = EXPECTANCY.read({"symbols": {"BTCUSDT": {**GROUP, **changes}}}).symbols
    return made


@pytest.mark.parametrize("value", [-2.1, 3.7, 1.0, 250.0])
def test_f38_money_keeps_sign_and_size(value: float) -> None:
    """USD per trade is no probability: it is not clamped to 0 and 1."""
    found = stat(expectancy=value).expectancy

    assert (found.value, found.unit) == (value, "usd")


def test_f31_a_hit_rate_above_one_is_invalid() -> None:
    """62.0 is a percentage in another document; here it is no fraction, and is not guessed at."""
    assert stat(hit_rate=0.62).hit_rate.value == 0.62
    assert stat(hit_rate=62.0).hit_rate.presence is Presence.INVALID


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), True, "many", [], {}])
def test_f81_f82_what_is_no_number_is_invalid(wrong: Any) -> None:
    assert stat(expectancy=wrong).expectancy.presence is Presence.INVALID


def test_f21_zero_is_a_value_where_it_was_measured() -> None:
    found = stat(expectancy=0.0, max_drawdown=0.0)

    assert found.expectancy.value == 0.0
    assert found.max_drawdown.value == 0.0


def test_f22_the_zero_written_for_too_few_trades_was_not_measured() -> None:
    """From February 2026 fewer than 30 trades give expectancy 0, no hit rate, is_mature false."""
    found = stat(count=3, hit_rate=None, expectancy=0.0, max_drawdown=0.0, is_mature=False)

    assert found.expectancy.presence is Presence.PLACEHOLDER
    assert found.max_drawdown.presence is Presence.PLACEHOLDER
    assert found.hit_rate.presence is Presence.NULL


def test_f22_no_trades_measure_nothing() -> None:
    assert stat(count=0, expectancy=0.0).expectancy.presence is Presence.PLACEHOLDER


def test_f26_the_average_of_no_losses_is_not_zero() -> None:
    assert stat(hit_rate=1.0, avg_loss=0.0).avg_loss.problem == "no trade was lost"
    assert stat(hit_rate=0.0, avg_win=0.0).avg_win.problem == "no trade was won"
    assert stat(avg_loss=0.0).avg_loss.value == 0.0


@pytest.mark.parametrize("key", [*GROUP])
def test_f26_a_figure_that_is_not_there_has_no_value(key: str) -> None:
    raw = {name: value for name, value in GROUP.items() if name != key}
    (made,) = EXPECTANCY.read({"symbols": {"A": raw}}).symbols

    assert getattr(made, key).presence is Presence.MISSING


def test_f45_a_single_winning_trade_is_no_rate() -> None:
    found = stat(count=1, hit_rate=1.0)

    assert found.hit_rate.value is None
    assert found.hit_rate.problem == "1 of 1 trades won: too few for a rate"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"count": 30}, ""),
        ({"count": 30, "is_mature": True}, ""),
        ({"count": 29}, "immature: 29 of 30 trades"),
        ({"count": 29, "is_mature": True}, "immature: 29 of 30 trades"),
        ({"count": None}, "immature: number of trades unknown"),
        ({"is_mature": False}, "immature, says its producer"),
    ],
)
def test_f45_maturity_takes_thirty_trades_and_no_objection(
    changes: dict[str, Any], reason: str
) -> None:
    found = stat(**changes)

    assert (found.mature, found.reason) == (not reason, reason)


@pytest.mark.parametrize(
    "raw", [{"BTC": {"n": 1}}, [{"symbol": "BTC", "n": 1}], [{"name": "BTC", "n": 1}]]
)
def test_f61_names_come_from_keys_or_rows(raw: Any) -> None:
    (one,), rejected = named(Node(raw, "feed"), "symbol", "name")

    assert (one.label.value, one.key, rejected) == ("BTC", "BTC", 0)
    assert one.place.number("n").value == 1


def test_entries_without_a_name_or_figures_or_named_twice_are_counted() -> None:
    raw = [{"symbol": "btc"}, {"symbol": "BTC"}, {"symbol": " "}, {}, 5, None, {"symbol": True}]
    found, rejected = named(Node(raw, "feed"), "symbol")

    assert ([one.key for one in found], rejected) == (["BTC"], 6)


def test_f85_names_are_one_plain_line() -> None:
    (one,), _ = named(Node({"A\n\ud800\x07" + "x" * 300: {}}, "feed"), "symbol")

    assert one.label.value is not None
    assert one.label.value.isprintable()
    assert len(one.label.value) == 40
