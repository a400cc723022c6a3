"""The feed ``freqtrade_profit``: what the bot has earned since it began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node
from muntin_freqtrade._read import AGES, unmeasured

NAME = "freqtrade_profit"

#: Figures about closed trades; without one the bot sends zeros.
_OF_CLOSED = {
    "closed_share": ("profit_closed_ratio", "fraction"),
    "win_rate": ("winrate", "fraction"),
    "factor": ("profit_factor", "ratio"),
    "expectancy": ("expectancy", ""),
    "drawdown": ("max_drawdown", "fraction"),
    "drawdown_amount": ("max_drawdown_abs", ""),
}


@dataclass(frozen=True, slots=True)
class Profit:
    """What was earned; money is in the stake currency."""

    closed: Field[float]
    all: Field[float]
    all_share: Field[float]
    trades: Field[float]
    closed_trades: Field[float]
    since: Field[datetime]
    best_pair: Field[str]
    closed_share: Field[float]
    win_rate: Field[float]
    factor: Field[float]
    expectancy: Field[float]
    drawdown: Field[float]
    drawdown_amount: Field[float]


def parse_profit(raw: Any) -> Profit:
    """Return the document as a value; zeros of trades that were never closed are no figures."""
    node = Node(raw, NAME)
    if not node.has("profit_all_coin", "profit_closed_coin", "trade_count"):
        raise MalformedFeed("profit_all_coin", "the document holds no profit")
    closed = node.number("closed_trade_count", unit="count")
    figures = {name: node.number(path, unit=unit) for name, (path, unit) in _OF_CLOSED.items()}
    if closed.value == 0:
        nothing = "no trade has been closed yet"
        figures = {name: unmeasured(one, nothing) for name, one in figures.items()}
    return Profit(
        closed=node.number("profit_closed_coin"),
        all=node.number("profit_all_coin"),
        all_share=node.number("profit_all_ratio", unit="fraction"),
        trades=node.number("trade_count", unit="count"),
        closed_trades=closed,
        since=node.time("first_trade_timestamp"),
        best_pair=node.text("best_pair"),
        **figures,
    )


EXAMPLE = {
    "profit_closed_coin": 40.0, "profit_closed_ratio": 0.032, "profit_closed_fiat": 40.0,
    "profit_all_coin": 50.0, "profit_all_ratio": 0.04, "profit_all_fiat": 50.0,
    "trade_count": 12, "closed_trade_count": 10, "first_trade_timestamp": 1763000000000,
    "latest_trade_timestamp": 1764180000000, "avg_duration": "4:11:00", "best_pair": "ETH/USDT",
    "winning_trades": 6, "losing_trades": 4, "winrate": 0.6, "profit_factor": 1.8,
    "expectancy": 4.0, "expectancy_ratio": 0.3, "max_drawdown": 0.021, "max_drawdown_abs": 26.0,
    "current_drawdown": 0.005, "current_drawdown_abs": 6.5, "trading_volume": 9000.0,
    "updated_ts": 1764188088,
}  # fmt: skip

PROFIT = Feed(NAME, parse_profit, example=EXAMPLE, doc="Profit: GET /api/v1/profit.", **AGES)
