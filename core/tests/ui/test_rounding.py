"""Numbers are rounded as on paper, half away from zero, however many steps that takes."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from muntin.state.fields import Field, Presence
from muntin.ui import text_of
from muntin.ui.format import INSIDE, MINUS

#: Numbers that end in a 5 just there where they are rounded, or lie next to one that does.
ties = st.builds(
    lambda whole, places, step: step((whole * 10 + 5) / 10**places),
    st.integers(0, 10**9), st.integers(0, 9),
    st.sampled_from([float, lambda x: math.nextafter(x, 0), lambda x: math.nextafter(x, 1e9)]),
)  # fmt: skip
numbers = (
    st.floats(-9e12, 9e12) | st.integers(-9 * 10**12, 9 * 10**12)
    | ties | ties.map(lambda value: -value)
)  # fmt: skip


def on_paper(value: float, unit: str, digits: int) -> str:
    exact = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    if unit == "fraction":
        exact = exact.scaleb(2)
    text = f"{abs(exact).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,f}"
    shows_something = any(char in "123456789" for char in text)
    return (MINUS if value < 0 and shows_something else "") + text + INSIDE.get(unit, "")


@given(numbers, st.sampled_from(["usd", "fraction", "bps", "qty", "price"]), st.integers(0, 9))
@example(2.675, "usd", 2)
@example(0.5075, "fraction", 1)
@example(1.005, "usd", 2)
@example(999_999.995, "usd", 2)
@example(0.285, "fraction", 0)
@example(1.115, "fraction", 1)
def test_every_number_is_rounded_as_on_paper(value: float, unit: str, digits: int) -> None:
    field = Field(value, unit, presence=Presence.OK)

    assert text_of(field, digits) == on_paper(value, unit, digits)


@pytest.mark.parametrize(("value", "text"), [(1.2e-7, "0.00000012"), (0.0, "0.00000000")])
def test_small_price_is_shown_without_an_exponent(value: float, text: str) -> None:
    assert text_of(Field(value, "price", presence=Presence.OK), 8) == text
