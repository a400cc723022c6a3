"""Numbers, times and texts: read by explicit rules, or not at all."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.state.fields import Field, Presence, parse_number, parse_time, raw_text

MOMENT = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.fixture
def johannesburg(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Africa/Johannesburg")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11,107.30", 11107.30),
        ("1,234,567", 1234567.0),
        ("1234.5", 1234.5),
        ("$12.30", 12.30),
        ("-$12.30", -12.30),
        ("$-12.30", -12.30),
        ("\u22124.5", -4.5),
        ("±3", 3.0),
        ("+7", 7.0),
        ("12.5%", 0.125),
        ("12.5 %", 0.125),
        ("1.5e-05", 1.5e-05),
        ("  42 ", 42.0),
        (".5", 0.5),
        ("-0.0", -0.0),
    ],
)
def test_number_is_read_from_text_f77(text: str, value: float) -> None:
    """F77: grouping commas, $, ± and the real minus are understood; a per cent sign divides."""
    assert parse_number(text).value == pytest.approx(value, abs=0)


@pytest.mark.parametrize(
    "text",
    ["$1,2", "1,23", "12,34,567", "1.234,5", "--1", "-$-1", "$5%", "12 34", "0x10", "1_000", "",
     "n/a", "nan", "inf", "Infinity", "1e999", "five", "1" * 65, "\u0661\u0662"],
)  # fmt: skip
def test_number_is_refused_where_the_text_is_ambiguous_f77(text: str) -> None:
    """F77: anything else is invalid; nothing is guessed."""
    with pytest.raises(ValueError):
        parse_number(text)


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf, 10**400, -(10**400)])
def test_number_must_be_finite_f81(raw: float) -> None:
    """F81: NaN and infinities, and what becomes one, are not values."""
    with pytest.raises(ValueError, match=r"finite|too large"):
        parse_number(raw)


@pytest.mark.parametrize("raw", [True, False])
def test_boolean_is_no_number_f82(raw: bool) -> None:
    """F82: true is not 1.00."""
    with pytest.raises(ValueError, match="boolean"):
        parse_number(raw)


@pytest.mark.parametrize("raw", [None, [], {}, [1], {"value": 1}])
def test_container_is_no_number(raw: Any) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(raw)


@pytest.mark.parametrize("raw", [0, 0.0, -0.0, "0", "0.00", "0%"])
def test_zero_is_a_value_f21(raw: Any) -> None:
    """F21: 0 is measured; only null is absent."""
    field = Field(parse_number(raw).value, presence=Presence.OK)

    assert field.ok
    assert field.value == 0


def test_false_is_a_value_f21() -> None:
    """F21: False is a value of a flag."""
    assert Field(False, presence=Presence.OK).ok


@pytest.mark.parametrize(
    "raw",
    [
        MOMENT.timestamp(),
        int(MOMENT.timestamp()),
        MOMENT.timestamp() * 1000,
        str(MOMENT.timestamp()),
        str(int(MOMENT.timestamp() * 1000)),
        "2025-11-26T20:15:00+00:00",
        "2025-11-26T20:15:00Z",
        "2025-11-26T20:15:00.000Z",
        "2025-11-26 20:15:00",
        "2025-11-26T22:15:00+02:00",
        " 2025-11-26T20:15:00 ",
    ],
)
def test_time_is_read_from_every_encoding_f4(raw: Any) -> None:
    """F4: one parser for seconds, milliseconds, numeric texts, ISO with and without zone, Z."""
    assert parse_time(raw) == MOMENT


@pytest.mark.parametrize(
    "raw",
    [None, True, "", "n/a", "null", 0, "0", -1, math.nan, math.inf, "nan", 10**400, 1e300, [], {},
     "20:15", "yesterday", "2025-13-01", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9" * 500,
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_time_is_refused_where_there_is_none_f5(raw: Any) -> None:
    """F5: null, 'n/a', 0 and the zero dates of other languages are no time."""
    with pytest.raises(ValueError):
        parse_time(raw)


@pytest.mark.usefixtures("johannesburg")
@pytest.mark.parametrize("raw", ["2025-11-26T20:15:00", "2025-11-26T22:15:00+02:00", 1764188100])
def test_time_is_utc_wherever_the_reader_stands_f15(raw: Any) -> None:
    """F15: a time without zone is read as UTC, whatever the machine's zone."""
    found = parse_time(raw)

    assert found == MOMENT
    assert found.tzinfo == UTC


def test_time_keeps_the_instant_of_any_offset_f15() -> None:
    """F15: an offset is converted, not replaced."""
    local = MOMENT.astimezone(timezone(timedelta(hours=-5)))

    assert parse_time(local.isoformat()) == MOMENT


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0.1, "0.10000000000000001"),
        ("a\n b\x00", "a b\x00"),
        ({"a": 1}, "an object of 1"),
        ([1, 2], "a list of 2"),
        (10**400, "a number too large"),
    ],
)
def test_raw_text_is_one_short_line(raw: Any, text: str) -> None:
    assert raw_text(raw) == text


@given(JSON)
def test_only_value_error_leaves_the_parsers(raw: Any) -> None:
    """Whatever a document holds, a parser gives a finite value or says why not."""
    assert len(raw_text(raw)) <= 200
    with suppress(ValueError):
        assert math.isfinite(parse_number(raw).value)
    with suppress(ValueError):
        assert parse_time(raw).tzinfo == UTC


def test_derived_field_keeps_its_origin() -> None:
    field = Field(2.0, "usd", "nav", "total", "2.0", Presence.OK)

    half = field.derive(1.0, "total / 2")
    none = field.derive(None, "total / 0")

    assert (half.value, half.unit, half.feed, half.path) == (1.0, "usd", "nav", "total")
    assert half.formula == "total / 2"
    assert (none.ok, none.presence) == (False, Presence.MISSING)
