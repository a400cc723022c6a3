"""Regimes: what trades earned by how they were executed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from muntin import Field, Presence, Snapshot
from muntin.ui import Column, Row, Stack, feed_warnings, note, row, stack, table
from muntin_intel.expectancy import EXPECTANCY
from muntin_intel.expectancy_card import window
from muntin_intel.notes import immature, rejected
from muntin_intel.stats import Stat, earned

_WORDS = MappingProxyType(
    {
        "maker_success": "Maker order filled",
        "maker_attempt": "Maker order tried",
        "fallback": "Fell back to taker",
        "slip_low": "Slippage up to 1 bps",
        "slip_med": "Slippage 1 to 5 bps",
        "slip_high": "Slippage above 5 bps",
    }
)
_GROUPS = (("policy_", "Policy"), ("bias_", "Bias"))

COLUMNS = (
    Column("regime", "Regime", numeric=False),
    Column("expectancy", "USD per trade", 2, signed=True),
    Column("n", "n"),
    Column("hit_rate", "Hit rate"),
)


def regimes_card(snapshot: Snapshot) -> Stack:
    """Return what trades earned in each regime; one trade can belong to several."""
    found = snapshot[EXPECTANCY]
    stats = sorted(found.regimes, key=_order)
    return stack(
        table(COLUMNS, map(_row, stats), empty=f"No closed trades by regime{window(found)}."),
        note("One trade can belong to several regimes." if stats else ""),
        note(immature(_worded(stat) for stat in stats)),
        note(rejected(found.rejected["regimes"], "regimes")),
        *feed_warnings(snapshot, EXPECTANCY),
    )


def _order(stat: Stat) -> tuple[int, str]:
    name = stat.key.lower()
    known = list(_WORDS)
    if name in known:
        return known.index(name), ""
    prefixes = [prefix for prefix, _ in _GROUPS]
    group = next((i for i, prefix in enumerate(prefixes) if name.startswith(prefix)), len(prefixes))
    return len(known) + group, name


def words_of(name: str) -> str:
    """Return a regime's name for people; one that nobody knows stays as it is."""
    plain = name.lower()
    if plain in _WORDS:
        return _WORDS[plain]
    for prefix, label in _GROUPS:
        if plain.startswith(prefix) and len(plain) > len(prefix):
            return f"{label}: {plain[len(prefix) :].replace('_', ' ')}"
    return name


def _label(stat: Stat) -> Field[str]:
    raw = stat.label
    words = words_of(raw.value or "")
    formula = "" if words == raw.value else f"what the page calls {raw.value}"
    return Field(words, "", raw.feed, raw.path, raw.raw, Presence.OK, formula=formula)


def _worded(stat: Stat) -> Stat:
    return replace(stat, label=_label(stat))


def _row(stat: Stat) -> Row:
    return row(stat.key, _label(stat), earned(stat), stat.count, stat.hit_rate, muted=stat.reason)
