"""The feed ``expectancy_v6``: what closed trades earned, by symbol, hour and regime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node
from muntin_intel.named import named
from muntin_intel.stats import Stat, parse_stat

NAME = "expectancy_v6"
_GROUPS = ("symbols", "hours", "regimes")


@dataclass(frozen=True, slots=True)
class Expectancy:
    """The document expectancy_v6.json."""

    symbols: tuple[Stat, ...]
    #: By hour of the day, UTC; only hours 0 to 23.
    hours: dict[int, Stat]
    regimes: tuple[Stat, ...]
    #: Closed trades in the window, and how far it reaches back.
    trades: Field[float]
    lookback: Field[float]
    #: Entries that cannot be read, by group.
    rejected: dict[str, int]


def parse_expectancy(raw: Any) -> Expectancy:
    """Return the document as a value; each group may be an object or a list."""
    node = Node(raw, NAME)
    if not any(isinstance(node.at(group).raw, (dict, list)) for group in _GROUPS):
        raise MalformedFeed("symbols", f"expected an object under {', '.join(_GROUPS)}")
    symbols, bad_symbols = _stats(node.at("symbols"), "symbol", "name")
    by_hour, bad_hours = _stats(node.at("hours"), "hour", "name")
    regimes, bad_regimes = _stats(node.at("regimes"), "regime", "name")
    hours = _hours(by_hour)
    return Expectancy(
        symbols,
        hours,
        regimes,
        node.number("sample_count", unit="count", low=0),
        node.number("lookback_hours", unit="hours", positive=True),
        {
            "symbols": bad_symbols,
            "hours": bad_hours + len(by_hour) - len(hours),
            "regimes": bad_regimes,
        },
    )


def _stats(place: Node, *keys: str) -> tuple[tuple[Stat, ...], int]:
    found, rejected = named(place, *keys)
    return tuple(parse_stat(one) for one in found), rejected


def _hours(stats: tuple[Stat, ...]) -> dict[int, Stat]:
    """Return the groups by hour; a key such as ``24`` or ``noon`` is no hour."""
    made: dict[int, Stat] = {}
    for stat in stats:
        text = stat.key
        if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) < 24:
            made.setdefault(int(text), stat)
    return made


def _group(count: int, won: float, win: float, loss: float, fall: float) -> dict[str, Any]:
    value = won * win + (1 - won) * loss
    return {
        "count": count,
        "hit_rate": won,
        "avg_return": value,
        "avg_win": win,
        "avg_loss": loss,
        "expectancy": value,
        "expectancy_per_risk": value / (abs(loss) or 1.0),
        "max_drawdown": fall,
        "drawdown_adjusted": value - fall / count,
    }


EXAMPLE = {
    "symbols": {
        "BTCUSDT": _group(40, 0.6, 4.0, -1.5, 6.5),
        "ETHUSDT": _group(36, 0.25, 2.0, -3.0, 21.0),
        "LINKUSDT": _group(5, 0.6, 1.0, -0.75, 1.1),
    },
    "hours": {
        "9": _group(34, 0.5, 3.0, -1.0, 4.0),
        "14": _group(41, 0.5, 1.0, -2.0, 9.0),
        "20": _group(6, 0.5, 1.5, -2.5, 4.5),
    },
    "regimes": {
        "maker_success": _group(50, 0.6, 3.0, -2.0, 4.0),
        "fallback": _group(31, 0.5, 2.0, -2.5, 5.5),
    },
    "sample_count": 81,
    "lookback_hours": 48.0,
    "updated_ts": 1764187698.0,
}

EXPECTANCY = Feed(
    NAME,
    parse_expectancy,
    late_after=1230,
    stale_after=3000,
    example=EXAMPLE,
    producer="intel",
    doc="What closed trades earned, by symbol, hour of the day and regime.",
    optional=True,
)
