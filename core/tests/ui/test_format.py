"""Formatting: once, at the edge, by the unit; signs and hostile text survive it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.state.fields import Field, Presence
from muntin.ui import clock, day, duration, moment, text_of
from muntin.ui.format import canonical, iso, quantity, safe_text

NOON = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)


def value(number: Any, unit: str = "") -> Field[Any]:
    return Field(number, unit, presence=Presence.OK)


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (11107.3, "usd", "11,107.30"),
        (0.125, "fraction", "12.5\u00a0%"),
        (0.1234, "ratio", "0.123"),
        (1.5, "multiple", "1.50\u00a0×"),
        (3.456, "bps", "3.46"),
        (12.5, "ms", "13"),
        (1234, "count", "1,234"),
        (90, "seconds", "90\u00a0s"),
        (0.284, "seconds", "284\u00a0ms"),
        (0.0004, "seconds", "<\u00a01\u00a0ms"),
        (0, "seconds", "0\u00a0s"),
        (0.00012345, "qty", "0.00012345"),
        (1234567.5, "", "1,234,567.5"),
    ],
)
def test_each_unit_has_its_own_form(number: float, unit: str, text: str) -> None:
    assert text_of(value(number, unit)) == text


@pytest.mark.parametrize(
    ("number", "unit", "digits", "text"),
    [
        (0.5075, "fraction", None, "50.8\u00a0%"),
        (2.675, "usd", None, "2.68"),
        (0.005, "usd", None, "0.01"),
        (-2.675, "usd", None, "−2.68"),
        (0.5, "count", None, "1"),
        (1.25, "usd", 1, "1.3"),
        (1.5, "usd", 0, "2"),
    ],
)
def test_halves_are_rounded_away_from_zero(
    number: float, unit: str, digits: int | None, text: str
) -> None:
    """Statements do so; binary halves such as 2.675 are the decimals they were written as."""
    assert text_of(value(number, unit), digits) == text


@pytest.mark.parametrize(
    ("number", "signed", "prefix", "text"),
    [
        (-12.3, False, "", "−12.30"),
        (-12.3, True, "", "−12.30"),
        (12.3, True, "", "+12.30"),
        (12.3, False, "", "12.30"),
        (12.3, False, "−", "−12.30"),
        (0, True, "−", "0.00"),
        (-0.0, True, "", "0.00"),
        (-0.004, True, "", "0.00"),
    ],
)
def test_sign_stands_before_what_is_not_shown_as_zero(
    number: float, signed: bool, prefix: str, text: str
) -> None:
    assert text_of(value(number, "usd"), signed=signed, prefix=prefix) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_signed_money_never_loses_its_sign_f78(number: float, signed: bool) -> None:
    """F78: a loss reads as a loss, whatever its size, unless it is shown as zero."""
    text = text_of(value(number, "usd"), signed=signed)
    digits = [char for char in text.partition("e")[0] if char in "123456789"]

    assert text.startswith("−") == (number < 0 and bool(digits))
    assert text.startswith("+") == (signed and number > 0 and bool(digits))
    assert "-" not in text.partition("e")[0]


@given(
    st.one_of(st.floats(), st.integers(), st.booleans(), st.text(), st.none(), st.datetimes()),
    st.sampled_from(["", "usd", "fraction", "ratio", "multiple", "bps", "ms", "count", "seconds"]),
    st.sampled_from([None, 0, 2, 8]),
)
def test_any_value_is_text_for_people_and_machines(
    number: Any, unit: str, digits: int | None
) -> None:
    if isinstance(number, datetime):
        number = number.replace(tzinfo=UTC)
    field = value(number, unit)

    assert isinstance(text_of(field, digits, signed=True), str)
    assert isinstance(canonical(field), str)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_non_finite_number_is_no_value(number: float) -> None:
    assert (text_of(value(number, "usd")), canonical(value(number, "usd"))) == ("–", "")


@pytest.mark.parametrize(
    ("number", "text"),
    [(1e15, "1e+15"), (1.23456e300, "1.235e+300"), (10**400, "1e+400"), (-1e15, "−1e+15")],
)
def test_huge_number_is_short(number: float, text: str) -> None:
    assert text_of(value(number, "usd")) == text


@pytest.mark.parametrize("sign", [1, -1])
def test_number_of_5000_digits_is_given_to_machines_in_full(sign: int) -> None:
    assert len(canonical(value(sign * 10**5000))) == 5001 + (sign < 0)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (123456789.0, "123,456,789"),
        (1e-9, "0.000000001"),
        (1e-13, "1e-13"),
        (1e15, "1e+15"),
    ],
)
def test_quantity_has_eight_digits_and_no_trailing_zeros(number: float, text: str) -> None:
    assert quantity(number) == text


@pytest.mark.parametrize(
    ("field", "text", "machine"),
    [
        (Field(), "–", ""),
        (Field(presence=Presence.NULL), "–", ""),
        (Field(presence=Presence.PLACEHOLDER), "not measured", ""),
        (value(0, "usd"), "0.00", "0"),
        (value(False), "no", "false"),
        (value(True), "yes", "true"),
        (value("flat"), "flat", "flat"),
        (value(NOON), "20:15:00 UTC, 26 Nov 2025", "2025-11-26T20:15:00.000Z"),
        (value(1.5, "usd"), "1.50", "1.5"),
    ],
)
def test_absent_is_a_dash_and_zero_is_a_value(field: Field[Any], text: str, machine: str) -> None:
    assert (text_of(field), canonical(field)) == (text, machine)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (99.9, "99 s"),
        (100, "1 min"),
        (5999, "99 min"),
        (6000, "1.7 h"),
        (12240, "3.4 h"),
        (172800, "2 d"),
        (86400 * 1234, "1,234 d"),
        (-9, "9 s"),
    ],
)
def test_duration_is_one_number_and_one_unit(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text.replace(" ", "\u00a0")


def test_seconds_keep_their_sign_and_need_no_calendar() -> None:
    assert text_of(value(-50, "seconds")) == "−50\u00a0s"
    assert text_of(value(50, "seconds"), signed=True) == "+50\u00a0s"
    assert text_of(value(1e300, "seconds")) == "1e+300"


def test_instants_are_told_in_utc() -> None:
    local = NOON.astimezone(timezone(timedelta(hours=-5)))

    assert clock(local) == "20:15:00"
    assert moment(local) == "20:15:00 UTC, 26 Nov 2025"
    assert iso(local) == "2025-11-26T20:15:00.000Z"
    assert iso(None) == ""
    assert day(date(2025, 1, 2)) == "2 Jan 2025"


@given(st.text(st.characters(codec=None, categories=None)))
def test_text_can_always_be_encoded_and_holds_no_controls(text: str) -> None:
    safe = safe_text(text)

    assert len(safe) == len(text)
    assert safe.encode().decode() == safe
    assert all(char >= " " or char in "\n\t" for char in safe)


def test_lone_surrogate_is_replaced() -> None:
    assert safe_text("a\ud800b\x00c\n") == "a?b\ufffdc\n"
