"""The feed ``freqtrade_trades``: the trades that are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import Feed, Field, Node
from muntin_freqtrade._read import AGES

NAME = "freqtrade_trades"


@dataclass(frozen=True, slots=True)
class Trade:
    """One open trade; money is in the currency that its pair is quoted in."""

    key: str
    pair: Field[str]
    side: Field[str]
    amount: Field[float]
    stake: Field[float]
    opened_at: Field[float]
    current: Field[float]
    profit: Field[float]
    share: Field[float]
    stop: Field[float]
    opened: Field[datetime]
    #: The order that opens it has not been filled.
    waiting: bool


@dataclass(frozen=True, slots=True)
class Trades:
    """What is open."""

    rows: tuple[Trade, ...]
    #: Entries that are no objects, left out.
    rejected: int = 0


def parse_trades(raw: Any) -> Trades:
    """Return the document as a value; an empty list says that nothing is open."""
    places = list(Node(raw, NAME).require(list, "trades").rows())
    usable = [place for place in places if isinstance(place.raw, dict)]
    return Trades(tuple(_trade(place) for place in usable), len(places) - len(usable))


def _trade(place: Node) -> Trade:
    short = place.flag("is_short")
    words = None if short.value is None else "SHORT" if short.value else "LONG"
    amount = place.number("amount", unit="qty")
    return Trade(
        key=place.number("trade_id").raw or place.path,
        pair=place.text("pair"),
        side=short.derive(words, "is_short"),
        amount=amount,
        stake=place.number("stake_amount"),
        opened_at=place.number("open_rate", unit="price", positive=True),
        current=place.number("current_rate", unit="price", positive=True),
        profit=place.number("profit_abs"),
        share=place.number("profit_ratio", unit="fraction"),
        stop=place.number("stop_loss_abs", unit="price", positive=True),
        opened=place.time("open_timestamp", "open_date"),
        waiting=amount.value == 0 and place.flag("has_open_orders").value is True,
    )


def _example(number: int, pair: str, *, short: bool) -> dict[str, Any]:
    return {
        "trade_id": number, "pair": pair, "is_open": True, "is_short": short, "amount": 0.1,
        "stake_amount": 290.0, "open_rate": 2900.0, "current_rate": 3000.0, "profit_ratio": 0.0345,
        "profit_pct": 3.45, "profit_abs": 10.0, "stop_loss_abs": 2700.0, "leverage": 1.0,
        "open_timestamp": 1764180000000, "open_date": "2025-11-26 18:00:00",
        "has_open_orders": False, "exchange": "binance", "strategy": "Sample",
    }  # fmt: skip


EXAMPLE = {
    "trades": [_example(7, "ETH/USDT", short=False), _example(8, "SOL/USDT", short=True)],
    "updated_ts": 1764188088,
}

TRADES = Feed(NAME, parse_trades, example=EXAMPLE, doc="Open trades: GET /api/v1/status.", **AGES)
