"""Hours of the day: a heat strip, a table that says the same, and the best and worst hour."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from muntin import Field, Snapshot
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Metrics,
    Note,
    Stack,
    Table,
    feed_warnings,
    label,
    line,
    note,
    row,
    stack,
    table,
)
from muntin_intel import charts
from muntin_intel.expectancy import EXPECTANCY, Expectancy
from muntin_intel.expectancy_card import window
from muntin_intel.notes import rejected
from muntin_intel.stats import MATURE, Stat, earned

_CAPTION = "USD per trade by the hour it was closed in"

COLUMNS = tuple(
    column
    for side in ("am", "pm")
    for column in (
        Column(f"hour_{side}", "UTC", numeric=False),
        Column(f"expectancy_{side}", "USD", 2, signed=True),
        Column(f"n_{side}", "n"),
    )
)


def hours_card(snapshot: Snapshot) -> Stack:
    """Return what trades earned by the hour of the day they closed in."""
    found = snapshot[EXPECTANCY]
    if not found.hours:
        return stack(
            note(f"No closed trades by hour{window(found)}."),
            note(rejected(found.rejected["hours"], "hours")),
            *feed_warnings(snapshot, EXPECTANCY),
        )
    return stack(
        extremes(found),
        charts.hour_strip(found.hours),
        _table(found),
        *_notes(found),
        *feed_warnings(snapshot, EXPECTANCY),
    )


def _mature(found: Expectancy) -> list[tuple[float, int, Stat]]:
    return sorted(
        (stat.expectancy.value, hour, stat)
        for hour, stat in found.hours.items()
        if stat.mature and stat.expectancy.value is not None
    )


def extremes(found: Expectancy) -> Metrics | None:
    """Return the best and the worst hour, if at least two have trades enough."""
    ranked = _mature(found)
    if len(ranked) < 2:
        return None
    return line(
        _extreme("best_hour", "Best hour", *ranked[-1][1:]),
        _extreme("worst_hour", "Worst hour", *ranked[0][1:]),
    )


def _extreme(name: str, title: str, hour: int, stat: Stat) -> Metric:
    span = f"{hour:02d}:00–{(hour + 1) % 24:02d}:00 UTC, n {stat.count.value:.0f}"
    return Metric(name, title, stat.expectancy, signed=True, note=f"at {span}")


def _table(found: Expectancy) -> Table:
    """Return the hours with trades, the earlier half of them left and the later half right."""
    hours = sorted(found.hours.items())
    half = (len(hours) + 1) // 2
    pairs = zip_longest(hours[:half], hours[half:])
    rows = [row(f"{left[0]:02d}", *_cells(left), *_cells(right)) for left, right in pairs]
    return replace(table(COLUMNS, rows, caption=_CAPTION), sortable=False)


def _cells(found: tuple[int, Stat] | None) -> tuple[Cell, ...]:
    if found is None:
        return (Cell(label("")),) * 3
    hour, stat = found
    return Cell(label(f"{hour:02d}:00")), earned(stat), Cell(stat.count)


def _notes(found: Expectancy) -> tuple[Note | None, ...]:
    young = [stat for stat in found.hours.values() if not stat.mature]
    return (
        note(_too_few(found)),
        note(
            f"Paler, and without colour in the table: immature hours, fewer than {MATURE} trades."
            if young
            else ""
        ),
        note(
            "" if len(found.hours) == 24 else f"Faint: no closed trade at that hour{window(found)}."
        ),
        note(rejected(found.rejected["hours"], "hours")),
    )


def _too_few(found: Expectancy) -> str:
    """Return why no hour is called the best or the worst."""
    ranked = _mature(found)
    if len(ranked) > 1:
        return ""
    counts: list[tuple[float, int]] = [
        (count, hour) for hour, stat in found.hours.items() if (count := _count(stat.count))
    ]
    most = f" (most: {max(counts)[0]:.0f} at {max(counts)[1]:02d}:00)" if counts else ""
    hours = "Only one hour has" if ranked else "No hour has"
    return f"{hours} {MATURE} trades{most}, so none is called the best or the worst."


def _count(field: Field[float]) -> float:
    return field.value or 0.0
