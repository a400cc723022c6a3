from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed
from muntin_intel import EXPECTANCY

TITLE = "Hours of the day"


def doc(**hours: tuple[float, float | None]) -> dict[str, Any]:
    made = {
        key.removeprefix("h"): {"count": count, "hit_rate": 0.5, "expectancy": value}
        for key, (count, value) in hours.items()
    }
    return {"symbols": {}, "hours": made, "lookback_hours": 48.0, "updated_ts": 1764187698.0}


def test_f45_best_and_worst_hour_only_of_hours_with_trades_enough(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    """The example's hour 20 is the worst by far, on six trades."""
    examples[EXPECTANCY]["hours"]["20"]["expectancy"] = -99.0
    shown = show(examples, TITLE)

    assert shown.metrics["best_hour"].text == "+1.00"
    assert "at 09:00–10:00 UTC, n 34" in shown.text
    assert shown.metrics["worst_hour"].text == "−0.50"
    assert "at 14:00–15:00 UTC, n 41" in shown.text


def test_f45_without_a_sample_no_hour_is_best(show: Any) -> None:
    shown = show({EXPECTANCY: doc(h9=(12, 4.0), h20=(29, -3.0))}, TITLE)

    assert "best_hour" not in shown.metrics
    assert "No hour has 30 trades (most: 29 at 20:00)" in shown.text


def test_one_hour_alone_is_neither_best_nor_worst(show: Any) -> None:
    shown = show({EXPECTANCY: doc(h9=(40, 4.0), h20=(2, -3.0))}, TITLE)

    assert "best_hour" not in shown.metrics
    assert "Only one hour has 30 trades" in shown.text


def test_an_hour_that_ends_at_midnight_ends_at_zero(show: Any) -> None:
    shown = show({EXPECTANCY: doc(h23=(40, 4.0), h1=(40, 1.0))}, TITLE)

    assert "at 23:00–00:00 UTC" in shown.text


def test_strip_and_table_say_the_same_for_every_hour(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(examples, TITLE)
    strip = next(data for data in shown.data.values() if "hour" in data)
    by_hour = dict(zip(strip["hour"], strip["text"], strict=True))
    cells = {
        row[f"hour_{side}"].text: row[f"expectancy_{side}"].text
        for row in shown.cells
        for side in ("am", "pm")
        if row[f"hour_{side}"].text
    }

    assert len(by_hour) == 24
    assert cells == {"09:00": "+1.00", "14:00": "−0.50", "20:00": "−0.50"}
    assert cells == {hour[:5]: text for hour, text in by_hour.items() if text != "–"}


def test_a_full_day_stands_in_two_halves(show: Any) -> None:
    shown = show({EXPECTANCY: doc(**{f"h{hour}": (40, 1.0) for hour in range(24)})}, TITLE)

    assert [row["hour_am"].text for row in shown.cells] == [f"{h:02d}:00" for h in range(12)]
    assert [row["hour_pm"].text for row in shown.cells] == [f"{h:02d}:00" for h in range(12, 24)]
    assert "no closed trade" not in shown.text


def test_f15_hours_are_named_utc(show: Any, examples: dict[Feed[Any], Any]) -> None:
    assert "UTC" in show(examples, TITLE).text


@pytest.mark.parametrize("key", ["24", "-1", "noon", "1.5", "²", "007"])
def test_keys_that_are_no_hours_are_counted(key: str, show: Any) -> None:
    raw = doc(h9=(40, 1.0))
    raw["hours"][key] = raw["hours"]["9"]
    shown = show({EXPECTANCY: raw}, TITLE)

    assert list(EXPECTANCY.read(raw).hours) == [9]
    assert "Left out: 1 hours" in shown.text


def test_an_hour_written_twice_counts_once() -> None:
    raw = doc(h9=(40, 1.0), h09=(50, 2.0))
    found = EXPECTANCY.read(raw)

    assert (found.hours[9].count.value, found.rejected["hours"]) == (40, 1)


def test_f95_without_hours_the_panel_is_one_line(show: Any) -> None:
    shown = show({EXPECTANCY: doc()}, TITLE)

    assert shown.text == "No closed trades by hour in the last 48 h."


def test_an_hour_without_a_value_is_not_drawn(show: Any) -> None:
    shown = show({EXPECTANCY: doc(h9=(40, None))}, TITLE)

    assert shown.data == {}
    assert shown.cells[0]["expectancy_am"].text == "–"
    assert shown.cells[0]["n_am"].text == "40"
