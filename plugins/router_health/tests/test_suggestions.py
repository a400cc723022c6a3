from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from muntin import MalformedFeed
from muntin.testing import Rendered
from muntin_router_health import ROUTER_HEALTH, SUGGESTIONS

See = Callable[..., Rendered]
POLICY = {"maker_first": True, "taker_bias": 0.5, "bias_label": "balanced", "offset_bps": 2.0}


def document(*rows: dict[str, Any], ts: Any = 1764188000.0) -> dict[str, Any]:
    return {"generated_ts": ts, "lookback_days": 2.0, "symbols": list(rows)}


def row(symbol: str = "A", now: Any = None, **proposed: Any) -> dict[str, Any]:
    current = POLICY if now is None else now
    return {
        "symbol": symbol,
        "regime": "balanced",
        "current_policy": current,
        "proposed_policy": {**POLICY, **proposed},
        "rationale": ["Because."],
    }


def marked(drawn: Rendered) -> set[str]:
    found = re.findall(r'<span [^>]*class="([^"]*)"[^>]*data-column="([^"]*)"', drawn.html)
    return {column for kinds, column in found if "marked" in kinds.split()}


@pytest.mark.parametrize(
    ("change", "pair"),
    [
        ({"maker_first": False}, "maker_first"),
        ({"taker_bias": 0.8}, "taker_bias"),
        ({"offset_bps": 3.0}, "offset_bps"),
    ],
)
def test_f75_only_the_pair_that_differs_is_marked_by_name(change: Any, pair: str, see: See) -> None:
    drawn = see("Policy", {SUGGESTIONS: document(row(**change))})

    assert marked(drawn) == {f"current_{pair}", f"proposed_{pair}"}


def test_f75_nothing_is_marked_where_nothing_changes(see: See) -> None:
    drawn = see("Policy", {SUGGESTIONS: document(row())})

    assert marked(drawn) == set()
    assert drawn.metrics["suggestions_changed"].text == "0 of 1 symbol"


def test_f60_current_is_the_rows_own_policy(see: See) -> None:
    """The original read it from a file that nobody writes: every cell was empty."""
    (cells,) = see("Policy", {SUGGESTIONS: document(row(offset_bps=2.5, maker_first=False))}).cells

    assert (cells["current_offset_bps"].text, cells["proposed_offset_bps"].text) == ("2.00", "2.50")
    assert (cells["current_maker_first"].text, cells["proposed_maker_first"].text) == ("yes", "no")
    assert cells["current_offset_bps"].path == "symbols[0].current_policy.offset_bps"
    assert (cells["regime"].text, cells["rationale"].text) == ("balanced", "Because.")


def test_f60_no_column_is_bound_to_a_proposed_quality(see: See) -> None:
    (cells,) = see("Policy", {SUGGESTIONS: document(row())}).cells

    assert not [name for name in cells if "quality" in name]


@pytest.mark.parametrize("now", [{}, 5, [], {"offset_bps": None}])
def test_f26_a_missing_policy_is_dashes_and_changes_nothing(now: Any, see: See) -> None:
    drawn = see("Policy", {SUGGESTIONS: document(row(now=now))})

    assert drawn.cells[0]["current_offset_bps"].text == "–"
    assert marked(drawn) == set()


def test_f12_suggestions_older_than_an_hour_are_stale_and_said_to_be(see: See) -> None:
    old = see("Policy", {SUGGESTIONS: document(row(), ts=1764188100 - 3601)})
    new = see("Policy", {SUGGESTIONS: document(row(), ts=1764188100 - 1799)})

    assert "Older than an hour" in old.text
    assert old.cells[0]["proposed_offset_bps"].status == "stale"
    assert "Older" not in new.text


def test_f12_the_age_of_suggestions_is_their_own(see: See, examples: Any) -> None:
    """Fresh router health makes no suggestion fresh."""
    docs = {ROUTER_HEALTH: examples[ROUTER_HEALTH], SUGGESTIONS: document(row(), ts=1764180000)}

    assert "Older than an hour" in see("Policy", docs).text


def test_f61_suggestions_may_be_an_object_by_symbol(see: See) -> None:
    bare = row()
    del bare["symbol"]
    raw = {**document(), "symbols": {"BTCUSDT": bare}}

    assert [cells["symbol"].text for cells in see("Policy", {SUGGESTIONS: raw}).cells] == [
        "BTCUSDT"
    ]


def test_words_stand_in_for_a_bias_without_numbers(see: See) -> None:
    now = {"taker_bias": "balanced"}
    raw = row(now=now)
    raw["proposed_policy"] = {"taker_bias": "prefer_maker"}

    drawn = see("Policy", {SUGGESTIONS: document(raw)})

    assert drawn.cells[0]["proposed_taker_bias"].text == "prefer_maker"
    assert marked(drawn) == {"current_taker_bias", "proposed_taker_bias"}


def test_a_changed_word_beside_the_number_is_told(see: See) -> None:
    drawn = see("Policy", {SUGGESTIONS: document(row(taker_bias=0.8, bias_label="prefer_taker"))})

    assert "A balanced → prefer_taker" in drawn.text


def test_what_changes_comes_first(see: See) -> None:
    drawn = see("Policy", {SUGGESTIONS: document(row("A"), row("B", offset_bps=5.0))})

    assert [cells["symbol"].text for cells in drawn.cells] == ["B", "A"]


def test_bad_rows_are_counted(see: See) -> None:
    raw = document(row())
    raw["symbols"] += [None, "x", deepcopy(row("a"))]

    assert "Left out: 3 rows" in see("Policy", {SUGGESTIONS: raw}).text


@pytest.mark.parametrize("symbols", [None, 5, "x"])
def test_f25_without_symbols_the_document_is_malformed(symbols: Any) -> None:
    with pytest.raises(MalformedFeed):
        SUGGESTIONS.read({"generated_ts": 1, "symbols": symbols})


def test_f25_f95_no_suggestion_is_one_sentence(see: See) -> None:
    drawn = see("Policy", {SUGGESTIONS: document()})

    assert drawn.text == "No suggestions: the router would change nothing."


def test_a_single_sentence_may_stand_for_the_list_of_reasons() -> None:
    raw = {**row(), "rationale": "One reason."}

    assert SUGGESTIONS.read(document(raw)).rows[0].rationale.value == "One reason."
