"""Judges what is on a screen: whether a figure is false, or old without a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.honesty.producer import Truth

#: A figure counts as current up to this age, seconds: ten updates.
CURRENT = 10.0
#: An age that a page states may be wrong by so much, seconds, or by one of its own units.
AGE_ERROR = 5.0

#: How far a shown figure may lie from the true one, for its rounding.
ROUNDING = {"nav": 0.006, "aum": 0.006, "drawdown_pct": 0.006, "maker_fill_ratio": 0.06}
_MARK_ROUNDING = 0.6

_MARKS = re.compile(
    r"\b(late|stale|old|unreadable|malformed|missing|undated|age unknown|skewed|ahead|future|empty"
    r"|last known|not updated|waiting|error|exception|traceback|unavailable|lost|disconnected"
    r"|reconnecting|connecting|offline|cannot|not measured|no data|catching up)\b",
    re.IGNORECASE,
)
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d)\b")
_UNITS = {"s": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """One figure on a screen: its text, and the words that a viewer reads beside it."""

    name: str
    text: str
    beside: str = ""


def number_of(text: str) -> float | None:
    """Return the number in a text, None if there is none: a dash, NaN or a word is no figure."""
    found = _NUMBER.search(text.replace(" ", " "))
    return None if found is None else float(found[0].replace(",", "").replace("−", "-"))


def is_honest(seen: Seen, truths: Sequence[Truth], now: float) -> bool:
    """Return True if a figure is current, absent, marked, or shown with its true age."""
    value = number_of(seen.text)
    if value is None:
        return True
    ages = list(_ages_of(seen.name, value, truths, now))
    if any(age <= CURRENT for age in ages):
        return True
    if _MARKS.search(seen.beside):
        return True
    return any(_states(seen.beside, age) for age in ages)


def _ages_of(name: str, value: float, truths: Iterable[Truth], now: float) -> Iterable[float]:
    """Yield how long ago the figure was true, for each time that it was."""
    within = ROUNDING.get(name, _MARK_ROUNDING)
    for truth in truths:
        if abs(abs(value) - abs(truth.figures[name])) <= within:
            yield now - truth.at


def _states(beside: str, age: float) -> bool:
    for amount, unit in _AGE.findall(beside):
        seconds = float(amount) * _UNITS[unit]
        if abs(seconds - age) <= max(AGE_ERROR, _UNITS[unit] if unit != "s" else 0.0):
            return True
    return False
