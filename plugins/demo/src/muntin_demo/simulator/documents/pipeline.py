"""The decision pipeline: the last word of its shadow, and how far that differs from live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.encoding import Document
from muntin_demo.simulator.numbers import quantile

if TYPE_CHECKING:
    from muntin_demo.simulator.desk import Decision
    from muntin_demo.simulator.fund import Fund

#: Decisions the shadow's head counts.
_HEAD = 50
#: Decisions a comparison needs before it says anything.
_ENOUGH = 200
#: The least the shadow may oversize before it counts.
_UPSIZE = 0.05


def shadow_head(fund: Fund) -> Document:
    """`pipeline_v6_shadow_head.json`: the last fifty decisions counted, the last one in full."""
    latest = list(fund.record.decisions)[-_HEAD:]
    allowed = sum(decision.veto is None for decision in latest)
    return {
        "generated_ts": fund.now,
        "total": len(latest),
        "allowed": allowed,
        "vetoed": len(latest) - allowed,
        "last_decision": shadow_row(latest[-1]) if latest else None,
    }


def compare_summary(fund: Fund) -> Document:
    """`pipeline_v6_compare_summary.json`: shadow against live over ten hours."""
    judged = fund.record.judged(fund.now)
    differ = sum(not decision.agreed for decision in judged)
    sizes = [decision.sizing_diff for decision in judged if decision.filled]
    warming = len(judged) < _ENOUGH
    return {
        "generated_ts": fund.now,
        "sample_size": len(judged),
        "veto_mismatch_pct": round(100.0 * differ / max(1, len(judged)), 2),
        "size_diff_stats": {"mean": 0.0, "p50": 0.0, "p95": 0.0},
        "slippage_diff_bps": {"mean": 0.0, "p50": 0.0, "p95": 0.0},
        "sizing_diff_stats": {
            "p50": round(quantile(sizes, 0.5) or 0.0, 6),
            "p95": round(quantile(sizes, 0.95) or 0.0, 6),
            "upsize_count": sum(size > _UPSIZE for size in sizes),
            "sample_size": len(sizes),
        },
        "is_warmup": warming,
        "warmup_reason": "sample_size_below_min" if warming else None,
        "min_sample_size": _ENOUGH,
    }


def shadow_row(decision: Decision) -> Document:
    """One decision as the shadow pipeline describes it."""
    intent, gross = decision.intent, decision.intent.notional
    sized = round(gross * (1.0 - decision.sizing_diff), 2) if decision.veto is None else 0.0
    qty = 0.0 if decision.veto else abs(intent.qty)
    return {
        "symbol": intent.symbol,
        "intent": _intent(decision),
        "risk_decision": _verdict(decision),
        "sizing": {
            "screener_gross_usd": gross,
            "executor_gross_usd": gross,
            "sized_gross_usd": sized,
        },
        "timestamp": decision.at,
        "size_decision": {"gross_usd": sized, "qty": qty},
        "router_decision": _route(decision, sized, qty),
    }


def compare_row(decision: Decision) -> Document:
    """One decision as shadow and live saw it, side by side."""
    allowed = decision.veto is None
    reasons = [decision.veto.reason] if decision.veto else []
    gross = decision.intent.notional if allowed else 0.0
    return {
        "ts": decision.at,
        "symbol": decision.intent.symbol,
        "attempt_id": f"sig_{decision.tag}",
        "live": {"allowed": allowed, "reasons": reasons, "gross_usd": gross},
        "shadow": {
            "allowed": allowed is decision.agreed,
            "reasons": reasons if decision.agreed else [],
            "gross_usd": round(gross * (1.0 - decision.sizing_diff), 2),
        },
        "veto_mismatch": not decision.agreed,
        "sizing_diff": decision.sizing_diff if allowed else None,
        "slippage_diff_bps": None,
    }


def _intent(decision: Decision) -> Document:
    intent, account = decision.intent, decision.account
    held = account.positions.get(intent.symbol)
    return {
        "symbol": intent.symbol,
        "side": intent.side,
        "qty": abs(intent.qty),
        "quote_notional": intent.notional,
        "leverage": intent.contract.leverage,
        "price": intent.mark,
        "tier_name": intent.contract.tier,
        "tier_gross_notional": 0.0,
        "current_gross_notional": round(account.notional(intent.symbol, intent.mark), 4),
        "symbol_open_qty": held.qty if held else 0.0,
        "nav_usd": account.nav,
        "open_positions_count": len(account.positions),
        "strategy_id": None,
        "account_mode": None,
        "metadata": {},
    }


def _verdict(decision: Decision) -> Document:
    veto = decision.veto
    return {
        "allowed": veto is None,
        "clamped_qty": 0.0 if veto else abs(decision.intent.qty),
        "reasons": [veto.reason] if veto else [],
        "hit_caps": {veto.reason: veto.limit} if veto else {},
        "diagnostics": {
            "gate": "risk_limits",
            "thresholds": {"cap": veto.limit} if veto else {},
            "observations": {"requested": veto.observed} if veto else {},
        },
    }


def _route(decision: Decision, sized: float, qty: float) -> Document:
    policy, mark = decision.policy, decision.intent.mark
    away = mark * policy.offset_bps / 10_000.0
    side = 1.0 if decision.intent.qty > 0 else -1.0
    return {
        "policy": {
            "maker_first": policy.maker_first,
            "taker_bias": policy.taker_bias,
            "quality": policy.quality,
        },
        "offset_bps": policy.offset_bps,
        "effective_px": {
            "maker": round(mark - side * away, 6),
            "taker": round(mark + side * away, 6),
        },
        "sized": {"gross_usd": sized, "qty": qty},
    }
