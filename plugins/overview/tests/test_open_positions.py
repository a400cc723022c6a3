from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from muntin import Status
from muntin.testing import reading
from muntin_overview import NAV, POSITIONS, POSITIONS_STATE

See = Callable[..., Any]
TITLE = "Positions"
TIME = 1764188088.0
NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)
FLAT = {"rows": [], "updated": TIME}


def rows(*found: dict[str, Any], updated: Any = TIME) -> dict[str, Any]:
    return {"items": list(found), "updated_at": updated}


def test_the_table_shows_what_is_open(see: See) -> None:
    seen = see(TITLE, {POSITIONS_STATE: POSITIONS_STATE.example})

    assert seen.rows[1] == {
        "symbol": "ETHUSDT",
        "side": "SHORT",
        "qty": "0.5",
        "entry": "3,000.00",
        "mark": "3,010.00",
        "notional": "1,505.00",
        "upnl": "\u22125.00",
    }
    metric = seen.metrics["positions_upnl"]
    assert (metric.label, seen.metric("positions_upnl")) == ("2 open · uPnL", "+15.00")
    assert metric.field.formula


def test_a_side_is_a_word_with_a_shape_and_neither_good_nor_bad(see: See) -> None:
    (table,) = see(TITLE, {POSITIONS_STATE: POSITIONS_STATE.example}).tables

    assert [(row.cells[1].text, row.cells[1].tone) for row in table.rows] == [
        ("▲ LONG", "none"),
        ("▼ SHORT", "none"),
    ]


def test_f83_numeric_columns_hold_numbers(see: See) -> None:
    """Sorted as texts, 9 would stand above 1,000."""
    (table,) = see(TITLE, {POSITIONS_STATE: POSITIONS_STATE.example}).tables

    for at, column in enumerate(table.columns):
        if column.numeric:
            assert all(isinstance(row.cells[at].field.value, float) for row in table.rows)


def test_f80_a_missing_upnl_is_a_dash_and_the_sum_is_partial(see: See) -> None:
    seen = see(
        TITLE,
        {
            POSITIONS_STATE: rows(
                {"symbol": "A", "qty": 1, "pnl": None},
                {"symbol": "B", "qty": 1, "pnl": 4.0},
            )
        },
    )

    assert seen.rows[0]["upnl"] == "–"
    assert seen.metric("positions_upnl") == "+4.00"
    assert seen.metrics["positions_upnl"].note == "1 of 2 positions have a uPnL"


def test_flat_is_said_with_its_time_and_source(see: See) -> None:
    seen = see(TITLE, {POSITIONS: FLAT, NAV: NAV.example})

    assert seen.notes == ["No open positions as of 20:14:48 UTC, 26 Nov 2025 (positions.json)."]


def test_flat_may_be_a_list_of_closed_rows(see: See) -> None:
    seen = see(TITLE, {POSITIONS: {"rows": [{"symbol": "A", "qty": 0}], "updated": TIME}})

    assert seen.notes[0].startswith("No open positions")


@pytest.mark.parametrize(
    "docs",
    [
        {},
        {POSITIONS: {}},
        {POSITIONS: {"foo": 1}},
        {POSITIONS: {**FLAT, "updated": TIME - 3600}},
        {POSITIONS: {"rows": []}},
        {POSITIONS: {"rows": [5], "updated": TIME}},
        {POSITIONS: reading(POSITIONS, Status.UNREADABLE, FLAT, kept=True)},
        {POSITIONS: FLAT, NAV: {"nav": 0, "nav_detail": {"source": "unavailable"}}},
        {POSITIONS_STATE: rows(), NAV: {"nav": 5, "updated_ts": TIME - 3600}},
    ],
    ids=[
        "missing",
        "empty",
        "malformed",
        "stale",
        "undated",
        "no row readable",
        "unreadable",
        "exchange down",
        "producer silent",
    ],
)
def test_f23_flat_that_cannot_be_believed_is_unknown(see: See, docs: dict[Any, Any]) -> None:
    """An exchange error leaves an empty list as well: unknown is not flat."""
    seen = see(TITLE, docs)

    assert seen.notes[0].startswith("Positions unknown")
    assert not any("No open positions" in note for note in seen.notes)


