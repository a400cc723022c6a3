"""The documents of risk: drawdown, ranges, health of each symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.documents.routing import policy_block
from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.listings import CONTRACTS
from muntin_demo.simulator.numbers import DAY, median

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund

#: The size an order keeps of its wish, by regime of the range.
_SIZES = {"quiet": 1.0, "normal": 1.0, "hot": 0.75, "panic": 0.4, "unknown": 1.0}


def dd_state(fund: Fund) -> str:
    """The word for the drawdown: normal, cautious from 5 %, defensive from 10 %."""
    pct = fund.drawdown_pct
    return "defensive" if pct >= 10.0 else "cautious" if pct >= 5.0 else "normal"


def regime(ratio: float | None) -> str:
    """The word for a range against its median."""
    if ratio is None:
        return "unknown"
    if ratio < 0.7:
        return "quiet"
    return "normal" if ratio < 1.5 else "hot" if ratio < 2.5 else "panic"


def atr_of(fund: Fund, symbol: str) -> tuple[float, float, float | None, str]:
    """The symbol's range, its median, their ratio and its word; nothing without own fills."""
    if fund.router.stats(symbol).maker is None:
        return 0.0, 0.0, None, "unknown"
    now, usual = fund.market.atr(symbol)
    ratio = round(now / usual, 6)
    return round(now, 4), round(usual, 4), ratio, regime(ratio)


def atr_ratio(fund: Fund) -> float | None:
    """The median of the symbols' ratios."""
    ratios = (atr_of(fund, contract.symbol)[2] for contract in CONTRACTS)
    return median([ratio for ratio in ratios if ratio is not None])


def atr_block(fund: Fund) -> Document:
    """The ranges as the executor publishes them."""
    ratio = atr_ratio(fund)
    rows = [
        {**vol_block(fund, contract.symbol), "symbol": contract.symbol} for contract in CONTRACTS
    ]
    return {"atr_regime": regime(ratio), "median_ratio": ratio, "symbols": rows}


def vol_block(fund: Fund, symbol: str) -> Document:
    """One symbol's range."""
    now, usual, ratio, word = atr_of(fund, symbol)
    return {"atr_now": now, "atr_med": usual, "atr_ratio": ratio, "atr_regime": word}


def nav_health(fund: Fund) -> Document:
    """How fresh the executor thinks its NAV is."""
    return {
        "age_s": round(fund.now - fund.observed_at, 3),
        "sources_ok": True,
        "stale_flags": {"balances_ok": False},
        "fresh": True,
        "threshold_s": 90.0,
        "cache_ts": fund.observed_at,
        "cache_path": "logs/cache/nav_confirmed.json",
        "nav_total": fund.nav,
    }


def drawdown_block(fund: Fund) -> Document:
    """The drawdown from every side the executor publishes."""
    worth = fund.nav
    return {
        "dd_pct": fund.drawdown_pct,
        "dd_abs": fund.drawdown_abs,
        "peak": fund.peak,
        "nav": worth,
        "realized_today": round(fund.book.realized_today, 2),
        "nav_cache_ts": fund.observed_at,
        "nav_cache_age": round(fund.now - fund.observed_at, 3),
        "peak_state_age": round(fund.now - fund.peak_at, 1),
        "stale_flags": {},
        "usable": True,
        "nav_health": nav_health(fund),
        "peak_state": _peak_state(fund),
        "drawdown": {
            "pct": fund.drawdown_pct,
            "abs": fund.drawdown_abs,
            "peak_nav": fund.peak,
            "nav": worth,
        },
        "daily_loss": {
            "pct": 100.0 * (fund.day_peak - worth) / fund.day_peak,
            "daily_peak": fund.day_peak,
            "nav": worth,
        },
        "assets": fund.assets,
    }


def fee_pnl(fund: Fund, days: int) -> Document:
    """Fees against realised profit over three or seven days."""
    window = fund.book.three_days if days == 3 else fund.book.seven_days
    fees, pnl = window.totals(fund.now)
    ratio = fees / abs(pnl) if pnl else None
    return {"fee_pnl_ratio": ratio, "fees": fees, "pnl": pnl, "window_days": days}


def health_rows(fund: Fund) -> list[Document]:
    """One health record a symbol, as two documents list them."""
    return [_health(fund, contract.symbol) for contract in CONTRACTS]


def execution_health(fund: Fund) -> Document:
    """`execution_health.json`: router, risk, range and sizing of each symbol."""
    return {
        "updated_ts": fund.now,
        "symbols": health_rows(fund),
        "type": "execution_health",
        "context": "executor",
    }


def _peak_state(fund: Fund) -> Document:
    return {
        "day": iso(fund.now // DAY * DAY)[:10],
        "peak": fund.peak,
        "peak_equity": fund.peak,
        "nav": fund.nav,
        "nav_usd": fund.nav,
        "dd_abs": fund.drawdown_abs,
        "dd_pct": fund.drawdown_pct,
        "realized_pnl_today": round(fund.book.realized_today, 2),
        "reset_timezone": "UTC",
        "ts": fund.observed_at,
        "updated_at": iso(fund.observed_at),
    }


def _health(fund: Fund, symbol: str) -> Document:
    router = _router(fund, symbol)
    risk: Document = {
        "dd_today_pct": 0.0,
        "dd_state": dd_state(fund),
        "risk_flags": [],
        "sharpe_state": "neutral",
        "toggle_active": False,
        "toggle_meta": None,
    }
    vol = vol_block(fund, symbol)
    sizing = _sizing(atr_of(fund, symbol)[3])
    parts: Document = {"router": router, "risk": risk, "vol": vol, "sizing": sizing}
    return {
        "schema": "execution_health_v1",
        "symbol": symbol,
        **parts,
        "errors": {},
        "components": parts,
        "events": {"risk_gates": []},
        "updated_ts": fund.now,
    }


def _router(fund: Fund, symbol: str) -> Document:
    stats = fund.router.stats(symbol)
    policy = stats.policy
    chased = (stats.fallback or 0.0) >= 0.7
    return {
        "router_warnings": ["high_fallback_ratio"] if chased else [],
        "maker_fill_ratio": stats.maker,
        "fallback_ratio": stats.fallback,
        "slip_q25": stats.slip_q25,
        "slip_q50": stats.slip_q50,
        "slip_q75": stats.slip_q75,
        "last_route_decision": None,
        "policy_quality": policy.quality,
        "policy_maker_first": policy.maker_first,
        "policy_taker_bias": policy.taker_bias,
        "policy_reason": policy.reason,
        "maker_offset_bps": policy.offset_bps,
        "policy": policy_block(policy),
    }


def _sizing(word: str) -> Document:
    size = _SIZES[word]
    return {
        "sharpe_7d": 0.0,
        "size_mult_sharpe": 1.0,
        "size_mult_regime": size,
        "intel_size_factor": 1.0,
        "size_mult_combined": size,
        "final_size_factor": size,
    }
