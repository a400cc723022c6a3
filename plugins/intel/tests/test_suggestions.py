from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed, MalformedFeed, Presence
from muntin.testing import snapshot
from muntin_intel import SCORES, SUGGESTIONS

TITLE = "Allocator suggestions"


def one(docs: dict[Feed[Any], Any]) -> dict[Feed[Any], Any]:
    return {SUGGESTIONS: docs[SUGGESTIONS]}


def test_f34_caps_are_fractions_although_their_keys_say_per_cent(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    cells = show(one(examples), TITLE).cells[0]

    assert (cells["cap"].text, cells["cap_suggested"].text) == ("15.0\u00a0%", "14.5\u00a0%")
    assert (cells["trade_cap"].text, cells["trade_cap_suggested"].text) == (
        "6.0\u00a0%",
        "5.5\u00a0%",
    )


@pytest.mark.parametrize(
    ("cap", "text"), [(1.5, "150.0\u00a0%"), (0.009, "0.9\u00a0%"), (15.0, "1,500.0\u00a0%")]
)
def test_f33_no_unit_is_guessed_by_size(
    cap: float, text: str, show: Any, examples: dict[Feed[Any], Any]
) -> None:
    examples[SUGGESTIONS]["symbols"][0]["caps"]["current_max_nav_pct"] = cap

    assert show(one(examples), TITLE).cells[0]["cap"].text == text


def test_f22_equity_and_drawdown_are_not_measured(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    """The writer looks for an equity its input lacks, and its drawdown is a constant 0."""
    shown = show(one(examples), TITLE)

    assert shown.metrics["allocation_equity"].text == "not measured"
    assert shown.metrics["allocation_drawdown"].text == "not measured"
    assert "0.00" not in shown.metrics["allocation_drawdown"].text


def test_f22_a_mode_that_follows_no_measurement_has_no_colour(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(one(examples), TITLE)

    assert shown.metrics["allocation_mode"].text == "normal"
    assert (
        'class="mu-num chip none" data-metric="allocation_mode"'
        in shown.html.replace(' tabindex="0"', "")
        or "chip good" not in shown.html
    )
    assert "nobody measures yet" in shown.text


def test_measured_equity_and_drawdown_are_shown(show: Any, examples: dict[Feed[Any], Any]) -> None:
    """The drawdown's key holds per cent in this document."""
    examples[SUGGESTIONS]["global"] = {
        "current_equity_usd": 12000.0,
        "current_drawdown_pct": 6.5,
        "risk_mode": "cautious",
    }
    shown = show(one(examples), TITLE)

    assert shown.metrics["allocation_equity"].text == "12,000.00"
    assert shown.metrics["allocation_drawdown"].text == "−6.50\u00a0%"
    assert "chip warn" in shown.html


def test_f37_a_mode_nobody_knows_is_neutral_and_shown_as_it_is(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    examples[SUGGESTIONS]["global"].update(risk_mode="banana", current_drawdown_pct=3.0)
    shown = show(one(examples), TITLE)

    assert shown.metrics["allocation_mode"].text == "banana"
    assert "chip none" in shown.html


def test_the_weights_are_summed_beside_their_limit(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(one(examples), TITLE)

    assert shown.metrics["allocation_weight"].text == "90.0\u00a0%"
    assert "of at most 90 %" in shown.text
    assert "above the limit" not in shown.text


def test_weights_above_the_limit_of_the_mode_are_said(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    examples[SUGGESTIONS]["global"]["risk_mode"] = "Defensive"
    shown = show(one(examples), TITLE)

    assert "sum to 90.0 %, above the limit of mode “Defensive”" in shown.text


def test_f60_real_keys_are_bound_and_the_largest_weight_comes_first(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    examples[SUGGESTIONS]["symbols"][2]["suggested_weight"] = None
    shown = show(one(examples), TITLE)

    assert [(c["symbol"].text, c["weight"].text) for c in shown.cells] == [
        ("BTCUSDT", "40.0\u00a0%"),
        ("ETHUSDT", "25.0\u00a0%"),
        ("DOGEUSDT", "–"),
    ]


def test_f75_only_a_policy_that_changes_is_marked_by_name(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    shown = show(one(examples), TITLE)

    assert [cells["policy_proposed"].text for cells in shown.cells] == [
        "maker first · balanced · 1.0 bps",
        "maker first · balanced · 2.0 bps",
        "taker first · prefer taker · 4.5 bps",
    ]
    assert shown.html.count('marked"') == 2


def test_positions_have_columns_only_where_they_change(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    before = show(one(examples), TITLE)
    examples[SUGGESTIONS]["symbols"][0]["suggested_caps"]["max_concurrent_positions"] = 2
    after = show(one(examples), TITLE)

    assert "Positions at once stay as they are: 1 for each symbol." in before.text
    assert "positions" not in before.cells[0]
    assert after.cells[0]["positions_suggested"].text == "2"


def test_a_rationale_given_for_all_is_said_once(show: Any, examples: dict[Feed[Any], Any]) -> None:
    examples[SUGGESTIONS]["symbols"][0]["rationale"].append("Few trades.")
    shown = show(one(examples), TITLE)

    assert shown.text.count("The weight follows the score.") == 1
    assert shown.cells[0]["rationale"].text == "Few trades."


@pytest.mark.parametrize("raw", [None, 5, {}, [None, {}, 7], ""])
def test_a_rationale_of_another_kind_is_left_out(raw: Any, examples: Any) -> None:
    examples[SUGGESTIONS]["symbols"][0]["rationale"] = raw

    assert SUGGESTIONS.read(examples[SUGGESTIONS]).rows[0].rationale == ()


def test_a_policy_may_be_a_word(show: Any, examples: dict[Feed[Any], Any]) -> None:
    examples[SUGGESTIONS]["symbols"][0]["router_policy"] = {"current": "good", "proposed": None}
    cells = show(one(examples), TITLE).cells[0]

    assert (cells["policy"].text, cells["policy_proposed"].text) == ("good", "–")


def test_f93_no_raw_state_is_shown(show: Any, examples: dict[Feed[Any], Any]) -> None:
    text = show(one(examples), TITLE).text

    assert "{" not in text
    assert "prefer_taker" not in text


def test_f61_symbols_as_an_object(show: Any, examples: dict[Feed[Any], Any]) -> None:
    raw = examples[SUGGESTIONS]
    as_object = {item["symbol"]: item for item in raw["symbols"]}

    first = show({SUGGESTIONS: raw}, TITLE)
    other = show({SUGGESTIONS: {**raw, "symbols": as_object}}, TITLE)

    assert first.table.equals(other.table)


def test_symbols_in_one_document_only_are_named(show: Any, examples: dict[Feed[Any], Any]) -> None:
    examples[SUGGESTIONS]["symbols"][0]["symbol"] = "NEWUSDT"
    docs = {SUGGESTIONS: examples[SUGGESTIONS], SCORES: examples[SCORES]}
    shown = show(docs, TITLE)

    assert "Suggested without a score: NEWUSDT." in shown.text
    assert "Scored without a suggestion: BTCUSDT." in shown.text


def test_f25_an_empty_list_is_said_to_be_one(show: Any, examples: dict[Feed[Any], Any]) -> None:
    examples[SUGGESTIONS]["symbols"] = []

    assert "its list of symbols is empty" in show(one(examples), TITLE).text


@pytest.mark.parametrize("wrong", [None, 5, "BTC"])
def test_f25_symbols_of_another_kind_are_malformed(wrong: Any) -> None:
    with pytest.raises(MalformedFeed):
        SUGGESTIONS.read({"symbols": wrong})


def test_a_weight_out_of_bounds_is_invalid(examples: dict[Feed[Any], Any]) -> None:
    examples[SUGGESTIONS]["symbols"][0]["suggested_weight"] = 25.1
    found = SUGGESTIONS.read(examples[SUGGESTIONS])

    assert found.rows[-1].weight.presence is Presence.INVALID


def test_f12_week_old_advice_is_not_presented_as_current(show: Any) -> None:
    shown = show(snapshot(SUGGESTIONS, age=7 * 86400), TITLE)

    assert "risk_allocation_suggestions_v6.json: too old to be current." in shown.text
    assert "Its figures are as of" in shown.text
