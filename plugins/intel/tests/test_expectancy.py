from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed, MalformedFeed
from muntin.testing import snapshot
from muntin_intel import EXPECTANCY, SCORES

TITLE = "Expectancy"
GROUP = {
    "count": 40,
    "hit_rate": 0.6,
    "avg_return": 1.8,
    "avg_win": 4.0,
    "avg_loss": -1.5,
    "expectancy": 1.8,
    "max_drawdown": 6.5,
}


def doc(symbols: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "symbols": {} if symbols is None else symbols,
        "hours": {},
        "regimes": {},
        "sample_count": 40,
        "lookback_hours": 48.0,
        "updated_ts": 1764187698.0,
        **more,
    }


def test_f38_a_loss_is_shown_in_usd_with_its_sign(show: Any) -> None:
    losing = {**GROUP, "expectancy": -2.1}
    shown = show({EXPECTANCY: doc({"A": losing, "B": {**GROUP, "expectancy": 3.7}})}, TITLE)

    assert [cells["expectancy"].text for cells in shown.cells] == ["+3.70", "−2.10"]
    assert "Money in USD" in shown.text


def test_f78_average_loss_keeps_its_minus(show: Any) -> None:
    shown = show({EXPECTANCY: doc({"A": GROUP})}, TITLE)

    assert shown.cells[0]["avg_loss"].text == "−1.50"


def test_f45_every_figure_stands_beside_its_sample(show: Any) -> None:
    shown = show({EXPECTANCY: doc({"A": {**GROUP, "count": 11, "hit_rate": 7 / 11}})}, TITLE)

    assert (shown.cells[0]["n"].text, shown.cells[0]["hit_rate"].text) == ("11", "63.6\u00a0%")
    assert "Greyed as immature, fewer than 30 trades: A (n 11)." in shown.text
    assert 'title="immature: 11 of 30 trades"' in shown.html


def test_f45_one_win_is_not_a_rate_of_a_hundred_per_cent(show: Any) -> None:
    one = {**GROUP, "count": 1, "hit_rate": 1.0, "expectancy": 4.1, "avg_loss": 0.0}
    none = {"count": 3, "hit_rate": None, "expectancy": 0.0, "is_mature": False}
    shown = show({EXPECTANCY: doc({"BTCUSDT": one, "ETHUSDT": none})}, TITLE)

    assert "100.0" not in shown.text
    assert [cells["expectancy"].text for cells in shown.cells] == ["+4.10", "not measured"]
    assert "BTCUSDT (n 1), ETHUSDT (n 3)" in shown.text


def test_f46_nothing_is_estimated_from_count_and_average(show: Any) -> None:
    """40 trades at 1.80 are not shown as a PnL of 72."""
    assert "72.0" not in show({EXPECTANCY: doc({"A": GROUP})}, TITLE).text


@pytest.mark.parametrize("key", ["symbols", "hours", "regimes"])
def test_f61_each_group_may_be_a_list(key: str, show: Any) -> None:
    name, title = {
        "symbols": ("symbol", TITLE),
        "hours": ("hour", "Hours of the day"),
        "regimes": ("regime", "Regimes"),
    }[key]
    entries = {"9": GROUP} if key == "hours" else {"A": GROUP, "B": {**GROUP, "count": 3}}
    rows = [{name: entry, **group} for entry, group in entries.items()]

    one = show({EXPECTANCY: doc(**{key: entries})}, title)
    other = show({EXPECTANCY: doc(**{key: rows})}, title)

    assert one.table.equals(other.table)


def test_f60_figures_under_names_nobody_writes_are_not_invented(show: Any) -> None:
    shown = show({EXPECTANCY: doc({"A": {"win_rate": 0.9, "n_trades": 50, "sharpe": 2.0}})}, TITLE)

    assert all(cell.text == "–" for name, cell in shown.cells[0].items() if name != "symbol")
    assert "A (n unknown)" in shown.text


def test_f80_best_first_and_unknown_last(show: Any) -> None:
    symbols = {"A": {**GROUP, "expectancy": None}, "B": {**GROUP, "expectancy": -1.0}, "C": GROUP}
    shown = show({EXPECTANCY: doc(symbols)}, TITLE)

    assert [cells["symbol"].text for cells in shown.cells] == ["C", "B", "A"]


def test_symbols_with_a_score_only_are_rows_and_are_named(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(examples, TITLE)

    assert [cells["symbol"].text for cells in shown.cells] == [
        "BTCUSDT",
        "LINKUSDT",
        "ETHUSDT",
        "DOGEUSDT",
    ]
    assert "Scored, but without a closed trade in the last 48 h: DOGEUSDT." in shown.text


def test_the_window_and_the_sample_are_said(show: Any, examples: dict[Feed[Any], Any]) -> None:
    shown = show(examples, TITLE)

    assert shown.metrics["expectancy_trades"].text == "81"
    assert shown.metrics["expectancy_window"].text == "48 h"


def test_f25_no_trades_is_no_outage(show: Any) -> None:
    assert "No closed trades in the last 48 h." in show({EXPECTANCY: doc()}, TITLE).text


def test_f25_a_document_without_any_group_is_malformed() -> None:
    with pytest.raises(MalformedFeed):
        EXPECTANCY.read({"updated_ts": 1764187698.0, "symbols": 5})


def test_one_group_is_enough() -> None:
    assert EXPECTANCY.read({"symbols": {"A": GROUP}}).hours == {}


def test_the_bars_are_usd_with_immature_symbols_in_grey(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    (bars,) = show(examples, TITLE).data.values()
    made = dict(zip(bars["Symbol"], zip(bars["text"], bars["color"], strict=True), strict=True))

    assert made == {
        "BTCUSDT": ("+1.80", "#1f9d57"),
        "ETHUSDT": ("−1.75", "#d9483b"),
        "LINKUSDT": ("+0.30", "#838c9a"),
    }


def test_f12_both_documents_are_named_when_both_are_old(show: Any) -> None:
    docs: dict[Feed[Any], Any] = {EXPECTANCY: EXPECTANCY.example, SCORES: SCORES.example}
    shown = show(snapshot(docs, age=4000), TITLE)

    assert "expectancy_v6.json: too old to be current" in shown.text
    assert "symbol_scores_v6.json: too old to be current" in shown.text
