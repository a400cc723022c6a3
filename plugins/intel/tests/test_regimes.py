from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed
from muntin_intel import EXPECTANCY
from muntin_intel.regimes_card import words_of

TITLE = "Regimes"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("maker_success", "Maker order filled"),
        ("slip_low", "Slippage up to 1 bps"),
        ("SLIP_HIGH", "Slippage above 5 bps"),
        ("policy_ok", "Policy: ok"),
        ("bias_prefer_maker", "Bias: prefer maker"),
        ("policy_", "policy_"),
        ("banana", "banana"),
    ],
)
def test_f94_regimes_are_named_in_plain_words(name: str, said: str) -> None:
    """A name nobody knows stays as it is."""
    assert words_of(name) == said


def test_regimes_stand_in_a_fixed_order(show: Any) -> None:
    group = {"count": 40, "expectancy": 1.0, "hit_rate": 0.5}
    names = ("zebra", "bias_balanced", "policy_ok", "slip_low", "fallback", "maker_success")
    shown = show({EXPECTANCY: {"symbols": {}, "regimes": dict.fromkeys(names, group)}}, TITLE)

    assert [cells["regime"].text for cells in shown.cells] == [
        "Maker order filled",
        "Fell back to taker",
        "Slippage up to 1 bps",
        "Policy: ok",
        "Bias: balanced",
        "zebra",
    ]


def test_f45_immature_regimes_are_greyed_without_the_colours_of_gain_and_loss(
    show: Any, examples: dict[Feed[Any], Any]
) -> None:
    examples[EXPECTANCY]["regimes"]["fallback"].update(count=1, expectancy=-95.06)
    shown = show(examples, TITLE)

    assert shown.cells[1]["expectancy"].text == "−95.06"
    assert "Greyed as immature, fewer than 30 trades: Fell back to taker (n 1)." in shown.text
    assert 'mu-num down"' not in shown.html


def test_f95_without_regimes_the_panel_is_one_line(show: Any) -> None:
    shown = show(
        {EXPECTANCY: {"symbols": {}, "lookback_hours": 48, "updated_ts": 1764187698}}, TITLE
    )

    assert shown.text == "No closed trades by regime in the last 48 h."
