"""The Overview's documents, made of the bot's: what is not known is left out, never zero."""

from __future__ import annotations

from typing import Any

import pytest

from muntin import EmptyFeed, MalformedFeed
from muntin_freqtrade.overview import kpis, nav, positions, rate, seen

NOW = 1764188088


def health(at: Any = NOW) -> dict[str, Any]:
    return {"last_process_ts": at}


def test_the_bots_own_worth_in_dollars_counts(shapes: Any) -> None:
    made = nav(shapes.balance(), shapes.config(dry_run=False), health())

    assert made["nav_usd"] == pytest.approx(1287.0)
    assert made["aum"] == {"futures": made["nav_usd"], "offexchange": {}, "total": made["nav_usd"]}
    assert made["nav_detail"]["source"] == "freqtrade"
    assert made["updated_ts"] == NOW


@pytest.mark.parametrize(
    ("more", "factor", "how"),
    [
        ({"symbol": "EUR", "value": 1100.0}, 1.0, "one USDT counted as one USD"),
        ({"symbol": "USD", "value": 0.0}, 1.0, "one USDT counted as one USD"),
        ({"symbol": "", "value": 0.0, "stake": "usdc"}, 1.0, "one USDC counted as one USD"),
        ({"symbol": "", "value": 0.0, "stake": "USD"}, 1.0, ""),
        ({"symbol": "USD", "value": 130000.0, "stake": "BTC"}, 100.0, ""),
        ({"symbol": "EUR", "value": 130000.0, "stake": "BTC"}, None, ""),
        ({"symbol": "USD", "value": 0.0, "stake": "BTC"}, None, ""),
    ],
)
def test_what_a_dollar_is(shapes: Any, more: Any, factor: float | None, how: str) -> None:
    assert rate(shapes.balance(**more)) == (factor, how)


def test_a_worth_that_is_not_known_in_dollars_is_no_nav(shapes: Any) -> None:
    with pytest.raises(EmptyFeed, match="set fiat_display_currency to USD"):
        nav(shapes.balance(stake="BTC", symbol="EUR"), None, health())


def test_a_simulated_wallet_is_called_so(shapes: Any) -> None:
    dry = nav(shapes.balance(), shapes.config(dry_run=True), None)
    unknown = nav(shapes.balance(), None, None)

    assert "dry run with a simulated wallet" in dry["nav_detail"]["source"]
    assert "run mode unknown" in unknown["nav_detail"]["source"]


@pytest.mark.parametrize("raw", [None, {}, health(None), health(0), health("x"), [1]])
def test_without_the_time_of_the_last_loop_a_document_is_undated(raw: Any) -> None:
    assert seen(raw) is None


def test_open_trades_are_positions(shapes: Any) -> None:
    trades = [shapes.trade(), shapes.trade(8, "SOL/USDT", is_short=True, profit_abs=-2.5)]
    made = positions(trades, shapes.balance(symbol=""), health())

    assert [(row["symbol"], row["side"]) for row in made["rows"]] == [
        ("ETH/USDT", "LONG"),
        ("SOL/USDT", "SHORT"),
    ]
    assert made["rows"][0]["notional"] == pytest.approx(300.0)
    assert made["rows"][1]["unrealized"] == -2.5


def test_without_a_rate_money_is_left_out_and_prices_make_none(shapes: Any) -> None:
    made = positions([shapes.trade(pair="ETH/BTC")], shapes.balance(stake="BTC", symbol=""), None)

    assert set(made["rows"][0]) == {"symbol", "side", "qty", "entry"}


def test_the_drawdown_is_told_where_it_is_measured(shapes: Any) -> None:
    made = kpis(shapes.profit(), shapes.balance(symbol=""), health())

    assert made["drawdown"] == {"dd_frac": 0.005, "dd_abs": 6.5}


@pytest.mark.parametrize(
    "more", [{"current_drawdown": None}, {"closed_trade_count": 0, "current_drawdown": 0.0}]
)
def test_a_drawdown_that_is_not_measured_is_not_zero(shapes: Any, more: Any) -> None:
    with pytest.raises(EmptyFeed):
        kpis(shapes.profit(**more), shapes.balance(), health())


@pytest.mark.parametrize("make", [nav, positions, kpis])
@pytest.mark.parametrize("raw", [None, [], "x", 7, {"detail": "?"}])
def test_anything_else_is_refused(make: Any, raw: Any) -> None:
    with pytest.raises((MalformedFeed, EmptyFeed)):
        make(raw if make is not positions else {"no": "list"}, raw, None)
