"""The feed ``risk_snapshot``: the risk mode, limits and their use, and each symbol's state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node

NAME = "risk_snapshot"

_KNOWN = ("symbols", "risk_mode", "dd_state", "nav_health", "var", "circuit_breaker", "dd_frac")


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit and its use, both fractions of NAV."""

    name: str
    limit: Field[float]
    use: Field[float]

    @property
    def used(self) -> Field[float]:
        """The use as a part of the limit."""
        limit, use = self.limit.value, self.use.value
        part = use / limit if use is not None and limit else None
        return self.use.derive(part, "use ÷ limit", unit="fraction")


@dataclass(frozen=True, slots=True)
class Symbol:
    """What the risk engine says of one symbol."""

    name: Field[str]
    state: Field[str]
    flags: Field[str]
    atr_ratio: Field[float]
    atr_regime: Field[str]
    sharpe: Field[float]
    size: Field[float]
    paused: Field[bool]


@dataclass(frozen=True, slots=True)
class Risk:
    """The document risk_snapshot.json, of v7.1 and v7.6."""

    mode: Field[str]
    reason: Field[str]
    drawdown_state: Field[str]
    drawdown: Field[float]
    daily_loss: Field[float]
    breaker: Field[bool]
    var_usd: Field[float]
    var_confidence: Field[float]
    nav_ok: Field[bool]
    mismatch: Field[bool]
    limits: tuple[Limit, ...]
    symbols: tuple[Symbol, ...]
    #: Entries of `symbols` without a name, or named before.
    rejected: int = 0


def parse_risk(raw: Any) -> Risk:
    """Return the document as a value."""
    node = Node(raw, NAME)
    if not node.has(*_KNOWN):
        raise MalformedFeed("$", "the document holds neither symbols nor a risk mode")
    symbols, rejected = _symbols(node.at("symbols"))
    return Risk(
        mode=node.text("risk_mode"),
        reason=node.text("risk_mode_reason"),
        drawdown_state=node.text("dd_state.state", "dd_state.dd_state", "dd_state"),
        drawdown=_drawdown(node),
        daily_loss=_daily_loss(node),
        breaker=node.flag("circuit_breaker.active"),
        var_usd=node.number("var.portfolio_var_usd", unit="usd", low=0),
        var_confidence=node.number("var.confidence", unit="fraction", low=0, high=1),
        nav_ok=node.flag("nav_health.sources_ok", "nav_health.fresh"),
        mismatch=node.flag("tp_sl_registry.registry_mismatch"),
        limits=tuple(_limits(node)),
        symbols=symbols,
        rejected=rejected,
    )


def _drawdown(node: Node) -> Field[float]:
    """Return the drawdown; the earlier version of the document has percentages, the later has not.

    They differ in the key of the state: ``dd_state.dd_state``, then ``dd_state.state``.
    """
    fractions = ("dd_frac", "portfolio_dd_pct")
    if node.has("dd_state.dd_state") and not node.has(*fractions):
        return node.number("dd_state.drawdown.dd_pct", percent=True, low=0, high=1)
    return node.number(*fractions, "dd_state.drawdown.dd_pct", unit="fraction", low=0, high=1)


def _daily_loss(node: Node) -> Field[float]:
    return node.number("daily_loss_frac", unit="fraction")


def _limits(node: Node) -> Iterator[Limit]:
    """Yield every limit that the document publishes, with its use."""

    def share(*paths: str) -> Field[float]:
        return node.number(*paths, unit="fraction", low=0)

    breaker = share("circuit_breaker.max_portfolio_dd_nav_pct")
    if breaker.ok:
        yield Limit("Drawdown", breaker, _drawdown(node))
    yield from _configured(node)
    value_at_risk = share("var.max_portfolio_var_nav_pct")
    if value_at_risk.ok:
        yield Limit("Value at risk", value_at_risk, share("var.portfolio_var_nav_pct"))
    shortfall = share("cvar.max_portfolio_cvar_nav_pct")
    if shortfall.ok:
        yield Limit("Expected shortfall", shortfall, share("cvar.portfolio_cvar_nav_pct"))
    for name, place in node.entries("correlation_groups"):
        limit = place.number("max_group_nav_pct", unit="fraction", low=0)
        if limit.ok:
            use = place.number("gross_nav_pct", unit="fraction", low=0)
            yield Limit(f"Group {name[:40]}", limit, use)


