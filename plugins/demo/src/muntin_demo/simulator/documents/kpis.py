"""The KPI document in its three shapes, and the risk snapshot that repeats one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.documents.risk import (
    atr_block,
    atr_of,
    atr_ratio,
    dd_state,
    drawdown_block,
    fee_pnl,
    health_rows,
    nav_health,
    regime,
)
from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.listings import CONTRACTS
from muntin_demo.simulator.numbers import mean, rounded
from muntin_demo.simulator.router import RouterStats, graded

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund


def kpis(fund: Fund) -> Document:
    """`kpis_v7.json`, nested: the shape the sync process writes."""
    stamp, state, ratio = iso(fund.now), dd_state(fund), atr_ratio(fund)
    total, word = pooled(fund), regime(ratio)
    costs = fee_pnl(fund, 3)["fee_pnl_ratio"]
    quality = _quality(total)
    symbols = {contract.symbol: _symbol(fund, contract.symbol) for contract in CONTRACTS}
    return {
        "ts": stamp,
        "nav": _nav(fund),
        "risk": {
            "dd_state": state,
            "atr_regime": word,
            "fee_pnl_ratio": costs,
            "drawdown_pct": fund.drawdown_pct,
            "atr_ratio": ratio,
        },
        "router": {"policy_quality": quality, "maker_first": True, **_router(total)},
        "performance": {"expectancy": None, "sharpe_state": "neutral"},
        "dd_state": state,
        "atr_regime": word,
        "fee_pnl_ratio": costs,
        "router_quality": quality,
        "aum_total": fund.aum_total,
        "fx": {"usd_zar": round(fund.market.usd_zar, 4), "ts": stamp},
        "router_stats": {
            "maker_fill_rate": total.maker,
            "fallback_ratio": total.fallback,
            "slip_q25_bps": None,
            "slip_q50_bps": total.slip_q50,
            "slip_q75_bps": None,
            "quality": quality,
        },
        "drawdown": {"dd_pct": fund.drawdown_pct},
        "atr": {"atr_ratio": ratio, "atr_regime": word, "symbols": list(symbols.values())},
        "symbols": symbols,
    }


def flat_kpis(fund: Fund) -> Document:
    """`kpis_v7.json`, flat: the shape the executor writes."""
    atr, total, costs = atr_block(fund), pooled(fund), fee_pnl(fund, 3)
    return {
        "ts": fund.now,
        "atr_regime": atr["atr_regime"],
        "atr": atr,
        "dd_state": dd_state(fund),
        "drawdown": drawdown_block(fund),
        "fee_pnl_ratio": costs["fee_pnl_ratio"],
        "fees": costs["fees"],
        "pnl": costs["pnl"],
        "fee_pnl": costs,
        "router_quality": _quality(total),
        "router_stats": {
            "maker_fill_ratio": total.maker,
            "fallback_ratio": total.fallback,
            "slip_q25": total.slip_q25,
            "slip_q50": total.slip_q50,
            "slip_q75": total.slip_q75,
            "slip_q95": total.slip_q95,
        },
    }


def later_kpis(fund: Fund) -> Document:
    """`kpis_v7.json` of v7.6: shares instead of percent, other names."""
    worth = fund.nav
    mark = fund.market.mark
    return {
        "updated_at": iso(fund.now),
        "portfolio": {
            "nav": worth,
            "dd_pct": fund.drawdown_pct / 100.0,
            "var_nav_pct": round(0.018 * fund.gross / worth, 6),
            "cvar_nav_pct": round(0.026 * fund.gross / worth, 6),
        },
        "per_symbol": {
            item.symbol: {
                "pnl": item.unrealized(mark(item.symbol)),
                "pnl_pct": round((mark(item.symbol) / item.entry - 1.0) * _sign(item.qty), 6),
                "exposure_nav_pct": round(abs(item.qty) * mark(item.symbol) / worth, 6),
            }
            for item in fund.positions
        },
    }


def risk_snapshot(fund: Fund) -> Document:
    """`risk_snapshot.json`: health of each symbol, drawdown, and a copy of the flat KPIs."""
    atr, week = atr_block(fund), fee_pnl(fund, 7)
    return {
        "updated_ts": fund.now,
        "symbols": health_rows(fund),
        "dd_state": {"dd_state": dd_state(fund), "drawdown": drawdown_block(fund)},
        "atr_regime": atr["atr_regime"],
        "atr": atr,
        "fee_pnl_ratio": week["fee_pnl_ratio"],
        "fee_pnl": week,
        "nav_health": nav_health(fund),
        "risk_config_meta": {
            "testnet_overrides_active": False,
            "max_nav_drawdown_pct": 0.25,
            "daily_loss_limit_pct": 0.08,
        },
        "kpis_v7": flat_kpis(fund),
    }


def pooled(fund: Fund) -> RouterStats:
    """The router's numbers over all symbols that have any."""
    known = [fund.router.stats(contract.symbol) for contract in CONTRACTS]
    return RouterStats(
        maker=_average([stats.maker for stats in known]),
        fallback=_average([stats.fallback for stats in known]),
        slip_q25=_average([stats.slip_q25 for stats in known]),
        slip_q50=_average([stats.slip_q50 for stats in known]),
        slip_q75=_average([stats.slip_q75 for stats in known]),
        slip_q95=_average([stats.slip_q95 for stats in known]),
    )


def _average(values: list[float | None]) -> float | None:
    return rounded(mean([value for value in values if value is not None]), 6)


def _quality(total: RouterStats) -> str:
    """The quality in the KPIs' words, which know no "broken"."""
    if total.maker is None:
        return "unknown"
    quality = graded(total.maker, total.fallback, total.slip_q50)
    return "poor" if quality == "broken" else quality


def _nav(fund: Fund) -> Document:
    age = round(fund.now - fund.observed_at, 3)
    return {
        "nav_total": fund.nav,
        "nav_age_s": age,
        "age_s": age,
        "updated_at": fund.observed_at,
        "sources_ok": True,
        "aum_total": fund.aum_total,
    }


def _router(total: RouterStats) -> Document:
    return {
        "maker_fill_share": total.maker,
        "avg_slippage_bps": total.slip_q50,
        "reject_rate": None,
        "maker_fill_rate": total.maker,
        "fallback_ratio": total.fallback,
        "slip_q25_bps": None,
        "slip_q50_bps": total.slip_q50,
        "slip_q75_bps": None,
    }


def _symbol(fund: Fund, symbol: str) -> Document:
    _, _, ratio, word = atr_of(fund, symbol)
    return {
        "symbol": symbol,
        "dd_state": dd_state(fund),
        "dd_today_pct": 0.0,
        "atr_ratio": ratio,
        "atr_regime": word,
    }


def _sign(value: float) -> float:
    return 1.0 if value > 0 else -1.0
