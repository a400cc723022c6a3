from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from muntin_my_share import money_weighted

END = datetime(2025, 11, 26, tzinfo=UTC)


def ago(days: float) -> datetime:
    return END - timedelta(days=days)


def test_the_published_example_of_the_spreadsheet_function() -> None:
    """Paid in 10,000 and back 2,750, 4,250, 3,250 and 2,750: 37.336 % a year."""
    days = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    amounts = [10_000.0, -2_750.0, -4_250.0, -3_250.0]
    times = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]

    rate = money_weighted(list(zip(times, amounts, strict=False)), 2_750.0, times[-1])

    assert rate.yearly == pytest.approx(0.373362535, abs=1e-8)


@pytest.mark.parametrize(
    ("days", "value", "yearly", "whole"),
    [
        (365, 2000, 1.0, 1.0),
        (730, 4000, 1.0, 3.0),
        (365, 500, -0.5, -0.5),
        (365, 1000, 0.0, 0.0),
        (73, 1100, 1.1**5 - 1, 0.1),
    ],
)
def test_one_payment_grows_by_its_rate(
    days: float, value: float, yearly: float, whole: float
) -> None:
    rate = money_weighted([(ago(days), 1000.0)], value, END)

    assert rate.yearly == pytest.approx(yearly, abs=1e-12)
    assert rate.whole == pytest.approx(whole, abs=1e-12)


PAYMENTS = st.lists(st.tuples(st.integers(2, 9000), st.floats(0.01, 1e9)), min_size=1, max_size=8)


@given(PAYMENTS, st.floats(0.01, 1e9))
def test_a_rate_makes_the_payments_worth_the_value(
    payments: list[tuple[int, float]], value: float
) -> None:
    flows = [(ago(days), amount) for days, amount in payments]
    rate = money_weighted(flows, value, END)
    assume(rate.yearly is not None)
    assert rate.yearly is not None

    grown = sum(amount * (1 + rate.yearly) ** (days / 365) for days, amount in payments)
    assert grown == pytest.approx(value, rel=1e-6)


@given(PAYMENTS, st.floats(1, 1e9), st.floats(0.01, 100))
def test_money_counted_in_other_units_has_the_same_rate(
    payments: list[tuple[int, float]], value: float, scale: float
) -> None:
    one = money_weighted([(ago(days), amount) for days, amount in payments], value, END)
    other = money_weighted(
        [(ago(days), amount * scale) for days, amount in payments], value * scale, END
    )

    assume(one.yearly is not None)
    assert other.yearly == pytest.approx(one.yearly, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("flows", "value", "problem"),
    [
        ([], 100.0, "no payments are known"),
        ([(ago(0), 100.0)], 100.0, "less than a day since the first payment"),
        ([(ago(0.99), 100.0)], 101.0, "less than a day since the first payment"),
        ([(ago(-5), 100.0)], 101.0, "less than a day since the first payment"),
        ([(ago(365), 100.0)], 0.0, "no rate fits these payments"),
        ([(ago(365), -100.0)], 50.0, "no rate fits these payments"),
        ([(ago(2), 100.0)], 1e9, "no rate fits these payments"),
        ([(ago(730), 1000.0), (ago(365), -2300.0)], -1320.0, "more than one rate fits"),
    ],
)
def test_there_is_a_reason_where_there_is_no_rate(
    flows: list[tuple[datetime, float]], value: float, problem: str
) -> None:
    rate = money_weighted(flows, value, END)

    assert (rate.yearly, rate.whole) == (None, None)
    assert problem in rate.problem


def test_a_holder_who_left_has_the_rate_of_the_time_within() -> None:
    rate = money_weighted([(ago(730), 100.0), (ago(365), -110.0)], 0.0, END)

    assert rate.yearly == pytest.approx(0.1)


def test_the_order_of_payments_does_not_count() -> None:
    flows = [(ago(30), -10.0), (ago(600), 100.0), (ago(90), 50.0)]

    assert money_weighted(flows, 150.0, END) == money_weighted(flows[::-1], 150.0, END)
