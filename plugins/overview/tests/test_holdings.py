from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin_overview import NAV

See = Callable[..., Any]
TITLE = "AUM by holding"


def aum(**changes: Any) -> dict[Any, Any]:
    return {NAV: {**NAV.example, "aum": {**NAV.example["aum"], **changes}}}


def test_table_and_ring_show_the_same_figures(see: See) -> None:
    seen = see(TITLE, aum())

    assert [list(row.values())[:4] for row in seen.rows] == [
        ["Futures", "10,500.00", "61.8\u00a0%", "–"],
        ["BTC", "4,500.00", "26.5\u00a0%", "0.05"],
        ["XAUT", "2,000.00", "11.8\u00a0%", "0.5"],
    ]
    (chart,) = seen.charts
    assert chart.data["aum_slices"]["usd"] == [row["usd"] for row in seen.rows]
    assert chart.data["aum_slices"]["color"] == [row.cells[0].swatch for row in seen.tables[0].rows]


def test_a_published_cost_gives_the_profit_against_it(see: See) -> None:
    rows = see(TITLE, aum()).rows

    assert [(row["avg_cost"], row["profit"]) for row in rows] == [
        ("–", "–"),
        ("80,000.00", "+500.00"),
        ("3,900.00", "+50.00"),
    ]


def test_without_a_cost_there_is_no_column_of_it(see: See) -> None:
    seen = see(TITLE, aum(offexchange={"BTC": {"qty": 0.05, "usd_value": 4500.0}}))

    assert "profit" not in seen.rows[0]


def test_a_holding_that_may_be_valued_at_cost_has_no_profit(see: See) -> None:
    held = {"GOLD": {"qty": 2, "avg_cost": 50.0, "mark": 50.0, "usd_value": 100.0}}

    assert see(TITLE, aum(offexchange=held)).rows[1]["profit"] == "–"


def test_excluded_holdings_stand_below_with_the_reason_in_words(see: See) -> None:
    held = {"XAUT": {"qty": 2, "usd_value": None}, "DEBT": {"qty": -1, "usd_value": -5.0}}

    seen = see(TITLE, aum(offexchange=held, total=10495.0))

    assert seen.rows[1:] == [
        {"holding": "XAUT (unpriced)", "usd": "–", "share": "–", "quantity": "2"},
        {"holding": "DEBT (negative)", "usd": "\u22125.00", "share": "–", "quantity": "\u22121"},
    ]
    assert [row.muted for row in seen.tables[0].rows] == ["", "unpriced", "negative"]


def test_zero_shows_words_and_no_ring(see: See) -> None:
    seen = see(TITLE, aum(futures=0.0, offexchange={}, total=0.0))

    assert seen.charts == []
    assert "zero as of 20:14:48 UTC" in seen.notes[0]


def test_f25_each_way_to_have_nothing_has_its_words(see: See) -> None:
    """Never seen, not reported and nothing above zero are three things."""
    notes = [
        see(TITLE).notes[0],
        see(TITLE, {NAV: {"nav": 5.0}}).notes[0],
        see(TITLE, {NAV: {}}).notes[0],
        see(TITLE, aum(futures=-1.0, offexchange={}, total=None)).notes[0],
    ]

    assert len(set(notes)) == 4
    assert "never seen" in notes[0]
    assert "published nothing" in notes[2]


def test_a_missing_total_gives_way_to_the_sum_and_says_so(see: See) -> None:
    seen = see(TITLE, aum(total=None))

    assert seen.charts[0].centre[0] == "17,000"
    assert "The producer published no total." in seen.notes


def test_f84_rows_of_colliding_labels_have_keys_of_their_own(see: See) -> None:
    held = {name: {"usd_value": 1.0} for name in ("Futures", "btc", "BTC", "b" * 50, "b" * 60)}

    (table,) = see(TITLE, aum(offexchange=held)).tables

    assert len({row.key for row in table.rows}) == 6


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{x}}", "@value", "\ud800", "\x00"])
def test_f85_a_hostile_label_is_text_in_a_field(see: See, name: str) -> None:
    """Components hold values; only core makes markup, and it escapes them."""
    seen = see(TITLE, aum(offexchange={name: {"usd_value": 1.0}}))

    field = seen.tables[0].rows[1].cells[0].field
    assert field.value == (name if name.strip() else "(no name)")
    assert field.feed == "nav"
