"""The documents of the order router: its health, and what it would change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.listings import CONTRACTS

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund
    from muntin_demo.simulator.router import Policy, RouterStats

#: The label of a bias, as the number the suggestions use.
_BIAS = {"prefer_maker": 0.25, "balanced": 0.5, "prefer_taker": 0.75}


@dataclass(frozen=True, slots=True)
class Tuning:
    """A policy the way suggestions write it: the bias as a number."""

    maker_first: bool
    taker_bias: float
    bias_label: str
    offset_bps: float

    def as_document(self) -> Document:
        """The policy's four keys."""
        return {
            "maker_first": self.maker_first,
            "taker_bias": self.taker_bias,
            "bias_label": self.bias_label,
            "offset_bps": self.offset_bps,
        }


def policy_block(policy: Policy) -> Document:
    """A policy the way router health writes it: the bias as a label."""
    return {
        "maker_first": policy.maker_first,
        "taker_bias": policy.taker_bias,
        "quality": policy.quality,
        "reason": policy.reason,
        "offset_bps": policy.offset_bps,
    }


def router_health(fund: Fund) -> Document:
    """`router_health.json`: the fills of each symbol in numbers, twice."""
    rows = [health_row(fund, contract.symbol) for contract in CONTRACTS]
    policies = [fund.router.stats(contract.symbol).policy for contract in CONTRACTS]
    counts = dict.fromkeys(("good", "ok", "degraded", "broken"), 0)
    for policy in policies:
        counts[policy.quality] += 1
    return {
        "updated_ts": fund.now,
        "summary": {
            "updated_ts": fund.now,
            "count": len(rows),
            "quality_counts": counts,
            "maker_first_enabled": sum(policy.maker_first for policy in policies),
        },
        "symbols": rows,
        "per_symbol": rows,
    }


def health_row(fund: Fund, symbol: str) -> Document:
    """One symbol's router statistics and policy."""
    stats = fund.router.stats(symbol)
    policy = stats.policy
    return {
        "symbol": symbol,
        "maker_fill_rate": stats.maker,
        "fallback_rate": stats.fallback,
        "slippage_p50": stats.slip_q50,
        "slippage_p95": stats.slip_q95,
        "ack_latency_ms": None,
        "policy": policy_block(policy),
        "maker_first": policy.maker_first,
        "taker_bias": policy.taker_bias,
        "bias": policy.taker_bias,
        "quality": policy.quality,
        "offset_bps": policy.offset_bps,
        "updated_ts": fund.now,
    }


def regime_of(stats: RouterStats) -> str:
    """The suggestion's word for how a symbol fills."""
    if stats.policy.quality == "broken":
        return "broken"
    if (stats.fallback or 0.0) >= 0.6:
        return "fallback_heavy"
    if (stats.slip_q95 or 0.0) >= 15.0:
        return "slippage_hot"
    return "maker_strong" if (stats.maker or 0.0) >= 0.7 else "balanced"


def tunings(stats: RouterStats) -> tuple[Tuning, Tuning]:
    """The policy in force and the one the router would rather have."""
    policy = stats.policy
    bias = _BIAS[policy.taker_bias]
    now = Tuning(policy.maker_first, bias, policy.taker_bias, policy.offset_bps)
    return now, _PROPOSALS[regime_of(stats)](now)


def suggestions(fund: Fund) -> Document:
    """`router_policy_suggestions_v6.json`: current and proposed policy of each symbol."""
    return {
        "generated_ts": iso(fund.now),
        "lookback_days": 2.0,
        "symbols": [_suggestion(fund, contract.symbol) for contract in CONTRACTS],
    }


def _suggestion(fund: Fund, symbol: str) -> Document:
    stats = fund.router.stats(symbol)
    word, quality = regime_of(stats), stats.policy.quality
    current, proposed = tunings(stats)
    return {
        "symbol": symbol,
        "regime": word,
        "quality": quality,
        "metrics": {
            "fill_rate": stats.maker,
            "fallback_rate": stats.fallback,
            "slip_p50_bps": stats.slip_q50,
            "slip_p95_bps": stats.slip_q95,
            "latency_p50_ms": None,
        },
        "current_policy": current.as_document(),
        "proposed_policy": proposed.as_document(),
        "rationale": [f"Fills look {word}; quality is {quality}."],
    }


def _same(now: Tuning) -> Tuning:
    return now


def _patient(now: Tuning) -> Tuning:
    closer = max(0.5, now.offset_bps - 0.5)
    return replace(now, taker_bias=0.2, bias_label="prefer_maker", offset_bps=closer)


def _pressing(now: Tuning) -> Tuning:
    return Tuning(False, 0.8, "prefer_taker", now.offset_bps + 1.0)


def _wider(now: Tuning) -> Tuning:
    return replace(now, offset_bps=now.offset_bps + 1.5)


_PROPOSALS = {
    "broken": _pressing,
    "fallback_heavy": _pressing,
    "slippage_hot": _wider,
    "maker_strong": _patient,
    "balanced": _same,
}
