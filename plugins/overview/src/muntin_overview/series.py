"""Reading a series honestly: how far it reaches, how it changed, and what disturbs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from statistics import median

from muntin import Field
from muntin.ui import day, duration, moment, text_of
from muntin_overview.flows import Flow
from muntin_overview.nav_state import Point

WINDOW = timedelta(hours=24)
#: Part of the window that the series must reach over.
COVERAGE = 0.9
#: A step between neighbours above this part of the NAV is no trading result.
JUMP = 0.05
#: A smaller step may be a deposit as well if it is so many times the usual one.
UNUSUAL, SMALL = 40, 0.005
#: A pause above this many usual periods is a gap.
GAP = 10
#: A log that ended this much before the other series is no longer written.
ENDED = timedelta(minutes=30)

Series = Field[tuple[Point, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """What a series did over a window; both fields are empty where it does not reach so far."""

    amount: Field[float]
    share: Field[float]
    #: When the window ends; None without a series.
    until: datetime | None = None
    #: Why there is no figure, or why it is not to be taken as a return.
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A jump or a gap between two neighbouring points."""

    before: datetime
    after: datetime
    text: str
    #: The NAV jumped; otherwise the series is silent between the two.
    jump: bool


def longest(series: Series, log: Series) -> Series:
    """Return the log where it reaches further back and is still written, else the series."""
    if not log.value or not series.value:
        return series if series.value or not log.value else log
    further = log.value[0][0] < series.value[0][0]
    current = log.value[-1][0] >= series.value[-1][0] - ENDED
    return log if further and current else series


@lru_cache(maxsize=16)  # the card is drawn for every new NAV, the series comes once a minute
def change(series: Series, window: timedelta = WINDOW, flows: tuple[Flow, ...] = ()) -> Change:
    """Return the change over the window up to the last point, if at least 0.9 of it are known."""
    if not series.value:
        gone = series.derive(None, "")
        return Change(gone, gone, None, "no series")
    end = series.value[-1][0]
    points = tuple(point for point in series.value if point[0] >= end - window)
    known = end - points[0][0]
    if known < COVERAGE * window:
        hours = f"{known.total_seconds() / 3600:.1f} h of {window.total_seconds() / 3600:.0f} h"
        gone = series.derive(None, "")
        return Change(gone, gone, end, f"insufficient history ({hours})")
    return _measured(series, points, flows)


def since_start(series: Series, flows: tuple[Flow, ...] = ()) -> Change | None:
    """Return the change over the whole series; None if it is shorter than a week."""
    if not series.value or series.value[-1][0] - series.value[0][0] < timedelta(days=7):
        return None
    return _measured(series, series.value, flows)


def _measured(series: Series, points: tuple[Point, ...], flows: tuple[Flow, ...]) -> Change:
    """Return the change between first and last point; what was paid in is no part of it."""
    start, end = points[0][1], points[-1][1]
    paid = [flow for flow in flows if points[0][0] < flow.at <= points[-1][0]]
    net = sum(flow.amount for flow in paid)
    since = f"since {moment(points[0][0])}"
    less = f", less {net:,.2f} USD paid in" if paid else ""
    gain = end - start - net
    # With payments inside the window a part of the first NAV would not be a return.
    share = gain / start if start > 0 and not paid else None
    found = tuple(one.text for one in disturbances(points) if not _explained(one, paid))
    return Change(
        series.derive(gain, f"last point minus first point {since}{less}"),
        series.derive(share, f"last point over first point {since}, minus 1", unit="fraction"),
        points[-1][0],
        "; ".join(filter(None, (_paid(paid, net), _unadjusted(found)))),
    )


def _paid(paid: list[Flow], net: float) -> str:
    if not paid:
        return ""
    return f"without {text_of(Field(net, 'usd'), signed=True)} USD paid in, {day(paid[-1].at)}"


def _unadjusted(found: tuple[str, ...]) -> str:
    return f"unadjusted: {'; '.join(found[:2])}{_more(found)}" if found else ""


def _explained(one: Disturbance, paid: list[Flow]) -> bool:
    return one.jump and any(one.before < flow.at <= one.after for flow in paid)


def _more(found: tuple[str, ...]) -> str:
    return f"; and {len(found) - 2} more" if len(found) > 2 else ""


def disturbances(points: tuple[Point, ...]) -> Iterator[Disturbance]:
    """Yield what makes a difference between two points no result: jumps and long gaps."""
    pairs = list(pairwise(points))
    if not pairs:
        return
    usual = median((after[0] - before[0]).total_seconds() for before, after in pairs)
    step = median(abs(after[1] - before[1]) for before, after in pairs)
    for before, after in pairs:
        if _jumped(after[1] - before[1], abs(before[1]), step, len(pairs)):
            amount = text_of(Field(after[1] - before[1], "usd"), signed=True)
            text = f"jump of {amount} USD at {moment(after[0])}"
            yield Disturbance(before[0], after[0], text, jump=True)
        pause = after[0] - before[0]
        if pause.total_seconds() > GAP * usual:
            text = f"gap of {duration(pause)} before {moment(after[0])}"
            yield Disturbance(before[0], after[0], text, jump=False)


def _jumped(amount: float, base: float, usual: float, steps: int) -> bool:
    """Return True for a step that may be a deposit: large, or far from the usual ones."""
    size = abs(amount)
    if size > JUMP * base:
        return True
    return steps >= 30 and size > SMALL * base and size > UNUSUAL * usual