def test_positions_state_is_preferred(see: See) -> None:
    seen = see(TITLE, {POSITIONS: POSITIONS.example, POSITIONS_STATE: POSITIONS_STATE.example})

    assert seen.metrics["positions_upnl"].field.feed == "positions_state"
    assert seen.notes == []


def test_f58_a_document_of_zero_prices_gives_way(see: See) -> None:
    """For days every price in it was 0; the other document has them."""
    zeroed = rows({"symbol": "BTCUSDT", "qty": 1, "entry_price": 0, "mark_price": 0, "pnl": 0})

    seen = see(TITLE, {POSITIONS: POSITIONS.example, POSITIONS_STATE: zeroed})

    assert seen.metrics["positions_upnl"].field.feed == "positions"
    assert "because positions_state.json holds no prices" in seen.notes[0]


def test_f58_zero_prices_alone_are_dashes(see: See) -> None:
    zeroed = rows({"symbol": "BTCUSDT", "qty": 1, "entry_price": 0, "mark_price": 0, "pnl": 0})

    seen = see(TITLE, {POSITIONS_STATE: zeroed})

    (row,) = seen.rows
    assert (row["entry"], row["mark"], row["upnl"], row["qty"]) == ("–", "–", "–", "1")
    assert seen.metric("positions_upnl") == "–"
    assert "prices and uPnL are unknown" in seen.notes[0]


def test_a_stale_document_gives_way_to_a_current_one(see: See) -> None:
    stale = {**POSITIONS_STATE.example, "updated_at": TIME - 3600}

    seen = see(TITLE, {POSITIONS: POSITIONS.example, POSITIONS_STATE: stale})

    assert seen.notes == ["Read from positions.json, because positions_state.json is stale."]


def test_stale_positions_are_the_last_known_ones(see: See) -> None:
    stale = {**POSITIONS_STATE.example, "updated_at": TIME - 3600}

    seen = see(TITLE, {POSITIONS_STATE: stale})

    assert seen.notes == ["Last known positions: positions_state.json is stale."]
    assert len(seen.rows) == 2


def test_documents_that_disagree_are_both_named(see: See) -> None:
    seen = see(TITLE, {POSITIONS: FLAT, POSITIONS_STATE: POSITIONS_STATE.example})

    assert "positions_state.json has 2 open" in seen.notes[0]
    assert "positions.json has 0" in seen.notes[0]


def test_small_prices_keep_their_digits(see: See) -> None:
    seen = see(TITLE, {POSITIONS_STATE: rows({"symbol": "A", "qty": 1, "mark": 0.0812})})

    assert seen.rows[0]["mark"] == "0.08120"


def test_two_rows_of_one_symbol_and_side_stay_two(see: See) -> None:
    row = {"symbol": "A", "side": "LONG", "qty": 1}

    (table,) = see(TITLE, {POSITIONS_STATE: rows(row, row)}).tables

    assert len({row.key for row in table.rows}) == 2


def test_contradictions_and_unreadable_rows_are_named(see: See) -> None:
    found = {"items": [{"symbol": "A", "side": "LONG", "qty": -1}, 7], "updated_at": TIME}

    notes = see(TITLE, {POSITIONS_STATE: found}).notes

    assert notes == [
        "Rows that cannot be read: 1.",
        "Side and sign of the quantity contradict each other: A.",
    ]


def test_an_unknown_side_is_shown_as_it_is_and_neutral(see: See) -> None:
    (table,) = see(
        TITLE, {POSITIONS_STATE: rows({"symbol": "A", "side": "HEDGE", "qty": 1})}
    ).tables

    cell = table.rows[0].cells[1]
    assert (cell.field.value, cell.tone) == ("HEDGE", "")  # not in any vocabulary
