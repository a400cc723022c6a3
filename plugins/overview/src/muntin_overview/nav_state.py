# ruff: noqa: RUF009  # a Field is frozen, so one may serve as everyone's default
"""The feed ``nav_state``: the NAV over time, the peak and the drawdown from it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node, Presence

NAME = "nav_state"

#: One observation of a series: when, and how much.
Point = tuple[datetime, float]

#: What a point's value may be called; one series uses one of them throughout.
_POINT_KEYS = ("nav", "total_equity", "equity", "nav_usd")


@dataclass(frozen=True, slots=True)
class NavState:
    """The document nav_state.json; ``NavState()`` stands for nothing known."""

    series: Field[tuple[Point, ...]] = Field.missing(NAME, "series", "usd")
    equity: Field[float] = Field.missing(NAME, "total_equity", "usd")
    peak: Field[float] = Field.missing(NAME, "peak_equity", "usd")
    drawdown: Field[float] = Field.missing(NAME, "drawdown_pct", "fraction")
    drawdown_usd: Field[float] = Field.missing(NAME, "drawdown_abs", "usd")
    realized_today: Field[float] = Field.missing(NAME, "realized_pnl_today", "usd")
    #: Time of the document's own observation.
    at: Field[datetime] = Field.missing(NAME, "updated_at", "time")
    #: The highest peak published since the fund's NAV was last reset.
    highest: Field[float] = Field.missing(NAME, "peak_equity", "usd")


def parse_nav_state(raw: Any) -> NavState:
    """Return the document as a value: sync_state's curve, or the executor's copy of nav.json."""
    node = Node(raw, NAME)
    peak = node.number("peak_equity", unit="usd", positive=True)
    state = NavState(
        series=parse_series(node),
        equity=node.number("total_equity", "nav_total", "nav_usd", "nav", unit="usd"),
        peak=peak,
        drawdown=node.number("drawdown_pct", "drawdown", percent=True),
        drawdown_usd=node.number("drawdown_abs", unit="usd"),
        realized_today=node.number("realized_pnl_today", unit="usd"),
        at=node.time("series[-1].t", "updated_at", "updated_ts"),
        highest=peak,
    )
    if not _says_anything(replace(state, at=Field.missing(NAME, "updated_at", "time"))):
        raise MalformedFeed("total_equity", "the document holds neither a NAV nor a series")
    return state


def _says_anything(state: NavState) -> bool:
    found = (getattr(state, item.name) for item in fields(state))
    return any(not field.presence.absent for field in found)


def parse_series(node: Node) -> Field[tuple[Point, ...]]:
    """Return the points of the document's series in order of time."""
    return parse_points(node.at("series"), "series")


def parse_points(place: Node, path: str) -> Field[tuple[Point, ...]]:
    """Return the points of a list in order of time; `path` is its place in the document.

    Entries that are not points are left out, and so is a NAV of exactly 0 among others: a producer
    writes it when the exchange does not answer.
    """
    feed = place.feed
    if not isinstance(place.raw, list):
        absent = place.raw is None
        presence = Presence.MISSING if absent else Presence.INVALID
        problem = "not in the document" if absent else "not a list"
        return Field(None, "usd", feed, path, "", presence, problem)
    key = _point_key(place.raw)
    points = {point[0]: point for row in place.rows() if (point := _point(row, key)) is not None}
    if any(value for _, value in points.values()):
        points = {time: point for time, point in points.items() if point[1]}
    path, raw = f"{path}[*].{key}", f"a list of {len(place.raw)}"
    if not points:
        return Field(None, "usd", feed, path, raw, Presence.INVALID, "no usable point")
    ordered = tuple(points[time] for time in sorted(points))
    return Field(ordered, "usd", feed, path, raw, Presence.OK)


def _point_key(rows: list[Any]) -> str:
    last = next((row for row in reversed(rows) if isinstance(row, dict)), {})
    return next((key for key in _POINT_KEYS if last.get(key) is not None), _POINT_KEYS[0])


def _point(row: Node, key: str) -> Point | None:
    at, value = row.time("t", "ts"), row.number(key)
    return None if at.value is None or value.value is None else (at.value, value.value)


def merge_nav_state(previous: NavState, new: NavState) -> NavState:
    """Return the new value; where it is the executor's copy, with the curve known before.

    Two producers write two shapes under this name, in turns. What only the other shape has is
    carried over with the time it was observed, so that its age stays true.
    """
    if new.series.ok or new.peak.ok:
        return replace(new, highest=_highest(previous, new))
    carried = {
        name: _carried(getattr(previous, name), previous.at)
        for name in ("series", "peak", "drawdown", "drawdown_usd", "realized_today", "highest")
        if getattr(new, name).presence is Presence.MISSING
    }
    return replace(new, **carried)


def _carried(field: Field[Any], at: Field[datetime]) -> Field[Any]:
    return replace(field, as_of=field.as_of or at.value) if field.ok else field


def _highest(previous: NavState, new: NavState) -> Field[float]:
    """Return the highest peak so far; a NAV that jumped by more than 5 % resets it."""
    before, now = previous.equity.value, new.equity.value
    reset = before is None or now is None or abs(now - before) > abs(before) * 0.05
    high = previous.highest
    if reset or high.value is None or new.peak.value is None or high.value <= new.peak.value:
        return new.peak
    return high


EXAMPLE = {
    "series": [
        {"t": "2025-11-26T19:34:00+00:00", "nav": 10480.0, "total_equity": 10480.0},
        {"t": "2025-11-26T19:54:00+00:00", "nav": 10492.5, "total_equity": 10492.5},
        {"t": "2025-11-26T20:14:00+00:00", "nav": 10500.0, "total_equity": 10500.0},
    ],
    "total_equity": 10500.0,
    "peak_equity": 10600.0,
    "drawdown_pct": 0.9433962264150944,
    "drawdown_abs": 100.0,
    "realized_pnl_today": 12.5,
    "updated_at": 1764188092.0,
}

NAV_STATE = Feed(
    NAME,
    parse_nav_state,
    as_of=("series[-1].t", "updated_ts", "updated_at"),
    written=("updated_at", "updated_ts"),
    late_after=180,
    stale_after=600,
    example=EXAMPLE,
    producer="sync",
    doc="NAV over time, peak and drawdown.",
    optional=True,
    merge=merge_nav_state,
)
