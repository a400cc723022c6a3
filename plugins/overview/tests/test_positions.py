from __future__ import annotations

from typing import Any

import pytest

from muntin import MalformedFeed, Presence
from muntin_overview import POSITIONS, POSITIONS_STATE
from muntin_overview.positions import Position

TIME = 1764188088.0


def only(row: Any, name: str = "rows") -> Position:
    (position,) = POSITIONS.read({name: [row], "updated": TIME}).rows
    return position


@pytest.mark.parametrize("name", ["rows", "items", "positions"])
def test_rows_are_found_under_any_name(name: str) -> None:
    assert only({"symbol": "BTCUSDT", "qty": 1}, name).symbol.path == f"{name}[0].symbol"


def test_f61_rows_may_be_an_object_by_symbol() -> None:
    found = POSITIONS.read({"positions": {"a": {"symbol": "BTCUSDT", "qty": 1}}})

    assert [row.symbol.value for row in found.rows] == ["BTCUSDT"]


def test_an_empty_list_beside_a_full_one_is_passed_over() -> None:
    assert len(POSITIONS.read({"rows": [], "items": [{"symbol": "A", "qty": 1}]}).rows) == 1


def test_f25_a_document_without_a_list_is_malformed() -> None:
    """Malformed is not flat."""
    with pytest.raises(MalformedFeed):
        POSITIONS.read({"updated": TIME})


def test_an_empty_list_has_no_rows() -> None:
    assert POSITIONS.read({"rows": [], "updated": TIME}).rows == ()


@pytest.mark.parametrize(
    "keys",
    [
        ("qty", "entryPrice", "markPrice", "unrealized"),
        ("qty", "entry_price", "mark_price", "pnl"),
        ("qty", "entry_price", "mark_price", "unrealized_pnl"),
        ("size", "entry", "mark", "pnl_usd"),
        ("positionAmt", "entryPrice", "markPrice", "unrealizedProfit"),
        ("qty", "entryPrice", "markPrice", "uPnl"),
    ],
)
def test_f58_camel_case_and_snake_case_are_read_alike(keys: tuple[str, ...]) -> None:
    """A key in another style is no zero."""
    row = dict(zip(keys, (2.0, 100.0, 110.0, 20.0), strict=True))

    found = only({"symbol": "BTCUSDT", **row})

    assert (found.qty.value, found.entry.value, found.mark.value) == (2.0, 100.0, 110.0)
    assert (found.upnl.value, found.upnl.path) == (20.0, f"rows[0].{keys[3]}")


def test_f58_zero_prices_beside_a_quantity_are_invalid_and_so_is_their_pnl() -> None:
    row = {
        "symbol": "A",
        "qty": 1,
        "entry_price": 0.0,
        "mark_price": 0.0,
        "pnl": 0.0,
        "notional": 0.0,
    }

    found = POSITIONS_STATE.read({"items": [row, row]})

    assert found.zeroed
    for field in (found.rows[0].entry, found.rows[0].mark, found.rows[0].upnl):
        assert field.presence is Presence.INVALID
    assert found.rows[0].notional.value is None


def test_f58_one_good_price_tells_that_prices_are_filled_in() -> None:
    good = {"symbol": "B", "qty": 1, "entry_price": 5.0, "mark_price": 0.0, "pnl": 0.0}
    bad = {"symbol": "A", "qty": 1, "entry_price": 0.0, "mark_price": 0.0, "pnl": 0.0}

    found = POSITIONS_STATE.read({"items": [good, bad]})

    assert not found.zeroed
    assert [row.upnl.value for row in found.rows] == [0.0, None]


def test_rows_of_quantity_zero_are_dropped_and_counted() -> None:
    found = POSITIONS.read({"rows": [{"symbol": "A", "qty": "0.000"}, {"symbol": "B", "qty": 1}]})

    assert [row.symbol.value for row in found.rows] == ["B"]
    assert found.closed == 1


@pytest.mark.parametrize("qty", [None, "abc", True, float("nan")])
def test_f26_a_row_of_unknown_quantity_stays_with_a_dash(qty: Any) -> None:
    assert only({"symbol": "A", "qty": qty}).qty.value is None


@pytest.mark.parametrize("row", [None, 5, "x", []])
def test_rows_that_are_no_objects_are_counted(row: Any) -> None:
    found = POSITIONS.read({"rows": [row, {"symbol": "A", "qty": 1}]})

    assert (len(found.rows), found.rejected) == (1, 1)


@pytest.mark.parametrize(
    ("said", "qty", "side"),
    [
        ({"side": "LONG"}, 1, "LONG"),
        ({"positionSide": "short"}, 1, "SHORT"),
        ({"side": "BUY"}, 1, "LONG"),
        ({"side": "Sell"}, -1, "SHORT"),
        ({"positionSide": "BOTH"}, 1, "LONG"),
        ({"positionSide": "BOTH"}, -1, "SHORT"),
        ({}, -1, "SHORT"),
        ({"side": "HEDGE"}, 1, "HEDGE"),
        ({"side": 5}, 1, None),
        ({}, None, None),
    ],
)
def test_f63_side_is_read_in_any_case_and_else_from_the_sign(
    said: dict[str, Any], qty: Any, side: str | None
) -> None:
    assert only({"symbol": "A", "qty": qty, **said}).side.value == side


def test_quantity_has_no_sign_and_says_so() -> None:
    found = only({"symbol": "A", "side": "SHORT", "qty": -0.42})

    assert (found.qty.value, found.qty.path) == (0.42, "rows[0].qty")
    assert found.qty.formula


def test_a_long_of_negative_quantity_is_marked() -> None:
    assert only({"symbol": "A", "side": "LONG", "qty": -1}).contradicts
    assert not only({"symbol": "A", "side": "SHORT", "qty": 1}).contradicts


def test_f76_f77_numbers_may_be_texts() -> None:
    found = only(
        {"symbol": "A", "qty": "9.5", "markPrice": "1,141.86", "unrealized": "\u221212.73"}
    )

    assert (found.qty.value, found.mark.value, found.upnl.value) == (9.5, 1141.86, -12.73)


def test_notional_is_worked_out_where_it_is_not_published() -> None:
    found = only({"symbol": "A", "qty": -2, "markPrice": 5.0})

    assert (found.notional.value, found.notional.unit) == (10.0, "usd")
    assert found.notional.formula == "qty × mark"


def test_a_published_notional_loses_its_sign() -> None:
    assert only({"symbol": "A", "qty": -2, "notional": -10.5}).notional.value == 10.5


def test_f21_a_upnl_of_zero_with_prices_is_a_value() -> None:
    assert (
        only({"symbol": "A", "qty": 1, "markPrice": 5, "entryPrice": 5, "pnl": 0}).upnl.value == 0
    )


def test_a_zero_notional_beside_no_price_is_invalid() -> None:
    found = only({"symbol": "A", "qty": 1, "notional": 0.0})

    assert found.notional.presence is Presence.INVALID
