from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin import MalformedFeed, Presence
from muntin.testing import Rendered
from muntin_pipeline import COMPARE, Limits, judge

See = Callable[..., Rendered]
TITLE = "Parity with live"


def summary(**changes: Any) -> dict[str, Any]:
    """Return the example with changes; those of `sizing` go into its block."""
    sizing = {**COMPARE.example["sizing_diff_stats"], **changes.pop("sizing", {})}
    return {**COMPARE.example, "sizing_diff_stats": sizing, **changes}


def judged(**changes: Any) -> tuple[str, str]:
    verdict = judge(COMPARE.read(summary(**changes)), Limits())
    return verdict.word, verdict.reason


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "green"),
        ({"is_warmup": True}, "warm-up"),
        ({"sample_size": 57}, "warm-up"),
        ({"sample_size": 0, "min_sample_size": 0}, "warm-up"),
        ({"sample_size": 57, "sizing": {"upsize_count": 3}}, "warm-up"),
        ({"sizing": {"upsize_count": 1}}, "red"),
        ({"sizing": {"p95": 0.11}}, "red"),
        ({"sizing": {"p50": -0.2, "p95": -0.11}}, "red"),
        ({"sizing": {"p50": -0.11}}, "red"),
        ({"veto_mismatch_pct": 30.01}, "red"),
        ({"sizing": {"p95": 0.10}}, "amber"),
        ({"sizing": {"p95": 0.051}}, "amber"),
        ({"sizing": {"p50": -0.2, "p95": -0.06}}, "red"),
        ({"sizing": {"p50": -0.08, "p95": -0.06}}, "amber"),
        ({"veto_mismatch_pct": 15.01}, "amber"),
        ({"veto_mismatch_pct": 30}, "amber"),
        ({"sizing": {"p95": 0.05}, "veto_mismatch_pct": 15}, "green"),
        ({"sizing": {"sample_size": 0}}, "no evidence"),
        ({"sizing": {"sample_size": None}}, "no evidence"),
        ({"sizing": {"p95": None}}, "no evidence"),
        ({"sizing": {"upsize_count": 1.5}}, "no evidence"),
        ({"veto_mismatch_pct": None}, "no evidence"),
        ({"veto_mismatch_pct": 140}, "no evidence"),
        ({"sample_size": None}, "no evidence"),
        ({"min_sample_size": None}, "no evidence"),
    ],
)
def test_every_rule_of_the_status(changes: dict[str, Any], word: str) -> None:
    assert judged(**changes)[0] == word


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "sizing difference 3.00\u00a0% (up to 5\u00a0%)"),
        ({}, "verdicts differ in 6.50\u00a0% (up to 15\u00a0%)"),
        ({"sample_size": 57}, "57 of 200 needed decisions"),
        ({"is_warmup": True}, "calls it warm-up, with 412 decisions"),
        ({"is_warmup": True, "warmup_reason": "after_restart"}, "Its reason: after restart."),
        ({"is_warmup": True, "sample_size": None}, "gives no number"),
        ({"sizing": {"upsize_count": 1}}, "1 decision was sized larger"),
        ({"sizing": {"upsize_count": 3}}, "3 decisions were sized larger"),
        ({"sizing": {"p95": 0.123}}, "(p95) is 12.30\u00a0%, above 10\u00a0%"),
        ({"sizing": {"p50": -0.08}}, "(p50) is 8.00\u00a0%, above 5\u00a0%"),
        ({"veto_mismatch_pct": 40}, "differ in 40.00\u00a0%, above 30\u00a0%"),
        ({"sizing": {"sample_size": 0}}, "No sizing samples"),
    ],
)
def test_the_reason_is_said_with_its_numbers(changes: dict[str, Any], said: str) -> None:
    assert said in judged(**changes)[1]


def test_f72_without_sizing_samples_there_is_no_evidence(see: See) -> None:
    """A p95 of zero over no samples is no measurement, and never green."""
    zeros = {"p50": 0.0, "p95": 0.0, "upsize_count": 0, "sample_size": 0}

    seen = see(TITLE, {COMPARE: summary(sizing=zeros)})

    assert seen.metrics["parity_status"].text == "no evidence"
    assert 'class="mu-num chip none"' in seen.html
    assert seen.metrics["sizing_diff_p95"].text == "not measured"
    assert seen.metrics["sizing_upsize_count"].text == "not measured"


