"""Expectancy by symbol: USD per trade with its sign and its sample."""

from __future__ import annotations

from muntin import Field, Snapshot
from muntin.ui import (
    Column,
    Metric,
    Metrics,
    Row,
    Stack,
    feed_warnings,
    join,
    line,
    note,
    row,
    stack,
    table,
)
from muntin_intel import charts
from muntin_intel.expectancy import EXPECTANCY, NAME, Expectancy
from muntin_intel.named import best_first
from muntin_intel.notes import absent, immature, rejected
from muntin_intel.scores import SCORES, Score, Scores
from muntin_intel.stats import Stat, earned

_NOT_TRADED = "no closed trade in the window: not in expectancy_v6.json"

COLUMNS = (
    Column("symbol", "Symbol", numeric=False),
    Column("expectancy", "Per trade", 2, signed=True),
    Column("n", "n"),
    Column("hit_rate", "Hit rate"),
    Column("avg_win", "Avg win", 2, wide_only=True),
    Column("avg_loss", "Avg loss", 2, wide_only=True),
    Column("max_drawdown", "Max fall", 2, wide_only=True),
)


def expectancy_card(snapshot: Snapshot) -> Stack:
    """Return what each symbol's closed trades earned, best first."""
    found = snapshot[EXPECTANCY]
    scores: Scores | None = snapshot.get(SCORES, None)
    stats = sorted(found.symbols, key=lambda one: (best_first(one.expectancy), one.key))
    others = _others(found, scores)
    return stack(
        sample(found) if stats else None,
        charts.expectancy_bars(stats),
        table(
            COLUMNS,
            [*map(_row, stats), *map(_blank, others)],
            empty=f"No closed trades{window(found)}.",
            caption="Money in USD. Max fall: from the highest point of the summed results.",
        ),
        note(immature(stats)),
        note(_only_scored(others, found)),
        absent(snapshot, SCORES, "Symbols with a score but without trades"),
        note(rejected(found.rejected["symbols"], "symbols")),
        *feed_warnings(snapshot, EXPECTANCY, SCORES),
    )


def sample(found: Expectancy) -> Metrics:
    """Return how many trades the figures rest on, and how far these reach back."""
    hours = found.lookback.value
    return line(
        Metric("expectancy_trades", "Closed trades", found.trades),
        Metric(
            "expectancy_window",
            "in the last",
            found.lookback,
            words="" if hours is None else f"{hours:g} h",
        ),
    )


def window(found: Expectancy) -> str:
    """Return the window as part of a sentence."""
    hours = found.lookback.value
    return "" if hours is None else f" in the last {hours:g} h"


def _others(found: Expectancy, scores: Scores | None) -> list[Score]:
    traded = {stat.key for stat in found.symbols}
    return [one for one in scores.rows if one.key not in traded] if scores else []


def _row(stat: Stat) -> Row:
    return row(
        stat.key,
        stat.label,
        earned(stat),
        stat.count,
        stat.hit_rate,
        stat.avg_win,
        stat.avg_loss,
        stat.max_drawdown,
        muted=stat.reason,
    )


def _blank(one: Score) -> Row:
    units = ("usd", "count", "fraction", "usd", "usd", "usd")
    keys = ("expectancy", "count", "hit_rate", "avg_win", "avg_loss", "max_drawdown")
    gone = (
        Field.missing(NAME, f'symbols["{one.label.value}"].{key}', unit, _NOT_TRADED)
        for key, unit in zip(keys, units, strict=True)
    )
    return row(one.key, one.label, *gone, muted=_NOT_TRADED)


def _only_scored(others: list[Score], found: Expectancy) -> str:
    names = [str(one.label.value) for one in others]
    if not names:
        return ""
    return f"Scored, but without a closed trade{window(found)}: {join(names)}."