def _configured(node: Node) -> Iterator[Limit]:
    """Yield the limits of the engine's own settings: fractions, though their keys say ``pct``."""

    def limit(key: str) -> Field[float]:
        return node.number(f"risk_config_meta.{key}", unit="fraction", low=0, high=1)

    drawdown = limit("max_nav_drawdown_pct")
    if drawdown.ok:
        yield Limit("Drawdown, as configured", drawdown, _drawdown(node))
    loss = limit("daily_loss_limit_pct")
    if loss.ok:
        yield Limit("Loss today", loss, _daily_loss(node))


def _symbols(place: Node) -> tuple[tuple[Symbol, ...], int]:
    found: dict[str, Symbol] = {}
    rejected = 0
    for name, row in place.named("symbol"):
        if name is None or (name.value or "").upper() in found:
            rejected += 1
            continue
        found[(name.value or "").upper()] = _symbol(name, row)
    return tuple(found[key] for key in sorted(found)), rejected


def _symbol(name: Field[str], row: Node) -> Symbol:
    sharpe = row.number("sizing.sharpe_7d", unit="ratio")
    return Symbol(
        name=name,
        state=row.text("risk.dd_state", "dd_state"),
        flags=_flags(row),
        atr_ratio=row.number("vol.atr_ratio", "atr_ratio", unit="multiple", low=0),
        atr_regime=row.text("vol.atr_regime", "atr_regime"),
        sharpe=sharpe.placeholder("a constant 0 of its producer") if sharpe.value == 0 else sharpe,
        size=row.number("sizing.final_size_factor", unit="multiple", low=0),
        paused=row.flag("risk.toggle_active"),
    )


def _flags(row: Node) -> Field[str]:
    """Return the flags of a symbol as a phrase; an empty list is the word ``none``."""
    place = row.at("risk.risk_flags")
    if not isinstance(place.raw, list):
        return Field.missing(NAME, place.path)
    words = [flag.replace("_", " ") for flag in place.raw if isinstance(flag, str) and flag]
    text = Node({"flags": ", ".join(words[:8]) or "none"}, NAME).text("flags")
    return text.derive(text.value, "flags, joined", path=place.path)


EXAMPLE = {
    "updated_ts": 1764188040.0,
    "symbols": [
        {
            "symbol": symbol,
            "risk": {"dd_state": "normal", "risk_flags": flags, "toggle_active": False},
            "vol": {"atr_ratio": ratio, "atr_regime": regime},
            "sizing": {"sharpe_7d": sharpe, "final_size_factor": 1.0},
        }
        for symbol, flags, ratio, regime, sharpe in (
            ("BTCUSDT", [], 0.93, "normal", 0.8),
            ("SOLUSDT", ["loss_streak"], 1.6, "hot", -0.4),
        )
    ],
    "nav_health": {"sources_ok": True, "fresh": True, "nav_total": 10500.0},
    "dd_state": {"state": "NORMAL", "drawdown": {"dd_pct": 0.0094}},
    "dd_frac": 0.0094,
    "daily_loss_frac": 0.002,
    "circuit_breaker": {"max_portfolio_dd_nav_pct": 0.1, "active": False},
    "correlation_groups": {"l1": {"gross_nav_pct": 0.21, "max_group_nav_pct": 0.35}},
    "risk_mode": "OK",
    "risk_mode_reason": "all_systems_healthy",
    "tp_sl_registry": {"registry_mismatch": False},
    "var": {
        "portfolio_var_usd": 105.0,
        "portfolio_var_nav_pct": 0.01,
        "max_portfolio_var_nav_pct": 0.12,
        "confidence": 0.99,
    },
}

RISK = Feed(
    NAME,
    parse_risk,
    late_after=270,
    stale_after=600,
    example=EXAMPLE,
    producer="executor",
    doc="The risk mode, limits and their use, and each symbol's state.",
    optional=True,
)
