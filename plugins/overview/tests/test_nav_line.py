"""The line of the NAV: dates, gaps, jumps, extremes, and how far back it reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from muntin.testing import snapshot
from muntin.ui.rendering import fragment
from muntin_overview import NAV_STATE
from muntin_overview.flows import FLOWS
from muntin_overview.nav_line import NavLine, label, thinned
from muntin_overview.nav_log import NAV_LOG

TITLE = "Net asset value"
#: The instant of snapshots that name none.
EPOCH = snapshot().now
See = Callable[..., Any]


def points(values: list[float], step: timedelta = timedelta(minutes=1)) -> Any:
    start = EPOCH - step * len(values)
    return tuple((start + step * at, value) for at, value in enumerate(values))


def path(line: NavLine, part: str) -> str:
    return dict(fragment(line, "p").leaves[f"p.{part}"].attrs)["d"]


def test_extremes_survive_thinning() -> None:
    values = [100.0] * 5000
    values[1234], values[4321] = 150.0, 60.0

    kept = [value for _, value in thinned(points(values))]

    assert (max(kept), min(kept)) == (150.0, 60.0)
    assert len(kept) < 500


def test_a_gap_breaks_the_line() -> None:
    before = points([100.0] * 50, timedelta(minutes=1))
    after = tuple((at + timedelta(days=18), value) for at, value in before)

    assert path(NavLine(before + after), "line").count("M") == 2


def test_a_steady_series_is_one_line_without_marks() -> None:
    line = NavLine(points([100.0, 100.1, 100.0, 100.2]))

    assert path(line, "line").count("M") == 1
    assert path(line, "marks") == ""


def test_a_jump_is_marked_and_said() -> None:
    line = NavLine(points([100.0] * 40 + [137.0] * 40))

    assert path(line, "marks").count("M") == 1
    assert "jump of +37.00 USD" in label(line.points)


def test_a_small_deposit_in_a_quiet_series_is_marked() -> None:
    values = [1000.0 + 0.1 * (at % 2) for at in range(100)] + [1020.0] * 50

    assert path(NavLine(points(values)), "marks").count("M") == 1


def test_the_line_has_its_dates() -> None:
    leaves = fragment(NavLine(points([1.0] * 5, timedelta(days=1))), "p").leaves

    assert leaves["p.first"].text == "21 Nov 2025"
    assert leaves["p.last"].text == "25 Nov 2025"


def state_doc(hours: float, value: float = 100.0) -> dict[str, Any]:
    rows = [
        {"t": (EPOCH - timedelta(hours=hours * (9 - at) / 9)).isoformat(), "nav": value}
        for at in range(10)
    ]
    return {**NAV_STATE.example, "series": rows}


def log_doc(days: float, first: float = 90.0) -> list[dict[str, Any]]:
    count = int(days * 24) + 1
    start = EPOCH.timestamp() - (count - 1) * 3600
    rise = (100.0 - first) / (count - 1)
    return [{"t": start + at * 3600, "nav": first + rise * at} for at in range(count)]


def test_the_log_is_read_where_it_reaches_further(see: See) -> None:
    seen = see(TITLE, {NAV_STATE: state_doc(9), NAV_LOG: log_doc(2)})

    assert seen.metrics["nav_change_24h"].field.feed == "nav_log"
    assert seen.metrics["nav_change_24h"].field.ok


def test_a_log_that_ended_is_not(see: See) -> None:
    ended = [{**row, "t": row["t"] - 5 * 86_400} for row in log_doc(2)]

    seen = see(TITLE, {NAV_STATE: state_doc(9), NAV_LOG: ended})

    assert not seen.metrics["nav_change_24h"].field.ok


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (2, []),
        (8, ["nav_change_7d", "nav_change_start"]),
        (31, ["nav_change_7d", "nav_change_30d", "nav_change_start"]),
    ],
)
def test_a_period_is_shown_only_with_its_minimum_of_data(
    see: See, days: float, shown: list[str]
) -> None:
    seen = see(TITLE, {NAV_LOG: log_doc(days)})
    periods = [name for name in seen.metrics if name.startswith("nav_change_")]

    assert [name for name in periods if "24h" not in name] == shown


def test_what_was_paid_in_is_no_gain(see: See) -> None:
    flows = {"flows": [{"ts": (EPOCH - timedelta(hours=5)).isoformat(), "amount": 4.0}]}
    log = log_doc(1.0, first=90.0)
    for row in log:
        row["nav"] += 4.0 if row["t"] >= EPOCH.timestamp() - 5 * 3600 else 0.0

    seen = see(TITLE, {NAV_LOG: log, FLOWS: {**flows, "updated_ts": EPOCH.timestamp()}})

    assert seen.metrics["nav_change_24h"].field.value == pytest.approx(10.0)
    assert "without +4.00 USD paid in" in seen.metrics["nav_change_24h"].note
    assert "unadjusted" not in seen.metrics["nav_change_24h"].note


def test_a_nav_of_zero_among_others_is_no_point(see: See) -> None:
    log = log_doc(2)
    log[5]["nav"] = 0.0

    (line,) = see(TITLE, {NAV_LOG: log}).sparks

    assert min(value for _, value in line.points) > 0


def test_the_line_needs_two_points(see: See) -> None:
    assert see(TITLE, snapshot()).sparks == []
