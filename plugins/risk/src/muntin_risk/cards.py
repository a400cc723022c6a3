"""The panels: mode, limits, symbols, engine and regime."""

from __future__ import annotations

from muntin import Field, Snapshot
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Note,
    Row,
    Stack,
    feed_warnings,
    line,
    metrics,
    note,
    plural,
    row,
    stack,
    status_text,
    table,
)
from muntin_risk.engine import ENGINE, PROBE, UNIVERSE, Universe
from muntin_risk.pressure import PRESSURE
from muntin_risk.risk import RISK, Limit, Risk, Symbol

_VAR = (
    "The loss that is not exceeded within the model's period at its confidence, as the risk engine"
    " estimates it."
)
_NEAR_FLIP = "Cycles in which the confidence lay so low that the regime might have changed."

_LIMITS = (
    Column("limit_name", "Limit", numeric=False),
    Column("use", "In use", 2),
    Column("limit", "Limit", 2),
    Column("used", "Part used", 1),
)
_SYMBOLS = (
    Column("symbol", "Symbol", numeric=False),
    Column("flags", "Flags", numeric=False),
    Column("state", "Drawdown state", numeric=False, wide_only=True),
    Column("atr_regime", "Volatility", numeric=False),
    Column("atr_ratio", "ATR ratio", 2, wide_only=True),
    Column("size", "Size factor", 2),
    Column("sharpe", "Sharpe, 7 d", 2, wide_only=True),
)


def mode_card(snapshot: Snapshot) -> Stack:
    """Return the risk mode with its reason, and the figures it follows."""
    found = snapshot[RISK]
    return stack(
        metrics(
            Metric("risk_mode", "Risk mode", found.mode, chip=True, note=_spoken(found.reason)),
            Metric("risk_drawdown_state", "Drawdown state", found.drawdown_state, chip=True),
            Metric(
                "risk_drawdown",
                "Drawdown",
                found.drawdown,
                2,
                prefix="\u2212",
                meaning="How far the NAV lies below its highest value, as a part of that.",
            ),
            Metric("risk_daily_loss", "Loss today", found.daily_loss, 2, prefix="\u2212"),
            Metric("risk_var", "Value at risk", found.var_usd, meaning=_VAR, note=_at(found)),
        ),
        *_alarms(found),
        *feed_warnings(snapshot, RISK),
    )


def _spoken(reason: Field[str]) -> str:
    return (reason.value or "").replace("_", " ")


def _at(found: Risk) -> str:
    confidence = found.var_confidence.value
    return "" if confidence is None else f"at {confidence:.0%} confidence".replace("%", "\u00a0%")


def _alarms(found: Risk) -> tuple[Note | None, ...]:
    return (
        note("The circuit breaker is active: no new trades." if found.breaker.value else "", "bad"),
        note("The NAV's sources are not healthy." if found.nav_ok.value is False else "", "warn"),
        note(
            "Stop orders and positions do not match." if found.mismatch.value else "",
            "warn",
        ),
    )


def limits_card(snapshot: Snapshot) -> Stack:
    """Return each published limit beside its use, the most used first."""
    found = snapshot[RISK]
    ranked = sorted(found.limits, key=lambda one: -(one.used.value or 0.0))
    over = [one.name for one in ranked if (one.used.value or 0.0) > 1]
    return stack(
        table(_LIMITS, map(_limit, ranked), empty="The document publishes no limits."),
        note("Parts of NAV." if ranked else ""),
        note(f"Above the limit: {', '.join(over)}." if over else "", "bad"),
    )


def _limit(one: Limit) -> Row:
    name = one.limit.derive(one.name, "the limit's name", unit="text")
    over = (one.used.value or 0.0) > 1
    used = Cell(one.used, "bad" if over else "", marked=over)
    return row(one.name, name, one.use, one.limit, used)


def symbols_card(snapshot: Snapshot) -> Stack:
    """Return what the risk engine says of each symbol, those with flags first."""
    found = snapshot[RISK]
    ranked = sorted(found.symbols, key=lambda one: one.flags.value in {None, "none"})
    left = plural(found.rejected, "entry", "entries") if found.rejected else ""
    return stack(
        table(_SYMBOLS, map(_symbol, ranked), empty="No symbols yet, as just after a start."),
        note(f"Left out: {left} without a name or named twice." if left else ""),
    )


def _symbol(one: Symbol) -> Row:
    flagged = one.flags.ok and one.flags.value != "none"
    return row(
        (one.name.value or "").upper(),
        one.name,
        Cell(one.flags, "warn" if flagged else ""),
        Cell(one.state, chip=one.state.ok),
        Cell(one.atr_regime, chip=one.atr_regime.ok),
        one.atr_ratio,
        one.size,
        one.sharpe,
        muted="trading is paused" if one.paused.value else "",
    )


def engine_card(snapshot: Snapshot) -> Stack:
    """Return the engine's state and version, the symbols it may trade, and its switches."""
    return stack(*_engine(snapshot), *_universe(snapshot), *_switches(snapshot))


def _engine(snapshot: Snapshot) -> tuple[object, ...]:
    found = snapshot.get(ENGINE, None)
    if found is None:
        return (Note(f"Engine unknown: {status_text(snapshot, ENGINE)}.", "none"),)
    figures = metrics(
        Metric(
            "engine_status",
            "Engine",
            found.status,
            chip=True,
            meaning="The word the engine writes; whether it still writes is told by the age below.",
        ),
        Metric("engine_version", "Version", found.version),
        Metric("engine_uptime", "Up for", found.uptime),
        Metric("engine_cycle", "Last cycle took", found.cycle),
        Metric("engine_heartbeat", "Last heartbeat", found.at),
    )
    return (figures, *feed_warnings(snapshot, ENGINE))


def _universe(snapshot: Snapshot) -> tuple[object, ...]:
    found: Universe | None = snapshot.get(UNIVERSE, None)
    if found is None:
        return ()
    known, enabled = found.known.value, found.enabled.value
    words = f"{enabled} of {known}" if enabled is not None else ""
    return (line(Metric("symbols_enabled", "Symbols enabled", found.enabled, words=words)),)


def _switches(snapshot: Snapshot) -> tuple[object, ...]:
    found = snapshot.get(PROBE, None)
    if found is None or not found.flags:
        return ()
    columns = (Column("switch", "Switch", numeric=False), Column("on", "On", numeric=False))
    rows = (
        row(name, flag.derive(_named(name), "the key, as words", unit="text"), flag)
        for name, flag in found.flags
    )
    return (table(columns, rows, caption="Switches"),)


def _named(key: str) -> str:
    return key.removesuffix("_ENABLED").replace("_", " ").lower()[:60]


def regime_card(snapshot: Snapshot) -> Stack:
    """Return the market regime, and how close it is to a change."""
    found = snapshot[PRESSURE]
    return stack(
        metrics(
            Metric("regime", "Market regime", found.regime, chip=True),
            Metric("regime_confidence", "Confidence", found.confidence),
            Metric("regime_dwell", "For", found.dwell),
            Metric("regime_hostility", "Market", found.hostility, chip=True),
        ),
        metrics(
            Metric(
                "near_flips_24h", "Near changes, 24 h", found.near_flips_24h, meaning=_NEAR_FLIP
            ),
            Metric("near_flips_7d", "Near changes, 7 d", found.near_flips_7d, meaning=_NEAR_FLIP),
            Metric("regime_changes_24h", "Changes, 24 h", found.changes_24h),
            Metric("regime_changes_7d", "Changes, 7 d", found.changes_7d),
        ),
        *feed_warnings(snapshot, PRESSURE),
    )
