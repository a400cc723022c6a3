"""The ledger of closed trades, with its sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.numbers import HOUR

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund
    from muntin_demo.simulator.record import Trade

#: Trades of the ledger, the newest ones.
_MOST = 400


def episode_ledger(fund: Fund) -> Document:
    """`episode_ledger.json`: the closed trades, with fees and results."""
    trades = list(fund.record.trades)[-_MOST:]
    return {
        "episodes": [_episode(number, trade) for number, trade in enumerate(trades, 1)],
        "last_rebuild_ts": iso(fund.now),
        "stats": _stats(trades),
        "episode_count": len(trades),
    }


def _episode(number: int, trade: Trade) -> Document:
    return {
        "episode_id": f"EP_{number:04d}",
        "symbol": trade.symbol,
        "side": trade.side,
        "entry_ts": iso(trade.opened),
        "exit_ts": iso(trade.at),
        "duration_hours": round((trade.at - trade.opened) / HOUR, 2),
        "total_qty": trade.qty,
        "avg_entry_price": trade.entry,
        "avg_exit_price": trade.exit,
        "gross_pnl": _gross(trade),
        "fees": round(trade.fee, 4),
        "net_pnl": trade.pnl,
        "regime_at_entry": "MEAN_REVERT" if number % 3 else "CHOPPY",
        "exit_reason": _reason(trade),
        "strategy": "vol_target",
    }


def _gross(trade: Trade) -> float:
    return round(trade.pnl + trade.fee, 4)


def _reason(trade: Trade) -> str:
    if _gross(trade) > 0:
        return "TAKE_PROFIT"
    return "STOP_LOSS" if _gross(trade) < -10 else "THESIS_INVALIDATED"


def _stats(trades: Sequence[Trade]) -> Document:
    winners = sum(trade.pnl > 0 for trade in trades)
    return {
        "episodes_found": len(trades),
        "total_gross_pnl": round(sum(_gross(trade) for trade in trades), 2),
        "total_fees": round(sum(trade.fee for trade in trades), 2),
        "total_net_pnl": round(sum(trade.pnl for trade in trades), 2),
        "winners": winners,
        "losers": len(trades) - winners,
        "win_rate": round(100 * winners / len(trades), 2) if trades else 0.0,
        "exit_reasons": dict(Counter(map(_reason, trades))),
    }
