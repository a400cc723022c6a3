"""Values read from documents: a field knows its unit, its origin and whether it is really there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: Numbers above this are epoch milliseconds (as seconds they would lie after the year 33658).
MILLISECONDS_ABOVE = 1e12

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<currency>\$?)\s*(?P<inner>[+-]?)"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?P<exponent>[eE][+-]?\d{1,3})?"
    r"\s*(?P<percent>%?)"
)


class Presence(StrEnum):
    """Whether a document really holds a value at a path."""

    OK = "ok"
    MISSING = "missing"
    NULL = "null"
    INVALID = "invalid"
    PLACEHOLDER = "placeholder"

    @property
    def absent(self) -> bool:
        """True if the document says nothing: no such key, or null."""
        return self in {Presence.MISSING, Presence.NULL}


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """One value of a document: what it is, its unit, and where it was read.

    `value` is None whenever `presence` is not ``ok``; a default never stands in for it.
    """

    value: T | None = None
    #: ``usd``, ``fraction``, ``ratio``, ``multiple``, ``bps``, ``qty``, ``count``, ``seconds``, ...
    unit: str = ""
    #: Name of the feed the value was read from.
    feed: str = ""
    #: JSON path of the value within the document.
    path: str = ""
    #: The text of the document's own value, at most 200 characters.
    raw: str = ""
    presence: Presence = Presence.MISSING
    #: Why there is no value, for a person.
    problem: str = ""
    #: How the value was worked out, where it is not simply read.
    formula: str = ""
    #: Time of this value where it is older than its document (carried over from an earlier one).
    as_of: datetime | None = None

    @property
    def ok(self) -> bool:
        """True if there is a value; 0, 0.0 and False are values."""
        return self.value is not None

    @classmethod
    def missing(
        cls, feed: str, path: str, unit: str = "", problem: str = "not in the document"
    ) -> Field[Any]:
        """Return the field of a value that no document holds."""
        return Field(None, unit, feed, path, problem=problem)

    @staticmethod
    def first(*fields: Field[Any]) -> Field[Any]:
        """Return the first field whose document says anything.

        Without one, the first whose document holds null, else the first.
        """
        said = (field for field in fields if not field.presence.absent)
        null = (field for field in fields if field.presence is Presence.NULL)
        return next(said, next(null, fields[0]))

    @staticmethod
    def total(fields: Iterable[Field[float]], formula: str, path: str = "") -> Field[Any] | None:
        """Return the sum of the fields that have a value, with the origin of the first of them.

        None if none has a value. `path` is the path of the sum.
        """
        known = [field for field in fields if field.value is not None]
        if not known:
            return None
        return known[0].derive(sum(field.value or 0.0 for field in known), formula, path=path)

    def derive(self, value: Any, formula: str, *, unit: str = "", path: str = "") -> Field[Any]:
        """Return a field worked out from this one: same feed, own value and formula."""
        return Field(
            value,
            unit or self.unit,
            self.feed,
            path or self.path,
            presence=Presence.MISSING if value is None else Presence.OK,
            problem=self.problem if value is None else "",
            formula=formula,
            as_of=self.as_of,
        )

    def withheld(self, problem: str, presence: Presence = Presence.INVALID) -> Field[T]:
        """Return the field without its value: the document holds one that cannot be right."""
        return replace(self, value=None, presence=presence, problem=problem, formula="")

    def placeholder(self, problem: str) -> Field[T]:
        """Return the field without its value: the producer fills it in and never measures it."""
        return self.withheld(problem, Presence.PLACEHOLDER)


@dataclass(frozen=True, slots=True)
class Number:
    """A parsed number; `percent` is True if its text has a per cent sign."""

    value: float
    percent: bool = False


def parse_number(raw: Any) -> Number:
    """Return the number that `raw` stands for; raise ValueError with the reason if it is none.

    Accepted are finite numbers and texts such as ``"11,107.30"``, ``"-$12.30"``, ``"12.5%"`` (it is
    0.125) and ``"1.5e-05"``. Commas must group the digits by three: ``"$1,2"`` may mean 12 or 1.2
    and is refused. Booleans, NaN and infinities are not numbers.
    """
    if isinstance(raw, bool):
        raise ValueError("a boolean is not a number")
    if isinstance(raw, (int, float)):
        return Number(_finite(raw))
    if isinstance(raw, str):
        return _parse_text(raw)
    raise ValueError(f"{_kind(raw)} is not a number")


def _parse_text(text: str) -> Number:
    plain = text.strip().replace("\u2212", "-").replace("±", "")
    match = _NUMBER.fullmatch(plain) if plain.isascii() and len(plain) <= 64 else None
    if match is None or (match["sign"] and match["inner"]):
        hint = ": commas must group digits by three" if "," in plain else ""
        raise ValueError(f"{text[:40]!r} is not a number{hint}")
    if match["currency"] and match["percent"]:
        raise ValueError(f"{text[:40]!r} is both money and per cent")
    sign = match["sign"] + match["inner"]
    value = _finite(float(sign + match["digits"].replace(",", "") + (match["exponent"] or "")))
    return Number(value / 100, percent=True) if match["percent"] else Number(value)


def _finite(raw: float) -> float:
    try:
        value = float(raw)
    except OverflowError:
        raise ValueError("the number is too large") from None
    if not math.isfinite(value):
        raise ValueError("the number is not finite")
    return value


def _kind(raw: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", type(None): "null"}
    return names.get(type(raw), type(raw).__name__)


def parse_time(raw: Any) -> datetime:
    """Return the UTC instant that `raw` stands for; raise ValueError with the reason if none.

    Accepted are epoch seconds, epoch milliseconds (above 1e12), both also as text, and ISO 8601
    with ``Z``, an offset or no zone (read as UTC), and dates and times of Python.
    """
    if isinstance(raw, date):  # a datetime is one too
        raw = raw.isoformat()
    if isinstance(raw, str):
        try:
            return _from_epoch(float(raw))
        except ValueError:
            return _from_iso(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise ValueError(f"{_kind(raw)} is not a time")
    return _from_epoch(raw)


def _from_epoch(raw: float) -> datetime:
    seconds = _finite(raw)
    if seconds > MILLISECONDS_ABOVE:
        seconds /= 1000
    if seconds <= 0:
        raise ValueError("a time must be positive")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError("the time is out of range") from None


def _from_iso(text: str) -> datetime:
    plain = text.strip()
    if len(plain) < len("2025-01-01") or len(plain) > 40 or "-" not in plain:
        raise ValueError(f"{text[:40]!r} is not a time")
    try:
        moment = datetime.fromisoformat(plain)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time") from None
    if moment.timestamp() <= 0:
        raise ValueError("a time must lie after 1970")
    return moment


def raw_text(raw: Any) -> str:
    """Return a value as text, in one line of at most 200 characters."""
    if isinstance(raw, float):
        return f"{raw:.17g}"
    text = raw if isinstance(raw, str) else None
    if text is None:
        text = "null" if raw is None else str(raw).lower() if isinstance(raw, bool) else _short(raw)
    return " ".join(text[:400].split())[:200]


def _short(raw: Any) -> str:
    if isinstance(raw, (dict, list)):
        return f"{_kind(raw)} of {len(raw)}"
    return "a number too large" if isinstance(raw, int) and raw.bit_length() > 512 else str(raw)
