from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin_my_share import allocate
from muntin_my_share.allocation import cents

UNITS = st.floats(0, 1e12) | st.integers(0, 10**6).map(float) | st.just(1 / 3)
WEIGHTS = st.lists(UNITS, min_size=1, max_size=30).filter(lambda units: sum(units) > 0)
AMOUNTS = st.integers(-(10**15), 10**15)


@given(AMOUNTS, WEIGHTS)
def test_parts_sum_to_the_amount(amount: int, weights: list[float]) -> None:
    assert sum(allocate(amount, weights)) == amount


@given(AMOUNTS, WEIGHTS)
def test_no_part_is_a_cent_away_from_its_exact_share(amount: int, weights: list[float]) -> None:
    exact = [Fraction(repr(weight)) for weight in weights]
    whole = sum(exact)
    for part, weight in zip(allocate(amount, weights), exact, strict=True):
        assert abs(part - amount * weight / whole) < 1


@given(AMOUNTS, st.lists(st.floats(1e-300, 1e300), min_size=2, max_size=5))
def test_weights_of_any_size_are_told_apart(amount: int, weights: list[float]) -> None:
    parts = allocate(abs(amount), weights)

    assert parts[weights.index(max(weights))] == max(parts)


def test_what_is_left_goes_to_the_largest_remainders() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(10, [3, 3, 1]) == [4, 4, 2]


def test_decimal_digits_count_and_not_their_binary_neighbours() -> None:
    """0.1 and 0.2 are a third and two thirds of 0.3, though floats do not add up so."""
    assert allocate(3, [0.1, 0.2]) == [1, 2]


@pytest.mark.parametrize("weights", [[], [0.0], [1.0, -1.0], [-1.0, 5.0]])
def test_weights_that_make_no_sense_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(1, weights)


@pytest.mark.parametrize(
    ("amount", "expected"), [(0.005, 1), (1.004999, 100), (-0.125, -13), (1e300, 10**302), (0.0, 0)]
)
def test_cents_are_rounded_half_away_from_zero(amount: float, expected: int) -> None:
    assert cents(amount) == expected
