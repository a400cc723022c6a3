"""The feed ``episode_ledger``: every closed trade, rebuilt from its fills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import EmptyFeed, Feed, Field, MalformedFeed, Node

NAME = "episode_ledger"


@dataclass(frozen=True, slots=True)
class Trade:
    """One closed trade: from its first fill to the one that closed it."""

    id: str
    symbol: Field[str]
    side: Field[str]
    opened: Field[datetime]
    closed: Field[datetime]
    quantity: Field[float]
    entry_price: Field[float]
    exit_price: Field[float]
    gross: Field[float]
    fees: Field[float]
    #: After fees.
    net: Field[float]
    reason: Field[str]
    strategy: Field[str]
    regime: Field[str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The document episode_ledger.json."""

    #: In order of time, those without one first.
    trades: tuple[Trade, ...]
    #: What the producer says that the trades earned after fees, and which part of them won.
    net: Field[float]
    win_rate: Field[float]
    #: Entries that are no trades.
    rejected: int = 0


def parse_ledger(raw: Any) -> Ledger:
    """Return the trades; an entry that cannot be read costs only itself."""
    if not raw:
        raise EmptyFeed("the producer published an empty ledger")
    node = Node(raw, NAME)
    place = node if isinstance(raw, list) else node.at("episodes", "trades")
    if not isinstance(place.raw, list):
        raise MalformedFeed("episodes", "the document holds no list of trades")
    found = [trade_of(row) for row in place.rows()]
    trades = [trade for trade in found if trade is not None]
    return Ledger(
        tuple(sorted(trades, key=_when)),
        node.number("stats.total_net_pnl", unit="usd"),
        node.number("stats.win_rate", percent=True, low=0, high=1),
        len(place.raw) - len(trades),
    )


def trade_of(row: Node) -> Trade | None:
    """Return a row as a trade, None if it says neither what was traded nor what it earned."""
    symbol, net = row.text("symbol"), row.number("net_pnl", unit="usd")
    gross, fees = row.number("gross_pnl", unit="usd"), row.number("fees", unit="usd", low=0)
    if net.presence.absent and gross.value is not None and fees.value is not None:
        net = gross.derive(gross.value - fees.value, "gross_pnl − fees")
    if not symbol.ok or net.presence.absent:
        return None
    return Trade(
        row.text("episode_id", "id").value or row.path,
        symbol,
        row.text("side"),
        row.time("entry_ts", "opened_at"),
        row.time("exit_ts", "closed_at"),
        row.number("total_qty", "qty", unit="qty"),
        row.number("avg_entry_price", unit="price", positive=True),
        row.number("avg_exit_price", unit="price", positive=True),
        gross,
        fees,
        net,
        row.text("exit_reason"),
        row.text("strategy"),
        row.text("regime_at_entry"),
    )


def _when(trade: Trade) -> float:
    return trade.closed.value.timestamp() if trade.closed.value else 0.0


def _example(number: int, symbol: str, side: str, net: float, reason: str) -> dict[str, Any]:
    day = 20 + number
    return {
        "episode_id": f"EP_{number:04d}", "symbol": symbol, "side": side,
        "entry_ts": f"2025-11-{day}T08:15:00+00:00", "exit_ts": f"2025-11-{day}T14:40:00+00:00",
        "duration_hours": 6.42, "total_qty": 0.5, "avg_entry_price": 900.0,
        "avg_exit_price": 900.0 + 2 * (net + 0.4), "gross_pnl": round(net + 0.4, 2), "fees": 0.4,
        "net_pnl": net, "regime_at_entry": "MEAN_REVERT", "exit_reason": reason,
        "strategy": "vol_target",
    }  # fmt: skip


EXAMPLE = {
    "last_rebuild_ts": "2025-11-26T20:08:10+00:00",
    "stats": {"total_net_pnl": 6.3, "win_rate": 66.67},
    "episodes": [
        _example(1, "BTCUSDT", "LONG", 4.2, "TAKE_PROFIT"),
        _example(2, "ETHUSDT", "LONG", -2.5, "STOP_LOSS"),
        _example(3, "BTCUSDT", "LONG", 4.6, "TAKE_PROFIT"),
    ],
}

LEDGER = Feed(
    NAME,
    parse_ledger,
    as_of=("last_rebuild_ts", "updated_ts", "episodes[-1].exit_ts"),
    late_after=1200,
    stale_after=1800,
    example=EXAMPLE,
    producer="episode ledger job",
    doc="Closed trades with their fees, rebuilt from fills every 15 minutes.",
    optional=True,
    root=object,
)
