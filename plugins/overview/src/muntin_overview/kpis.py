# ruff: noqa: RUF009  # a Field is frozen, so one may serve as everyone's default
"""The feed ``kpis_v7``: risk and router figures, in the shapes of three producers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node

NAME = "kpis_v7"

_KNOWN = (
    "risk",
    "router",
    "router_stats",
    "router_quality",
    "drawdown",
    "dd_state",
    "dd_frac",
    "atr",
    "atr_regime",
    "fee_pnl",
    "fee_pnl_ratio",
    "portfolio",
    "per_symbol",
    "performance",
)


_NO_RATES: Mapping[str, Field[float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Kpis:
    """The document kpis_v7.json; ``Kpis()`` stands for nothing known."""

    drawdown_state: Field[str] = Field.missing(NAME, "dd_state")
    drawdown: Field[float] = Field.missing(NAME, "drawdown.dd_pct", "fraction")
    drawdown_usd: Field[float] = Field.missing(NAME, "drawdown.dd_abs", "usd")
    peak: Field[float] = Field.missing(NAME, "drawdown.peak", "usd")
    atr_regime: Field[str] = Field.missing(NAME, "atr_regime")
    atr_ratio: Field[float] = Field.missing(NAME, "atr.median_ratio", "multiple")
    fee_pnl_ratio: Field[float] = Field.missing(NAME, "fee_pnl_ratio", "ratio")
    fee_window: Field[float] = Field.missing(NAME, "fee_pnl.window_days", "days")
    router_quality: Field[str] = Field.missing(NAME, "router_quality")
    maker_fill_ratio: Field[float] = Field.missing(
        NAME, "router_stats.maker_fill_ratio", "fraction"
    )
    fallback_ratio: Field[float] = Field.missing(NAME, "router_stats.fallback_ratio", "fraction")
    slippage_p50: Field[float] = Field.missing(NAME, "router_stats.slip_q50", "bps")

    #: Units of a currency for one USD, by the currency's code.
    rates: Mapping[str, Field[float]] = field(default_factory=lambda: _NO_RATES, hash=False)


def parse_kpis(raw: Any) -> Kpis:
    """Return the document as a value, whichever of the producers wrote it."""
    node = Node(raw, NAME)
    if not node.has(*_KNOWN):
        raise MalformedFeed("$", "the document holds none of the known figures")
    return Kpis(
        drawdown_state=_word(
            node, ("dd_state", "state"), "dd_state", "risk.dd_state", "drawdown.dd_state"
        ),
        drawdown=_drawdown(node),
        drawdown_usd=node.number("drawdown.dd_abs", "drawdown.drawdown.abs", unit="usd"),
        peak=node.number("drawdown.peak", "drawdown.drawdown.peak_nav", unit="usd", positive=True),
        atr_regime=_word(
            node,
            ("atr_regime", "regime", "state"),
            "atr_regime",
            "atr.atr_regime",
            "risk.atr_regime",
        ),
        atr_ratio=node.number(
            "atr.median_ratio", "atr.atr_ratio", "risk.atr_ratio", unit="multiple", low=0
        ),
        fee_pnl_ratio=node.number(
            "fee_pnl_ratio", "fee_pnl.fee_pnl_ratio", "risk.fee_pnl_ratio", unit="ratio"
        ),
        fee_window=node.number("fee_pnl.window_days", unit="days", positive=True),
        rates=_rates(node),
        **_router(node),
    )


def _rates(node: Node) -> Mapping[str, Field[float]]:
    """Return the exchange rates of the block ``fx``, each with the block's own time."""
    at = node.time("fx.ts", "fx.updated_ts").value
    rates = {
        key.removeprefix("usd_").upper(): replace(
            node.number(f"fx.{key}", unit="ratio", positive=True), as_of=at
        )
        for key, _ in node.entries("fx")
        if re.fullmatch("usd_[a-z]{3}", key)
    }
    return MappingProxyType(rates)


def _drawdown(node: Node) -> Field[float]:
    """Return the drawdown as a fraction; the key and its block decide the unit, never the size.

    Per cent in the blocks ``drawdown`` and ``risk``, a fraction in the ``portfolio`` of v7.6.
    """
    return Field.first(
        node.number("drawdown.dd_pct", "risk.drawdown_pct", percent=True),
        node.number(
            "drawdown.dd_frac",
            "risk.dd_frac",
            "portfolio.dd_frac",
            "dd_frac",
            "portfolio.dd_pct",
            "portfolio_dd_pct",
            unit="fraction",
        ),
    )


def _word(node: Node, keys: tuple[str, ...], *paths: str) -> Field[str]:
    """Return the first word found; a place may hold it directly or in an object under `keys`."""
    for path in paths:
        place = node.at(path)
        if isinstance(place.raw, dict):
            found: Field[str] = place.text(*keys)
            if found.ok:
                return found
        elif place.raw is not None:
            return node.text(path)
    return Field.missing(NAME, paths[0])


def _router(node: Node) -> dict[str, Field[Any]]:
    return {
        "router_quality": _word(
            node,
            ("quality", "state"),
            "router_quality",
            "router_stats.quality",
            "router.policy_quality",
            "router.quality",
        ),
        "maker_fill_ratio": node.number(
            "router_stats.maker_fill_ratio",
            "router_stats.maker_fill_rate",
            "router_stats.maker_fill_share",
            "router.maker_fill_ratio",
            "router.maker_fill_rate",
            "router.maker_fill_share",
            unit="fraction",
            low=0,
            high=1,
        ),
        "fallback_ratio": node.number(
            "router_stats.fallback_ratio",
            "router_stats.fallback_rate",
            "router.fallback_ratio",
            "router.fallback_rate",
            unit="fraction",
            low=0,
            high=1,
        ),
        "slippage_p50": node.number(
            "router_stats.slip_q50",
            "router_stats.slip_q50_bps",
            "router.slip_q50",
            "router.slip_q50_bps",
            "router_stats.avg_slippage_bps",
            "router.avg_slippage_bps",
            unit="bps",
        ),
    }


EXAMPLE = {
    "ts": "2025-11-26T20:14:50+00:00",
    "nav": {"nav_total": 10500.0, "updated_at": 1764188088.0, "sources_ok": True},
    "risk": {"dd_state": "normal", "atr_regime": "quiet", "drawdown_pct": None, "atr_ratio": 0.8},
    "router": {"policy_quality": "ok", "slip_q50_bps": 1.25},
    "dd_state": "normal",
    "atr_regime": "quiet",
    "fee_pnl_ratio": 0.2,
    "router_quality": "ok",
    "router_stats": {"maker_fill_rate": 0.6, "fallback_ratio": 0.3, "slip_q50_bps": 1.25},
    "drawdown": {"dd_pct": 0.9433962264150944},
    "atr": {"atr_ratio": 0.8, "atr_regime": "quiet", "symbols": []},
}

KPIS = Feed(
    NAME,
    parse_kpis,
    as_of=("nav.updated_at", "ts", "updated_at"),
    written=("ts", "updated_at"),
    late_after=270,
    stale_after=600,
    example=EXAMPLE,
    producer="sync",
    doc="Drawdown, volatility, fees and the order router in figures.",
)
