"""The exposure: gross, net, as parts of the NAV, and on what margin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin.testing import snapshot
from muntin_overview import NAV, POSITIONS_STATE

TITLE = "Exposure"
ROWS: list[dict[str, Any]] = [
    {"symbol": "BTCUSDT", "side": "LONG", "qty": 0.02, "mark": 90000.0, "leverage": 4},
    {"symbol": "ETHUSDT", "side": "SHORT", "qty": -0.5, "mark": 3000.0, "leverage": 3},
]
See = Callable[..., Any]


def docs(rows: list[dict[str, Any]], **nav: Any) -> Any:
    return {
        POSITIONS_STATE: {"items": rows, "updated_at": 1764188088.0},
        NAV: {**NAV.example, **nav},
    }


def test_gross_and_net_are_money_and_parts_of_the_nav(see: See) -> None:
    seen = see(TITLE, docs(ROWS))

    assert seen.metric("gross_exposure") == "3,300.00"
    assert seen.metric("net_exposure") == "+300.00"
    assert seen.metric("gross_exposure_pct") == "31.4\u00a0%"
    assert seen.metric("net_exposure_pct") == "+2.9\u00a0%"


def test_margin_follows_from_the_leverage_of_every_position(see: See) -> None:
    seen = see(TITLE, docs(ROWS))

    assert seen.metric("margin_used") == "950.00"
    assert seen.metric("leverage") == "3.47\u00a0×"


def test_without_the_leverage_of_one_there_is_no_margin(see: See) -> None:
    rows = [ROWS[0], {key: value for key, value in ROWS[1].items() if key != "leverage"}]

    assert "margin_used" not in see(TITLE, docs(rows)).metrics


def test_a_position_without_a_price_is_named_and_not_counted(see: See) -> None:
    rows = [ROWS[0], {**ROWS[1], "mark": None}]
    seen = see(TITLE, docs(rows))

    assert seen.metric("gross_exposure") == "1,800.00"
    assert seen.notes == ["Without a notional or a side, and not counted: ETHUSDT."]


def test_without_a_nav_the_parts_are_unknown(see: See) -> None:
    seen = see(TITLE, {POSITIONS_STATE: {"items": ROWS, "updated_at": 1764188088.0}})

    assert seen.metric("gross_exposure") == "3,300.00"
    assert seen.metric("gross_exposure_pct") == "–"


def test_no_positions_are_no_exposure(see: See) -> None:
    assert see(TITLE, docs([])).notes == ["No open positions, so no exposure."]


@pytest.mark.parametrize("age", [None, 3600])
def test_the_exposure_of_old_or_missing_positions_is_unknown(see: See, age: float | None) -> None:
    state = snapshot() if age is None else snapshot(POSITIONS_STATE, age=age)

    assert see(TITLE, state).notes[0].startswith("Exposure unknown: positions_state.json: ")
