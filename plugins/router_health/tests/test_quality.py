from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin.testing import Rendered
from muntin_router_health import ROUTER_HEALTH

Make = Callable[..., dict[str, Any]]
See = Callable[..., Rendered]
ZERO = {"good": 0, "ok": 0, "degraded": 0, "broken": 0}


def rows(*words: Any) -> list[dict[str, Any]]:
    return [
        {"symbol": f"S{index}", "quality": word, "maker_fill_rate": 0.5}
        for index, word in enumerate(words)
    ]


def counts(drawn: Rendered) -> dict[str, str]:
    return {
        name.removeprefix("quality_"): shown.text
        for name, shown in drawn.metrics.items()
        if name.startswith("quality_")
    }


def test_f66_the_badge_is_the_worst_and_the_distribution_stands_beside(
    see: See, health: Make
) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: health(*rows("good", "good", "ok", "good", "broken"))})

    assert drawn.metrics["router_quality"].text == "broken"
    assert counts(drawn) == {"good": "3", "ok": "1", "degraded": "0", "broken": "1", "unknown": "0"}
    assert drawn.metrics["symbols"].text == "5"


@pytest.mark.parametrize(
    "document",
    [
        {"symbols": [], "per_symbol": [], "summary": {"count": 0, "quality_counts": ZERO}},
        {"symbols": [], "summary": {"count": 0}},
        {"summary": {"quality_counts": ZERO}},
    ],
)
def test_f20_no_evidence_is_unknown(document: Any, see: See) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: {"updated_ts": 1764188090, **document}})

    assert drawn.metrics["router_quality"].text == "unknown"
    assert "good" not in drawn.metrics["router_quality"].text
    assert "No symbol routed yet" in drawn.text


def test_f19_f20_an_ok_without_a_figure_is_no_evidence(see: See, health: Make) -> None:
    """The router's own rule takes what is missing for 0, and calls it ok."""
    bare = {"symbol": "DOGEUSDT", "quality": "ok", "maker_fill_rate": None}

    drawn = see("Quality", {ROUTER_HEALTH: health(bare)})

    assert drawn.metrics["router_quality"].text == "unknown"
    assert "without a single figure: DOGEUSDT" in drawn.text


def test_f66_a_bad_word_counts_even_without_a_figure(see: See, health: Make) -> None:
    document = health(*rows("good"), {"symbol": "X", "quality": "broken"})

    assert see("Quality", {ROUTER_HEALTH: document}).metrics["router_quality"].text == "broken"


def test_f19_a_row_without_a_word_is_unknown_and_not_ok(see: See, health: Make) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: health(*rows("good", None, "unknown"))})

    assert counts(drawn)["unknown"] == "2"
    assert counts(drawn)["ok"] == "0"


def test_f37_a_word_nobody_knows_is_named_and_counted(see: See, health: Make) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: health(*rows("good", "banana", "banana"))})

    assert "“banana” (2)" in drawn.text
    assert drawn.metrics["router_quality"].text == "good"


def test_poor_is_broken(see: See, health: Make) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: health(*rows("POOR", "broken"))})

    assert counts(drawn)["broken"] == "2"


def test_without_words_the_producers_own_counts_speak(see: See, statistics: Any) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: statistics})

    assert drawn.metrics["router_quality"].text == "ok"
    assert drawn.metrics["quality_ok"].path == "summary.quality_counts.ok"
    assert counts(drawn)["unknown"] == "0"


def test_the_router_as_a_whole_is_shown_where_the_document_has_it(
    see: See, statistics: Any
) -> None:
    drawn = see("Quality", {ROUTER_HEALTH: statistics})

    assert drawn.metrics["router_score"].text == "0.700"
    assert drawn.metrics["router_bucket"].text == "A_HIGH"
    assert drawn.metrics["drift_bucket"].text == "YELLOW"
    assert drawn.metrics["latency_bucket"].text == "FAST"


def test_counts_that_contradict_the_rows_are_told(see: See, health: Make) -> None:
    summary = {"count": 5, "quality_counts": {**ZERO, "ok": 3}}

    text = see("Quality", {ROUTER_HEALTH: health(*rows("good"), summary=summary)}).text

    assert "ok 3 (rows: 0)" in text
    assert "counts 5 symbols, its rows are 1" in text


def test_strange_words_in_the_producers_counts_are_shown(see: See) -> None:
    summary = {"count": 3, "quality_counts": {"good": 1, "poor": 1, "banana": 1}}

    drawn = see("Quality", {ROUTER_HEALTH: {"updated_ts": 1764188090, "summary": summary}})

    assert drawn.metrics["router_quality"].text == "broken"
    assert "“banana” (1)" in drawn.text
