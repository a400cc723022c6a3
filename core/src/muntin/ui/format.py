"""Formatting, in one place: how a field becomes the text that a page shows."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from muntin.state.fields import Field, Presence

DASH = "–"
MINUS = "\u2212"

#: Digits after the point by unit, unless a component says otherwise.
DIGITS = {"usd": 2, "fraction": 1, "ratio": 3, "multiple": 2, "bps": 2, "ms": 0, "count": 0}

#: Text that follows a number of each unit as part of it.
INSIDE = {"fraction": "\u00a0%", "multiple": "\u00a0×"}

#: Text beside a number of each unit, in small type.
BESIDE = {"usd": "USD", "bps": "bps", "ms": "ms"}


def text_of(
    field: Field[Any], digits: int | None = None, *, signed: bool = False, prefix: str = ""
) -> str:
    """Return the field as shown: its value in its unit, a dash without one."""
    value = field.value
    if value is None:
        return "not measured" if field.presence is Presence.PLACEHOLDER else DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            return DASH
        return _number(value, field.unit, digits, signed=signed, prefix=prefix)
    if isinstance(value, datetime):
        return moment(value)
    return str(value)


def _number(value: float, unit: str, digits: int | None, *, signed: bool, prefix: str) -> str:
    size = abs(value) if isinstance(value, int) else abs(float(value))
    if unit == "seconds" and size <= timedelta.max.days * 86400:
        text = _elapsed(float(size))
    else:
        text = _grouped(size, unit, digits)
    sign = MINUS if value < 0 else prefix or ("+" if signed else "")
    if sign and not _NOT_ZERO.search(text):
        sign = ""
    return sign + text + INSIDE.get(unit, "")


def _elapsed(seconds: float) -> str:
    """Return a measured length of time; one that is not zero never reads as zero."""
    if not 0 < seconds < 1:
        return duration(timedelta(seconds=seconds))
    return f"{math.floor(seconds * 1000)}\u00a0ms" if seconds >= 0.001 else "<\u00a01\u00a0ms"


_NOT_ZERO = re.compile("[1-9]")


def _grouped(size: float, unit: str, digits: int | None) -> str:
    """Return a non-negative number, rounded as its component or its unit says."""
    if digits is None and unit not in DIGITS:
        return quantity(float(size)) if size < 1e15 else _exactly(size, unit, 0)
    places = DIGITS.get(unit, 2) if digits is None else digits
    quick = _quickly(size * 100 if unit == "fraction" else size, places)
    return quick or _exactly(size, unit, places)


def _quickly(size: float, places: int) -> str:
    """Return what `_exactly` returns, without a Decimal; empty if it might differ.

    The digit after the last one shown decides. Unless it is a 5, the number is farther from the
    middle between two roundings than the error of its binary form, or of its product by 100.
    """
    if places < 0 or size * 10**places >= 1e12:
        return ""
    return "" if f"{size:.{places + 1}f}".endswith("5") else f"{size:,.{places}f}"


def _exactly(size: float, unit: str, places: int) -> str:
    """Round half away from zero, as statements do: 0.5075 is 50.8 %."""
    exact = Decimal(size) if isinstance(size, int) else Decimal(repr(size))
    exact = exact.scaleb(2) if unit == "fraction" else exact
    if exact >= Decimal("1e15"):
        return f"{exact.normalize():.4g}"
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"


def quantity(value: float) -> str:
    """Return a quantity with up to 8 significant digits and no trailing zeros."""
    if value and not 1e-12 < abs(value) < 1e15:
        return f"{value:.4g}"
    places = 8 if not value else max(0, 7 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(places, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def canonical(field: Field[Any]) -> str:
    """Return the value for machines (``data-value``) as plain text; empty without one."""
    value = field.value
    if isinstance(value, float):
        return repr(float(value)) if math.isfinite(value) else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, int):
        return format(Decimal(value), "f")  # unlike str(), without a limit on digits
    return str(value)


def iso(moment: datetime | None) -> str:
    """Return an instant as ISO 8601 UTC with milliseconds and ``Z``; empty for None."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(moment: datetime) -> str:
    """Return the time of day in UTC, ``20:15:00``."""
    return moment.astimezone(UTC).strftime("%H:%M:%S")


def day(moment: datetime | date) -> str:
    """Return a date in words, ``26 Nov 2025``."""
    return f"{moment.day} {moment:%b %Y}"


def moment(value: datetime) -> str:
    """Return an instant in words, ``20:15:00 UTC, 26 Nov 2025``."""
    utc = value.astimezone(UTC)
    return f"{clock(utc)} UTC, {day(utc)}"


def duration(span: timedelta) -> str:
    """Return a length of time in one or two words: ``9 s``, ``12 min``, ``3.4 h``, ``50 d``."""
    seconds = abs(span.total_seconds())
    if seconds < 100:
        return f"{math.floor(seconds)}\u00a0s"
    if seconds < 100 * 60:
        return f"{math.floor(seconds / 60)}\u00a0min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f}\u00a0h"
    return f"{math.floor(seconds / 86400):,}\u00a0d"


#: Control characters and halves of surrogate pairs, which no page can carry.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def safe_text(text: str) -> str:
    """Return text without lone surrogates and control characters, so that it can be encoded."""
    safe = text.isprintable() or not _UNSAFE.search(text)
    return text if safe else _UNSAFE.sub(_safe_char, text)


def _safe_char(found: re.Match[str]) -> str:
    return "?" if found[0] >= "\ud800" else "\ufffd"
