"""The documents of intelligence: what trades earned, how symbols score, where capital should go."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from muntin_demo.simulator.documents.risk import atr_of, dd_state
from muntin_demo.simulator.documents.routing import health_row, regime_of, tunings
from muntin_demo.simulator.documents.system import caps
from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.listings import CONTRACTS, Contract
from muntin_demo.simulator.numbers import HOUR, clamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from muntin_demo.simulator.fund import Fund
    from muntin_demo.simulator.record import Trade

_LOOKBACK = 48.0
#: The share of NAV the allocator hands out, by state of the drawdown.
_BUDGET = {"normal": 0.90, "cautious": 0.65, "defensive": 0.45}


@dataclass(frozen=True, slots=True)
class Yield:
    """What a group of closed trades earned."""

    count: int
    hit_rate: float
    avg_return: float
    avg_win: float
    avg_loss: float
    max_drawdown: float

    @property
    def expectancy(self) -> float:
        """Dollars a trade, from wins and losses by their shares."""
        return self.hit_rate * self.avg_win + (1.0 - self.hit_rate) * self.avg_loss

    def as_document(self) -> Document:
        """The nine keys of a group."""
        risk = abs(self.avg_loss) or 1.0
        return {
            "count": self.count,
            "hit_rate": self.hit_rate,
            "avg_return": self.avg_return,
            "avg_win": self.avg_win,
            "avg_loss": self.avg_loss,
            "expectancy": self.expectancy,
            "expectancy_per_risk": self.expectancy / risk,
            "max_drawdown": self.max_drawdown,
            "drawdown_adjusted": self.expectancy - self.max_drawdown / self.count,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """A symbol's score and the five numbers it is made of."""

    expectancy: float
    router: float
    slippage: float
    fee_drag: float
    volatility: float

    @property
    def total(self) -> float:
        """The score, 0 to 1."""
        earned = 0.55 * self.expectancy + 0.35 * self.router
        return clamp(earned - self.slippage - self.fee_drag - 0.3 * self.volatility, 0.0, 1.0)

    def as_document(self) -> Document:
        """The five components."""
        return {
            "expectancy": self.expectancy,
            "router": self.router,
            "slippage_penalty": self.slippage,
            "fee_drag_penalty": self.fee_drag,
            "volatility_penalty": self.volatility,
        }


def expectancy(fund: Fund) -> Document:
    """`expectancy_v6.json`: what closed trades earned by symbol, by hour and by regime."""
    trades = fund.record.closed(fund.now - _LOOKBACK * HOUR)
    return {
        "symbols": _grouped((trade.symbol, trade) for trade in trades),
        "hours": _grouped((_hour(trade), trade) for trade in trades),
        "regimes": _grouped((label, trade) for trade in trades for label in trade.labels),
        "sample_count": len(trades),
        "lookback_hours": _LOOKBACK,
        "updated_ts": fund.now,
    }


def symbol_scores(fund: Fund) -> Document:
    """`symbol_scores_v6.json`: the symbols, best first, with what made their score."""
    yields = _by_symbol(fund)
    scores = [(_score(fund, item.symbol, yields), item.symbol) for item in CONTRACTS]
    scores.sort(key=lambda scored: -scored[0].total)
    rows = [
        {
            "symbol": symbol,
            "score": score.total,
            "components": score.as_document(),
            "inputs": {
                "expectancy": yields[symbol].as_document() if symbol in yields else {},
                "router": health_row(fund, symbol),
            },
        }
        for score, symbol in scores
    ]
    return {"updated_ts": fund.now, "symbols": rows}


def allocation(fund: Fund) -> Document:
    """`risk_allocation_suggestions_v6.json`: the share of NAV each symbol should get."""
    yields, mode = _by_symbol(fund), "normal"
    scores = {item.symbol: _score(fund, item.symbol, yields).total for item in CONTRACTS}
    whole = sum(scores.values()) or 1.0
    return {
        "generated_ts": iso(fund.now),
        "lookback_days": _LOOKBACK / 24.0,
        "global": {
            "current_equity_usd": None,
            "current_drawdown_pct": 0.0,
            "risk_mode": mode,
        },
        "symbols": [
            {
                **_suggestion(fund, item, yields.get(item.symbol), scores[item.symbol]),
                "suggested_weight": math.floor(_BUDGET[mode] * 1e6 * scores[item.symbol] / whole)
                / 1e6,
                "rationale": [
                    "The weight follows the score.",
                    f"Drawdown is {dd_state(fund)}; caps follow mode {mode}.",
                ],
            }
            for item in CONTRACTS
        ],
    }


