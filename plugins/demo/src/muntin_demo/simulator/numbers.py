"""Small arithmetic the simulator's modules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = 60.0
HOUR = 3_600.0
DAY = 86_400.0
YEAR = 365.0 * DAY


def clamp(value: float, low: float, high: float) -> float:
    """The value, moved into [low, high] when it lies outside."""
    return max(low, min(high, value))


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean, or None when there is nothing to average."""
    return sum(values) / len(values) if values else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The interpolated quantile of the values, or None when there are none."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def median(values: Sequence[float]) -> float | None:
    """The middle value, or None when there are none."""
    return quantile(values, 0.5)


def rounded(value: float | None, digits: int) -> float | None:
    """The value at that many decimals; None stays None."""
    return None if value is None else round(value, digits)
