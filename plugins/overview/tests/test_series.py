from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from muntin import Field, Presence
from muntin_overview.series import change, disturbances

END = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)


def series(values: Iterable[tuple[float, float]]) -> Field[tuple[tuple[datetime, float], ...]]:
    """Return a series from pairs of hours before the end and value."""
    points = tuple((END - timedelta(hours=hours), value) for hours, value in values)
    return Field(points, "usd", "nav_state", "series[*].nav", presence=Presence.OK)


def hourly(hours: int, start: float = 1000.0) -> list[tuple[float, float]]:
    return [(hours - step, start + step) for step in range(hours + 1)]


def test_change_is_last_minus_first_within_the_window() -> None:
    changed = change(series(hourly(30)))

    assert changed.amount.value == 24.0
    assert changed.share.value == pytest.approx(24 / 1006)
    assert (changed.amount.unit, changed.share.unit) == ("usd", "fraction")
    assert (changed.amount.feed, changed.remark) == ("nav_state", "")
    assert changed.amount.formula


def test_f40_half_a_window_gives_no_figure() -> None:
    """A 24 h change from 11.8 h of history would be a false one."""
    changed = change(series([(11.8, 1.0), (6, 1.01), (0, 1.02)]))

    assert (changed.amount.value, changed.share.value) == (None, None)
    assert changed.remark == "insufficient history (11.8 h of 24 h)"


def test_f40_nine_tenths_of_the_window_are_enough() -> None:
    assert change(series(hourly(22))).amount.value == 22.0
    assert change(series(hourly(21))).amount.value is None


def test_f40_a_point_before_the_window_does_not_reach_into_it() -> None:
    assert change(series([(30, 1.0), (10, 1.01), (0, 1.02)])).amount.value is None


def test_f42_a_deposit_is_flagged_and_no_profit() -> None:
    """A step of more than 5 % between neighbours is money put in, not earned."""
    values = [(hours, 12040.0 if hours > 5 else 16540.0) for hours, _ in hourly(24)]

    changed = change(series(values))

    assert changed.remark.startswith("unadjusted: jump of +4,500.00 USD at 15:15:00 UTC")


def test_f43_a_reset_is_flagged_whatever_its_size() -> None:
    """No magic number tells a testnet's NAV; the cliff itself is shown."""
    values = [(hours, 9871.0 if hours > 5 else 5000.0) for hours, _ in hourly(24)]

    assert "jump of \u22124,871.00 USD" in change(series(values)).remark


def test_f42_a_long_gap_is_flagged() -> None:
    minutes = [*range(1440, 1400, -1), *range(40, -1, -1)]

    changed = change(series((minute / 60, 1000.0) for minute in minutes))

    assert changed.amount.value == 0.0
    assert changed.remark.startswith("unadjusted: gap of 22.7")


def test_many_disturbances_are_counted() -> None:
    values = [(hours, 1000.0 + 500 * (hours % 2)) for hours, _ in hourly(24)]

    assert change(series(values)).remark.endswith("and 22 more")


def test_a_single_point_has_no_disturbance() -> None:
    assert list(disturbances(((END, 1.0),))) == []


def test_f26_no_series_is_no_change_of_zero() -> None:
    assert change(Field(unit="usd", feed="nav_state", path="series")).amount.value is None


def test_f21_a_change_of_exactly_zero_is_a_value() -> None:
    flat = change(series((hours, 5.0) for hours, _ in hourly(24)))

    assert (flat.amount.value, flat.share.value) == (0.0, 0.0)


def test_a_share_of_nothing_is_no_value() -> None:
    grown = change(series((hours, 0.0 if hours == 24 else 1.0) for hours, _ in hourly(24)))

    assert grown.amount.value == 1.0
    assert grown.share.value is None
