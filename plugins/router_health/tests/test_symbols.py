from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muntin.testing import Rendered
from muntin_router_health import ROUTER_HEALTH

Make = Callable[..., dict[str, Any]]
See = Callable[..., Rendered]


def test_units_are_per_cent_and_basis_points(see: See, examples: Any) -> None:
    first, second = see("Symbols", {ROUTER_HEALTH: examples[ROUTER_HEALTH]}).cells

    assert (first["symbol"].text, second["symbol"].text) == ("ETHUSDT", "BTCUSDT")
    assert (first["maker"].text, first["fallback"].text) == ("40.0\u00a0%", "75.0\u00a0%")
    assert (first["slippage_p50"].text, first["slippage_p95"].text) == ("4.00", "16.00")
    assert (first["offset"].text, first["bias"].text) == ("3.00", "prefer_taker")
    assert (first["quality"].text, first["maker_first"].text) == ("degraded", "yes")


def test_f19_f80_null_is_a_dash_and_comes_last(see: See, health: Make) -> None:
    bare = {
        "symbol": "AAA",
        "quality": None,
        "maker_fill_rate": None,
        "fallback_rate": None,
        "slippage_p50": None,
        "offset_bps": None,
    }
    good = {"symbol": "ZZZ", "quality": "good", "maker_fill_rate": 0.0, "slippage_p50": -1.5}

    first, last = see("Symbols", {ROUTER_HEALTH: health(bare, good)}).cells

    assert (first["symbol"].text, first["maker"].text) == ("ZZZ", "0.0\u00a0%")
    assert first["slippage_p50"].text == "−1.50"
    assert {last[name].text for name in last if name != "symbol"} == {"–"}


def test_f20_an_unproven_symbol_is_grey_and_its_chip_has_no_colour(see: See, health: Make) -> None:
    drawn = see("Symbols", {ROUTER_HEALTH: health({"symbol": "A", "quality": "ok"})})

    assert 'class="muted"' in drawn.html
    assert "chip none" in drawn.html
    assert "Nothing measured: A." in drawn.text


def test_f22_a_latency_nobody_measures_is_a_sentence_and_no_column(see: See, examples: Any) -> None:
    drawn = see("Symbols", {ROUTER_HEALTH: examples[ROUTER_HEALTH]})

    assert "latency" not in drawn.cells[0]
    assert "Latency by symbol: not measured." in drawn.text


def test_a_measured_latency_has_its_column(see: See, health: Make) -> None:
    rows = ({"symbol": "A", "latency_ms": 71.0}, {"symbol": "B", "maker_fill_rate": 0.5})

    drawn = see("Symbols", {ROUTER_HEALTH: health(*rows)})

    assert [row["latency"].text for row in drawn.cells] == ["71", "–"]


def test_f67_a_form_without_maker_figures_shows_dashes(see: See) -> None:
    document = {"updated_ts": 1764188090, "symbol_stats": {"A": {"maker_reliability": 0.75}}}

    (row,) = see("Symbols", {ROUTER_HEALTH: document}).cells

    assert (row["maker"].text, row["fallback"].text) == ("–", "–")
    assert row["reliability"].text == "75.0\u00a0%"


def test_f76_mixed_values_stand_in_one_typed_column(see: See, health: Make) -> None:
    rows = [
        {"symbol": "A", "value": "95.40"},
        {"symbol": "B", "value": 95.4},
        {"symbol": "C", "value": None},
    ]

    drawn = see("Symbols", {ROUTER_HEALTH: health(*rows)})

    assert [row["value"].text for row in drawn.cells] == ["95.4", "95.4", "–"]
    assert [row["value"].value for row in drawn.cells] == ["95.4", "95.4", ""]


def test_f76_metric_and_value_become_a_table_of_numbers_and_words(see: See) -> None:
    table = [{"metric": "maker_fill", "value": "95.40"}, {"metric": "quality", "value": "good"}]

    drawn = see("Symbols", {ROUTER_HEALTH: {"updated_ts": 1764188090, "rows": table}})

    assert [(row["metric"].text, row["number"].text, row["word"].text) for row in drawn.cells] == [
        ("maker_fill", "95.4", "–"),
        ("quality", "–", "good"),
    ]


def test_f73_a_p95_below_its_median_is_marked(see: See, health: Make) -> None:
    row = {"symbol": "A", "slippage_p50": 4.0, "slippage_p95": 2.0}

    drawn = see("Symbols", {ROUTER_HEALTH: health(row)})

    assert "below its median" in drawn.text
    assert drawn.html.count("marked") == 1


def test_f85_a_hostile_symbol_is_text(see: See, health: Make) -> None:
    document = health({"symbol": "<img onerror=x>", "quality": "<b>", "maker_fill_rate": 0.5})

    html = see("Symbols", {ROUTER_HEALTH: document}).html

    assert "<img" not in html
    assert "<b>" not in html


def test_f93_raw_state_is_not_dumped(see: See, health: Make) -> None:
    row = {"symbol": "A", "maker_fill_rate": 0.5, "hostname": "node-7", "pid": 4711}

    text = see("Symbols", {ROUTER_HEALTH: health(row)}).text

    assert "node-7" not in text
    assert "4711" not in text
