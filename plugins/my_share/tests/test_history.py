"""What the units were worth over time, what was taken as fees, and what the figures are of."""

from __future__ import annotations

from typing import Any

import pytest
from share_kit import PAGE, register, row  # type: ignore[import-not-found]  # beside this file

from muntin import Feed, Viewer
from muntin.testing import Rendered, render, snapshot
from muntin_my_share import INVESTORS, NAV
from muntin_my_share.nav_log import NAV_LOG

NOW = INVESTORS.example["ts"]
LOG = [{"t": NOW - hours * 3600, "nav": 10_000.0 + hours} for hours in range(40, 0, -1)]


def entry(day: str, amount: float, units: float, **more: Any) -> dict[str, Any]:
    return {"ts": day, "amount": amount, "units": units, **more}


def shown(*flows: dict[str, Any], units: float = 100.0, other: str = "2024-01-01") -> Rendered:
    """Return the page of somebody with these entries, beside somebody with as many units."""
    mine = {**row("ada", units), "flows": list(flows)}
    document = register(mine, {**row("ben", units), "flows": [entry(other, 1.0, units)]})
    nav = {**NAV.example, "nav_usd": 10_500.0}
    raw: dict[Feed[Any], Any] = {INVESTORS: document, NAV: nav, NAV_LOG: LOG}
    return render(PAGE, snapshot(raw), Viewer("ada"))


def test_the_line_is_the_viewers_part_of_every_logged_nav() -> None:
    line = shown(entry("2024-03-05", 4000.0, 100.0)).data["my_log"]

    assert line["usd"] == [(10_000 + hours) / 2 for hours in range(40, 0, -1)] + [5250.0]


@pytest.mark.parametrize("whose", ["mine", "another's"])
def test_the_line_begins_a_day_after_the_last_payment_of_anybody(whose: str) -> None:
    """Money that is entered under a day may arrive at any hour of it."""
    recent = "2025-11-25T12:00:00Z"  # the register is of 18:00 on the 26th
    own = recent if whose == "mine" else "2024-03-05"
    seen = shown(entry(own, 4000.0, 100.0), other="2024-01-01" if whose == "mine" else recent)

    assert len(seen.data["my_log"]["usd"]) == 7


def test_values_after_payments_are_units_at_the_price_that_was_paid() -> None:
    seen = shown(entry("2024-03-05", 4000.0, 80.0), entry("2024-09-05", 1200.0, 20.0))

    assert seen.data["my_value"]["usd"] == [4000.0, 6000.0, 5250.0]


def test_units_that_do_not_add_up_give_no_earlier_values() -> None:
    seen = shown(entry("2024-03-05", 4000.0, 80.0))

    assert seen.data["my_value"]["usd"] == [5250.0]
    assert "add up to 80, the register says 100" in seen.text


def test_a_fee_is_no_payment_to_the_holder() -> None:
    fee = entry("2025-03-05", 50.0, 1.0, type="performance_fee")
    seen = shown(entry("2024-03-05", 4000.0, 101.0), fee)

    assert {name: seen.metrics[name].value for name in ("paid_in", "fees", "gain")} == {
        "paid_in": "4000.0", "fees": "50.0", "gain": "1250.0",
    }  # fmt: skip
    assert "paid_out" not in seen.metrics
    assert seen.table["kind"].tolist() == ["paid in", "fee"]


def test_a_fee_without_an_amount_says_that_its_sum_is_unknown() -> None:
    fee = {"ts": "2025-03-05", "units": 1.0, "kind": "fee"}
    seen = shown(entry("2024-03-05", 4000.0, 101.0), fee)

    assert seen.metrics["fees"].text.startswith("–")
    assert "1 of 1 fees cannot be read" in seen.text
    assert seen.metrics["gain"].value == "1250.0"


def test_what_was_paid_out_stands_beside_what_was_paid_in() -> None:
    seen = shown(entry("2024-03-05", 4000.0, 120.0), entry("2024-09-05", -800.0, -20.0))

    names = ("paid_in", "paid_out", "net_paid_in", "gain", "gain_pct")
    assert [seen.metrics[name].value for name in names] == [
        "4000.0", "800.0", "3200.0", "2050.0", "0.5125",
    ]  # fmt: skip
    assert "Gain, of all paid in" in seen.text


def test_a_log_of_zeros_is_no_history() -> None:
    document = register({**row("ada", 10.0), "flows": [entry("2024-03-05", 100.0, 10.0)]})
    zeros = [{"t": NOW - 60, "nav": 0.0}]
    raw: dict[Feed[Any], Any] = {INVESTORS: document, NAV: NAV.example, NAV_LOG: zeros}

    assert len(render(PAGE, snapshot(raw), Viewer("ada")).data["my_log"]["usd"]) == 1