def _hour(trade: Trade) -> str:
    return str(datetime.fromtimestamp(trade.at, UTC).hour)


def _by_symbol(fund: Fund) -> dict[str, Yield]:
    groups = defaultdict(list)
    for trade in fund.record.closed(fund.now - _LOOKBACK * HOUR):
        groups[trade.symbol].append(trade.pnl)
    return {symbol: _yield(pnls) for symbol, pnls in groups.items()}


def _grouped(pairs: Iterable[tuple[str, Trade]]) -> dict[str, Document]:
    """Each group's nine numbers, groups in natural order."""
    groups = defaultdict(list)
    for name, trade in pairs:
        groups[name].append(trade.pnl)
    names = sorted(groups, key=lambda name: (len(name), name) if name.isdigit() else (99, name))
    return {name: _yield(groups[name]).as_document() for name in names}


def _yield(pnls: Sequence[float]) -> Yield:
    """The numbers of at least one trade."""
    wins = [pnl for pnl in pnls if pnl > 0]
    losses = [pnl for pnl in pnls if pnl <= 0]
    return Yield(
        count=len(pnls),
        hit_rate=len(wins) / len(pnls),
        avg_return=sum(pnls) / len(pnls),
        avg_win=sum(wins) / len(wins) if wins else 0.0,
        avg_loss=sum(losses) / len(losses) if losses else 0.0,
        max_drawdown=_deepest(pnls),
    )


def _deepest(pnls: Sequence[float]) -> float:
    """The largest fall of the running sum below its peak, which starts at 0."""
    totals = [0.0, *accumulate(pnls)]
    peaks = accumulate(totals, max)
    return max(peak - total for peak, total in zip(peaks, totals, strict=True))


def _score(fund: Fund, symbol: str, yields: Mapping[str, Yield]) -> Score:
    stats, ratio = fund.router.stats(symbol), atr_of(fund, symbol)[2] or 1.0
    earned = yields.get(symbol)
    filled = stats.maker is not None and stats.fallback is not None
    edge = (stats.maker or 0.0) - (stats.fallback or 0.0)
    return Score(
        expectancy=0.5 + 0.5 * math.tanh(earned.expectancy / 9.0) if earned else 0.5,
        router=clamp(0.5 + 0.45 * edge, 0.0, 1.0) if filled else 0.5,
        slippage=clamp(0.05 * (stats.slip_q50 or 0.0), 0.0, 0.4),
        fee_drag=clamp(0.02 / (1.0 + abs(earned.avg_return)), 0.0, 0.4) if earned else 0.0,
        volatility=clamp(0.4 * (ratio - 1.0), 0.0, 0.5),
    )


def _suggestion(fund: Fund, contract: Contract, earned: Yield | None, score: float) -> Document:
    """A symbol's part of the allocation, all but its weight."""
    stats = fund.router.stats(contract.symbol)
    current, proposed = tunings(stats)
    share, trade_share, positions = caps(contract)
    return {
        "symbol": contract.symbol,
        "score": score,
        "expectancy": {
            "expectancy": earned.expectancy if earned else None,
            "avg_return": earned.avg_return if earned else None,
            "hit_rate": earned.hit_rate if earned else None,
            "regime": regime_of(stats),
        },
        "router_policy": {"current": current.as_document(), "proposed": proposed.as_document()},
        "caps": {
            "current_max_nav_pct": share,
            "current_max_trade_nav_pct": trade_share,
            "current_max_concurrent_positions": positions,
        },
        "suggested_caps": {
            "max_nav_pct": round(share * (0.75 + 0.4 * score), 4),
            "max_trade_nav_pct": round(trade_share * (0.75 + 0.4 * score), 4),
            "max_concurrent_positions": positions,
        },
    }
