"""The bot's own page: what it shows of the documented shapes, and of their odd ones."""

from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed
from muntin.testing import render, snapshot
from muntin_freqtrade import BALANCE, BOT, PROFIT, TRADES, muntin_pages
from muntin_freqtrade.page import trades
from muntin_freqtrade.source import bot as bot_document
from muntin_freqtrade.source import dated

(PAGE,) = muntin_pages()
FEEDS: dict[str, Feed[Any]] = {feed.name: feed for feed in (BALANCE, BOT, PROFIT, TRADES)}


def shown(shapes: Any, **changed: Any) -> Any:
    """Render the page as it is with the stand-in's shapes, some of them changed."""
    health = shapes.health(1764188088)
    raw = {
        BALANCE: dated(changed.get("balance", shapes.balance()), health),
        TRADES: dated(changed.get("trades", [shapes.trade()]), health),
        PROFIT: dated(changed.get("profit", shapes.profit()), health),
        BOT: bot_document(changed.get("config", shapes.config()), health),
    }
    return render(PAGE, snapshot(raw))


def test_every_panel_is_drawn_from_the_examples() -> None:
    drawn = render(PAGE, snapshot({feed: feed.example for feed in PAGE.feeds}))

    assert not drawn.faults
    assert drawn.metrics["bot_total"].text == "1,300.00"


def test_the_account_is_shown_in_its_own_currency(shapes: Any) -> None:
    drawn = shown(shapes)

    assert drawn.metrics["bot_total"].text == "1,300.00"
    assert "in USDT" in drawn.text
    assert drawn.metrics["bot_fiat"].text == "1,287.00"
    assert drawn.metrics["bot_change"].text == "+4.00\u00a0%"


def test_a_coin_without_a_price_is_worth_nothing_known(shapes: Any) -> None:
    drawn = shown(shapes)

    assert "Without a price, so not in the total: SHIB." in drawn.text
    assert "not measured" in drawn.text


def test_a_fiat_worth_of_zero_is_no_worth(shapes: Any) -> None:
    drawn = shown(shapes, balance=shapes.balance(value=0.0, symbol="EUR"))

    assert drawn.metrics["bot_fiat"].text == "not measured"


def test_zeros_of_trades_that_were_never_closed_are_not_figures(shapes: Any) -> None:
    none = shapes.profit(closed_trade_count=0, winrate=0.0, profit_factor=None, max_drawdown=0.0)
    drawn = shown(shapes, profit=none)

    for name in ("win_rate", "profit_factor", "expectancy", "max_drawdown"):
        assert drawn.metrics[name].text == "not measured"
    assert drawn.metrics["closed_trades"].text == "0"


def test_no_open_trade_is_said_in_words(shapes: Any) -> None:
    assert "No open trades." in shown(shapes, trades=[]).text


def test_an_order_that_waits_is_greyed_with_the_reason(shapes: Any) -> None:
    waiting = dated([shapes.trade(amount=0.0, has_open_orders=True)], None)
    (table,) = (part for part in trades(snapshot({TRADES: waiting})).items if hasattr(part, "rows"))

    assert table.rows[0].muted == "its first order is not filled yet"


@pytest.mark.parametrize(
    ("config", "words"), [({"dry_run": True}, "dry run"), ({"dry_run": False}, "live")]
)
def test_the_run_mode_is_never_in_doubt(shapes: Any, config: Any, words: str) -> None:
    assert shown(shapes, config=shapes.config(**config)).metrics["bot_mode"].text == words


def test_a_run_mode_that_is_not_told_is_a_dash(shapes: Any) -> None:
    assert shown(shapes, config=shapes.config(dry_run=None)).metrics["bot_mode"].text == "–"


def test_hostile_names_are_text(shapes: Any) -> None:
    nasty = "<script>alert(1)</script>"
    drawn = shown(
        shapes,
        balance=shapes.balance(stake=nasty, symbol=nasty, currencies=[shapes.coin(nasty, 1, 1, 1)]),
        trades=[shapes.trade(pair=nasty)],
        config=shapes.config(strategy=nasty, state=nasty),
    )

    assert not drawn.faults
    assert nasty in drawn.text


@pytest.mark.parametrize("raw", [None, [], {}, "x", 7, {"currencies": None}, {"trades": 1}])
@pytest.mark.parametrize("name", sorted(FEEDS))
def test_a_strange_document_is_a_fault_of_its_feed_alone(shapes: Any, name: str, raw: Any) -> None:
    health = shapes.health(1764188088)
    drawn = render(PAGE, snapshot({FEEDS[name]: dated(raw, health)}))

    assert not drawn.faults
