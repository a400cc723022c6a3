from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from share_kit import PAGE, register, row, state  # type: ignore[import-not-found]  # beside this file

from muntin import Viewer
from muntin.testing import Rendered, render
from muntin.testing.strategies import documents, near
from muntin_my_share import INVESTORS, NAV

See = Callable[..., Rendered]
YEAR_AGO = "2024-11-26T20:14:48Z"

UNITS = st.floats(0, 1e9, allow_nan=False) | st.integers(0, 1000)
NAVS = st.floats(0.01, 1e11) | st.integers(1, 10**9).map(float)


@given(st.lists(UNITS, min_size=1, max_size=7).filter(any), NAVS)
def test_the_shares_sum_to_the_nav_to_the_cent(units: list[float], nav: float) -> None:
    """As the pages show them, whatever the units are."""
    names = [f"holder-{index}" for index in range(len(units))]
    made = state(register(*map(row, names, units)), nav)

    shown = [render(PAGE, made, Viewer(name)).metrics["value"] for name in names]

    cents = Decimal(repr(nav)).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert sum(Decimal(one.value) for one in shown) == cents
    assert sum(Decimal(one.text.replace(",", "")) for one in shown) == cents


def test_a_holder_sees_units_value_gain_and_return(see: See) -> None:
    ada = row("ada", 400.0, (YEAR_AGO, 4000.0))
    shown = see("ada", register(ada, row("ben", 600.0))).metrics

    assert {name: one.text for name, one in shown.items()}.items() >= {
        "value": "4,200.00",
        "share": "40.00\u00a0%",
        "units": "400",
        "unit_price": "10.5000",
        "paid_in": "4,000.00",
        "gain": "+200.00",
        "gain_pct": "+5.00\u00a0%",
        "mwr": "+5.00\u00a0%",
        "mwr_total": "+5.00\u00a0%",
        "nav_time": "20:14:48 UTC, 26 Nov 2025",
        "register_time": "18:00:00 UTC, 26 Nov 2025",
    }.items()
    assert shown["register_time"].path == "ts"


def test_units_that_no_listed_holder_has_are_not_given_to_the_others(see: See) -> None:
    shown = see("ada", register(row("ada", 250.0), units_total=1000.0), 1000.0).metrics

    assert shown["value"].value == "250.0"
    assert shown["share"].value == "0.25"


def test_a_holder_without_units_has_nothing_and_a_history(see: See) -> None:
    flows = ((YEAR_AGO, 1000.0), ("2025-11-26", -1100.0))
    shown = see("ada", register(row("ada", 0, *flows), row("ben", 5))).metrics

    assert shown["value"].text == "0.00"
    assert shown["gain"].text == "+100.00"
    assert float(shown["mwr"].value) == pytest.approx(0.1, abs=0.001)


@pytest.mark.parametrize(
    ("document", "nav", "gone", "reason"),
    [
        (register(row("ada", 4)), None, "value unit_price gain mwr", "not in the document"),
        (register(row("ada", "?"), units_total=9), 9.0, "units share value", "'?' is not a number"),
        (register(row("ada", 4), row("b", "?")), 9.0, "share value", "units cannot be read"),
        (register(row("ada", 4), units_total=3), 9.0, "share value", "more units than"),
        (register(row("ada", 0)), 9.0, "share value", "the register has no units"),
        (register(row("ada", 4)), 9.0, "paid_in gain mwr", "lists no payments"),
        (register(row("ada", 4, ("soon", 9.0))), 9.0, "paid_in gain mwr", "1 of 1 payments"),
        (register(row("ada", 4, ("2025-01-02", None))), 9.0, "paid_in gain", "1 of 1 payments"),
        (register(row("ada", 4, (YEAR_AGO, 5.0)), currency="EUR"), 9.0, "gain mwr", "in EUR"),
        (register(row("ada", 4, ("2025-11-27", 5.0))), 9.0, "gain mwr", "newer than the NAV"),
        (register(row("ada", 4, ("2025-11-26", 5.0))), 9.0, "mwr mwr_total", "less than a day"),
        (register(row("ada", 4, (YEAR_AGO, -5.0))), 9.0, "gain_pct", "nothing was paid in"),
    ],
)
def test_what_is_not_known_is_a_dash_with_its_reason(
    see: See, document: Any, nav: float | None, gone: str, reason: str
) -> None:
    shown = see("ada", document, nav)

    assert {shown.metrics[name].text for name in gone.split()} == {"–"}
    assert reason in shown.text


def test_a_payment_of_today_has_a_gain_and_no_rate(see: See) -> None:
    shown = see("ada", register(row("ada", 4, ("2025-11-26", 8.0))), 9.0).metrics

    assert shown["gain"].text == "+1.00"
    assert shown["mwr"].text == "–"


def test_a_rate_of_less_than_a_year_says_how_few_days_it_rests_on(see: See) -> None:
    shown = see("ada", register(row("ada", 4, ("2025-10-27", 9.0))), 9.0)

    assert "worked out from 31 days only" in shown.text


def test_units_that_do_not_fit_the_payments_are_remarked_upon(see: See) -> None:
    flow = {"ts": YEAR_AGO, "amount": 5.0, "units": 3.0}
    shown = see("ada", register({"holder": "ada", "units": 4.0, "flows": [flow]}))

    assert "payments add up to 3, the register says 4" in shown.text


def test_a_value_is_as_old_as_the_weaker_of_its_documents() -> None:
    old = register(row("ada", 4.0)) | {"ts": 1764188100.0 - 30 * 86_400}
    value = render(PAGE, state(old), Viewer("ada")).metrics["value"]

    assert (value.feed, value.status) == ("investors", "stale")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(near(INVESTORS), near(NAV), st.text(max_size=5) | st.sampled_from(["ada", "ben"]))
def test_no_document_makes_a_panel_fail(raw: Any, nav: Any, who: str) -> None:
    from muntin.testing import snapshot

    assert render(PAGE, snapshot({INVESTORS: raw, NAV: nav}), Viewer(who)).faults == {}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents([INVESTORS]))
def test_no_nonsense_makes_a_panel_fail(raw: Any) -> None:
    assert render(PAGE, state(raw), Viewer("ada")).faults == {}
