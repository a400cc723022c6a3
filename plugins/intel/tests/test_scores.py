from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed, MalformedFeed
from muntin.testing import snapshot
from muntin_intel import EXPECTANCY, SCORES

TITLE = "Symbol scores"
ZERO = dict.fromkeys(
    ("expectancy", "router", "slippage_penalty", "fee_drag_penalty", "volatility_penalty"), 0.0
)


def row(symbol: str, score: Any, **components: Any) -> dict[str, Any]:
    return {"symbol": symbol, "score": score, "components": {**ZERO, **components}}


def doc(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"updated_ts": 1764187698.0, "symbols": list(rows), **more}


def test_each_score_is_the_sum_of_its_five_parts() -> None:
    for one in SCORES.read(SCORES.example).rows:
        assert sum(part.value or 0.0 for part in one.parts) == pytest.approx(one.score.value)
        assert not one.contradicts


def test_penalties_count_against_the_score(show: Any, examples: dict[Feed[Any], Any]) -> None:
    cells = show(examples, TITLE).cells[0]

    assert [cell.text for cell in cells.values()] == [
        "BTCUSDT",
        "0.543",
        "+0.330",
        "+0.262",
        "−0.040",
        "−0.010",
        "0.000",
    ]
    assert cells["slippage_penalty"].path == "symbols[0].components.slippage_penalty"


def test_a_score_that_is_not_the_sum_of_its_parts_is_named(show: Any) -> None:
    shown = show({SCORES: doc(row("ODDUSDT", 0.9, expectancy=0.2))}, TITLE)

    assert "The parts do not add up to the score: ODDUSDT." in shown.text


def test_a_score_kept_at_zero_does_not_contradict_its_parts() -> None:
    found = SCORES.read(doc(row("A", 0.0, slippage_penalty=0.4)))

    assert not found.rows[0].contradicts


def test_f80_best_first_and_a_missing_score_last(show: Any) -> None:
    rows = [row("A", None), row("B", 0.2), row("C", "bad"), row("D", 0.9), row("E", 0.0)]
    shown = show({SCORES: doc(*rows)}, TITLE)

    assert [cells["symbol"].text for cells in shown.cells] == ["D", "B", "E", "A", "C"]
    assert shown.cells[-1]["score"].text == "–"


def test_f83_cells_hold_numbers(show: Any, examples: dict[Feed[Any], Any]) -> None:
    """A table of texts would sort 9 above 1,000."""
    for cells in show(examples, TITLE).cells:
        assert all(
            float(cell.value or 0) is not None for name, cell in cells.items() if name != "symbol"
        )


def test_the_table_ends_after_fifty(show: Any) -> None:
    rows = [row(f"S{n:03d}", n / 100) for n in range(73)]
    shown = show({SCORES: doc(*rows)}, TITLE)

    assert len(shown.cells) == 50
    assert shown.cells[0]["symbol"].text == "S072"
    assert "The best 50 of 73 symbols." in shown.text


def test_f61_symbols_as_an_object(show: Any) -> None:
    listed = [row("A", 0.9, router=0.4), row("B", 0.2)]
    as_object = {one["symbol"]: {k: v for k, v in one.items() if k != "symbol"} for one in listed}

    one = show({SCORES: doc(*listed)}, TITLE)
    other = show({SCORES: {**doc(), "symbols": as_object}}, TITLE)

    assert one.table.equals(other.table)


@pytest.mark.parametrize("wrong", [None, 5, "BTC", True])
def test_f25_symbols_of_another_kind_are_malformed(wrong: Any) -> None:
    with pytest.raises(MalformedFeed, match="list of symbols"):
        SCORES.read({"symbols": wrong, "updated_ts": 1764187698.0})


def test_f25_a_cold_start_says_so(show: Any) -> None:
    """An empty list is there by design: it is neither missing nor broken."""
    shown = show({SCORES: doc()}, TITLE)

    assert "No scores yet" in shown.text
    assert "first ten minutes after a start" in shown.text
    assert shown.cells == []
    assert shown.data == {}


def test_f25_intel_switched_off_is_said(show: Any) -> None:
    shown = show({SCORES: doc(intel_enabled=False)}, TITLE)

    assert "intel is switched off" in shown.text


def test_f25_unreadable_rows_are_no_cold_start(show: Any) -> None:
    shown = show({SCORES: doc(1, {"score": 0.5})}, TITLE)

    assert "No scores yet" not in shown.text
    assert "Left out: 2 rows" in shown.text


def test_symbols_in_one_document_only_are_rows_and_are_named(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(examples, TITLE)

    assert [cells["symbol"].text for cells in shown.cells][-1] == "LINKUSDT"
    assert shown.cells[-1]["score"].text == "–"
    assert "In expectancy_v6.json but without a score: LINKUSDT." in shown.text
    assert "no closed trade, so scored with a neutral expectancy: DOGEUSDT." in shown.text


def test_without_the_expectancy_document_nothing_is_called_untraded(show: Any) -> None:
    shown = show({SCORES: doc(row("A", 0.5))}, TITLE)

    assert "not in expectancy_v6.json" not in shown.text
    assert "expectancy_v6.json: never seen" in shown.text


def test_f45_symbols_scored_on_few_trades_are_greyed_and_named(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    examples[EXPECTANCY]["symbols"]["ETHUSDT"]["count"] = 7
    shown = show(examples, TITLE)

    assert "fewer than 30 trades: ETHUSDT." in shown.text
    assert 'class="muted" title="immature: 7 of 30 trades"' in shown.html


def test_f38_a_bounded_score_out_of_bounds_is_invalid(show: Any) -> None:
    shown = show({SCORES: doc(row("A", 37.0))}, TITLE)

    assert shown.cells[0]["score"].text == "–"
    assert shown.cells[0]["score"].status == "malformed"


def test_the_bars_are_signed_and_say_what_the_table_says(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(examples, TITLE)
    (bars,) = shown.data.values()
    values = dict(zip(zip(bars["Symbol"], bars["Part"], strict=True), bars["text"], strict=True))

    for cells in shown.cells[:3]:
        symbol = cells["symbol"].text
        assert values[symbol, "Expectancy"] == cells["expectancy"].text
        assert values[symbol, "Slippage"] == cells["slippage_penalty"].text


def test_f12_an_old_document_is_named_in_each_panel_that_shows_it(show: Any) -> None:
    for age, said in ((600, False), (1300, False), (3600, True)):
        shown = show(snapshot(SCORES, age=age), TITLE)
        assert ("symbol_scores_v6.json: too old to be current" in shown.text) is said
