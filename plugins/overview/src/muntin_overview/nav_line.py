"""The line of the NAV: a component of this plugin, with dates, gaps, deposits and extremes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from muntin import Field
from muntin.ui import Component, FragmentBuilder, Leaf, Vocabulary, day, moment, text_of
from muntin_overview.nav_state import Point
from muntin_overview.series import disturbances

#: Reads values off the line.
SCRIPT = Path(__file__).parent / "static" / "nav_line.js"
#: Size of the drawing; it is stretched to the width of its card.
_WIDE, _TALL = 300.0, 44.0
#: Columns of which each keeps its first, lowest, highest and last point.
_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class NavLine(Component):
    """A series as a line. Gaps stay gaps; a dashed upright marks a jump."""

    points: tuple[Point, ...]

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the line, its dates, and its words for those who cannot see it."""
        with build.element("div", {"class": "mu-nav-line", "data-script": SCRIPT.name}):
            self._drawing(build, key)
        with build.element("div", {"class": "mu-spark-axis", "aria-hidden": "true"}):
            for name, at in zip(("first", "last"), _ends(self.points), strict=True):
                build.leaf(f"{key}.{name}", "span", at)
        build.cached(f"{key}.label", _label_leaf, self)

    def _drawing(self, build: FragmentBuilder, key: str) -> None:
        box = {"class": "mu-spark", "viewBox": f"0 0 {_WIDE:.0f} {_TALL:.0f}"}
        hidden = {"preserveAspectRatio": "none", "aria-hidden": "true", "focusable": "false"}
        with build.element("svg", {**box, **hidden}):
            build.cached(f"{key}.line", _line_leaf, self)
            build.cached(f"{key}.marks", _marks_leaf, self)
        build.cached(f"{key}.points", _points_leaf, self)


def _points_leaf(key: str, line: NavLine, _words: Vocabulary) -> Leaf:
    """Return the points for the script that reads values off the line."""
    points = " ".join(f"{at.timestamp():.0f},{value:.2f}" for at, value in thinned(line.points))
    return Leaf(key, "span", "", (("hidden", ""), ("data-points", points)))


def _line_leaf(key: str, line: NavLine, _words: Vocabulary) -> Leaf:
    gaps = frozenset(one.after for one in disturbances(line.points) if not one.jump)
    return Leaf(key, "path", "", (("d", _path(line.points, gaps)),))


def _marks_leaf(key: str, line: NavLine, _words: Vocabulary) -> Leaf:
    jumps = tuple(one.after for one in disturbances(line.points) if one.jump)
    return Leaf(key, "path", "", (("class", "mu-spark-mark"), ("d", _marks(line.points, jumps))))


def _label_leaf(key: str, line: NavLine, _words: Vocabulary) -> Leaf:
    return Leaf(key, "span", label(line.points), (("class", "mu-hidden"),))


def label(points: tuple[Point, ...]) -> str:
    """Return in words what the line shows: ends, extremes, gaps and jumps."""
    (began, first), (ended, last) = points[0], points[-1]
    low, high = min(points, key=lambda one: one[1]), max(points, key=lambda one: one[1])
    said = "".join(f"; {one.text}" for one in list(disturbances(points))[:4])
    return (
        f"NAV from {moment(began)} to {moment(ended)}: {_usd(first)} to {_usd(last)} USD; lowest"
        f" {_usd(low[1])} at {moment(low[0])}, highest {_usd(high[1])} at {moment(high[0])}{said}"
    )


def _usd(value: float) -> str:
    return text_of(Field(value, "usd"))


def _ends(points: tuple[Point, ...]) -> tuple[str, str]:
    """Return when the line begins and ends; the days alone where it covers two or more."""
    first, last = points[0][0], points[-1][0]
    if (last - first).total_seconds() >= 2 * 86_400:
        return day(first), day(last)
    return f"{first:%H:%M} UTC, {day(first)}", f"{last:%H:%M} UTC, {day(last)}"


def thinned(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return at most four points for each column of the drawing; no extreme is lost."""
    start, end = points[0][0].timestamp(), points[-1][0].timestamp()
    wide = (end - start) or 1.0

    def column(point: Point) -> int:
        return int((point[0].timestamp() - start) / wide * _COLUMNS)

    kept: list[Point] = []
    for _, group in groupby(points, column):
        some = list(group)
        both = (min(some, key=lambda one: one[1]), max(some, key=lambda one: one[1]))
        kept += sorted({some[0], *both, some[-1]})
    return tuple(kept)


def _path(points: tuple[Point, ...], gaps: frozenset[datetime]) -> str:
    """Return the path, begun again after each gap."""
    after = sorted(gaps)
    steps: list[str] = []
    passed = 0
    for (at, _), (x, y) in zip(thinned(points), _places(points), strict=True):
        here = passed
        while passed < len(after) and after[passed] <= at:
            passed += 1
        steps.append(f"{'M' if not steps or passed > here else 'L'}{x:.1f} {y:.1f}")
    return "".join(steps)


def _places(points: tuple[Point, ...]) -> Iterator[tuple[float, float]]:
    shown = thinned(points)
    start, wide = shown[0][0].timestamp(), (shown[-1][0] - shown[0][0]).total_seconds() or 1.0
    values = [value for _, value in shown]
    low, tall = min(values), (max(values) - min(values)) or 1.0
    for at, value in shown:
        across = (at.timestamp() - start) / wide * _WIDE
        yield across, _TALL - 3 - (value - low) / tall * (_TALL - 6)


def _marks(points: tuple[Point, ...], jumps: tuple[datetime, ...]) -> str:
    start, wide = points[0][0], (points[-1][0] - points[0][0]).total_seconds() or 1.0
    places = ((at - start).total_seconds() / wide * _WIDE for at in jumps[:20])
    return "".join(f"M{x:.1f} 0V{_TALL:.0f}" for x in places)