def test_f72_the_veto_mismatch_is_part_of_the_status(see: See) -> None:
    seen = see(TITLE, {COMPARE: summary(veto_mismatch_pct=60)})

    assert seen.metrics["parity_status"].text == "red"
    assert "verdicts differ in 60.00 %" in seen.text
    assert "veto mismatch above 30\u00a0%" in seen.html


def test_f72_bad_news_does_not_wait_for_evidence() -> None:
    word, reason = judged(veto_mismatch_pct=60, sizing={"sample_size": 0})

    assert word == "red"
    assert "No sizing samples" in reason


def test_f22_statistics_that_nobody_computes_are_not_measured(see: See) -> None:
    seen = see(TITLE, {COMPARE: COMPARE.example})

    for name in ("size_diff_p95", "slippage_diff_p95"):
        assert seen.metrics[name].text == "not measured"
        assert seen.metrics[name].value == ""
    assert COMPARE.read(COMPARE.example).slippage_p95.presence is Presence.PLACEHOLDER


def test_f22_the_day_somebody_computes_them_they_are_shown(see: See) -> None:
    slippage = {"mean": 0.4, "p50": 0.0, "p95": 2.5}
    size = {"mean": 0.1, "p50": 0.0, "p95": 0.0}

    seen = see(TITLE, {COMPARE: summary(slippage_diff_bps=slippage, size_diff_stats=size)})

    assert seen.metrics["slippage_diff_p95"].text == "2.50"
    assert "2.50 bps" in seen.text
    assert seen.metrics["size_diff_p95"].text == "0.0000"


def test_f73_a_p95_below_the_p50_is_flagged_and_proves_nothing(see: See) -> None:
    seen = see(TITLE, {COMPARE: summary(sizing={"p50": 0.04, "p95": 0.02})})

    assert seen.text.count("Sizing p50 above p95") == 1
    assert seen.metrics["parity_status"].text == "no evidence"
    assert seen.metrics["sizing_diff_p95"].text == "2.00\u00a0%"


def test_f73_during_warm_up_it_is_flagged_as_well(see: See) -> None:
    raw = summary(is_warmup=True, sizing={"p50": 0.04, "p95": 0.02})

    assert see(TITLE, {COMPARE: raw}).text.count("Sizing p50 above p95") == 1


def test_f73_equal_figures_are_possible(see: See) -> None:
    seen = see(TITLE, {COMPARE: summary(sizing={"p50": 0.02, "p95": 0.02})})

    assert "above p95" not in seen.text


def test_f74_n_and_age_are_shown_and_the_matching_is_explained(see: See) -> None:
    """How rows were matched cannot be mended here, so it is said."""
    seen = see(TITLE, {COMPARE: COMPARE.example})

    assert seen.metrics["sample_size"].text == "412"
    assert seen.metrics["sizing_sample_size"].text == "260"
    assert seen.metrics["parity_status"].as_of == "2025-11-26T20:06:07.000Z"
    assert "latest live order of its symbol, however old" in seen.html


def test_figures_and_units(see: See) -> None:
    seen = see(TITLE, {COMPARE: COMPARE.example})

    assert {name: shown.text for name, shown in seen.metrics.items()} == {
        "parity_status": "green",
        "sample_size": "412",
        "min_sample_size": "200",
        "veto_mismatch_pct": "6.50\u00a0%",
        "sizing_diff_p50": "0.40\u00a0%",
        "sizing_diff_p95": "3.00\u00a0%",
        "sizing_upsize_count": "0",
        "sizing_sample_size": "260",
        "size_diff_p95": "not measured",
        "slippage_diff_p95": "not measured",
    }
    assert seen.metrics["veto_mismatch_pct"].value == "0.065"
    assert seen.metrics["sample_size"].value == "412"


def test_a_sample_of_none_measures_no_mismatch() -> None:
    empty = COMPARE.read(summary(sample_size=0, veto_mismatch_pct=0.0))

    assert empty.veto_mismatch.presence is Presence.PLACEHOLDER


def test_another_document_is_malformed() -> None:
    with pytest.raises(MalformedFeed):
        COMPARE.read({"nav_usd": 1.0})
