"""Reading a series honestly: how far it reaches, how it changed, and what disturbs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from statistics import median

from muntin import Field
from muntin.ui import duration, moment, text_of
from muntin_overview.nav_state import Point

WINDOW = timedelta(hours=24)
#: Part of the window that the series must reach over.
COVERAGE = 0.9
#: A step between neighbours above this part of the NAV is no trading result.
JUMP = 0.05
#: A pause above this many usual periods is a gap.
GAP = 10


@dataclass(frozen=True, slots=True)
class Change:
    """What a series did over the window; both fields are empty where it does not reach so far."""

    amount: Field[float]
    share: Field[float]
    #: When the window ends; None without a series.
    until: datetime | None = None
    #: Why there is no figure, or why it is not to be taken as a return.
    remark: str = ""


@lru_cache(maxsize=4)  # the card is drawn for every new NAV, the series comes once a minute
def change(series: Field[tuple[Point, ...]]) -> Change:
    """Return the change over 24 hours up to the last point, if at least 0.9 of them are known."""
    if not series.value:
        gone = series.derive(None, "")
        return Change(gone, gone, None, "no series")
    end = series.value[-1][0]
    points = tuple(point for point in series.value if point[0] >= end - WINDOW)
    known = end - points[0][0]
    if known < COVERAGE * WINDOW:
        hours = f"{known.total_seconds() / 3600:.1f} h of {WINDOW.total_seconds() / 3600:.0f} h"
        gone = series.derive(None, "")
        return Change(gone, gone, end, f"insufficient history ({hours})")
    return _measured(series, points)


def _measured(series: Field[tuple[Point, ...]], points: tuple[Point, ...]) -> Change:
    start, end = points[0][1], points[-1][1]
    since = f"since {moment(points[0][0])}"
    share = (end - start) / start if start > 0 else None
    found = tuple(disturbances(points))
    return Change(
        series.derive(end - start, f"last point minus first point {since}"),
        series.derive(share, f"last point over first point {since}, minus 1", unit="fraction"),
        points[-1][0],
        f"unadjusted: {'; '.join(found[:2])}{_more(found)}" if found else "",
    )


def _more(found: tuple[str, ...]) -> str:
    return f"; and {len(found) - 2} more" if len(found) > 2 else ""


def disturbances(points: tuple[Point, ...]) -> Iterator[str]:
    """Yield what makes a difference between two points no result: jumps and long gaps."""
    pairs = list(pairwise(points))
    if not pairs:
        return
    usual = median((after[0] - before[0]).total_seconds() for before, after in pairs)
    for before, after in pairs:
        step = after[1] - before[1]
        if abs(step) > JUMP * abs(before[1]):
            amount = text_of(Field(step, "usd"), signed=True)
            yield f"jump of {amount} USD at {moment(after[0])}"
        pause = after[0] - before[0]
        if pause.total_seconds() > GAP * usual:
            yield f"gap of {duration(pause)} before {moment(after[0])}"
