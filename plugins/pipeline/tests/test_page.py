from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

import muntin_pipeline
from muntin import Feed, Page, Reading, Status
from muntin.testing import FakeClock, render, snapshot
from muntin_pipeline import COMPARE, HEAD, SHADOW, VETOES, Settings, muntin_pages

NOW = FakeClock().now
(PAGE,) = muntin_pages(Settings())
EXAMPLES: dict[Feed[Any], Any] = {feed: feed.example for feed in PAGE.feeds}


def failed(feed: Feed[Any], fault: Status, problem: str) -> Reading:
    return Reading(feed, fault=fault, problem=problem, seen_at=NOW, fault_since=NOW)


def test_hook_muntin_pages_gives_the_page() -> None:
    assert (PAGE.slug, PAGE.title, PAGE.order, PAGE.audience) == (
        "pipeline",
        "Pipeline",
        20,
        frozenset({"operator"}),
    )
    assert [panel.title for panel in PAGE.panels] == [
        "Parity with live",
        "Shadow pipeline",
        "Decisions over time",
        "Veto reasons",
    ]
    assert all(panel.optional for panel in PAGE.panels)


def test_f12_each_panel_has_one_document_and_so_its_own_age() -> None:
    assert [panel.feeds for panel in PAGE.panels] == [(COMPARE,), (HEAD,), (SHADOW,), (VETOES,)]


def test_the_page_is_drawn_from_the_examples() -> None:
    seen = render(PAGE, snapshot(EXAMPLES))

    assert seen.faults == {}
    assert seen.metrics["parity_status"].text == "green"
    assert seen.metrics["veto_count"].text == "3"


def test_f60_every_metric_is_filled_by_some_document() -> None:
    """A figure that no document ever fills would be an empty cell by construction."""
    slippage = {"mean": 1.0, "p50": 1.0, "p95": 2.0}
    docs = EXAMPLES | {
        COMPARE: {**COMPARE.example, "size_diff_stats": slippage, "slippage_diff_bps": slippage}
    }

    seen = render(PAGE, snapshot(docs))

    assert all(shown.value for shown in seen.metrics.values())
    assert all(shown.feed and shown.path for shown in seen.metrics.values())


@pytest.mark.parametrize("feed", PAGE.feeds, ids=lambda feed: feed.name)
@pytest.mark.parametrize(
    "fault", [Status.MISSING, Status.EMPTY, Status.MALFORMED, Status.UNREADABLE]
)
def test_f95_a_document_that_is_not_there_is_one_sentence(feed: Feed[Any], fault: Status) -> None:
    """The sentence says which document, and why; the other panels stay."""
    docs = EXAMPLES | {feed: failed(feed, fault, "no host 10.1.2.3")}

    seen = render(PAGE, snapshot(docs))

    assert seen.faults == {}
    assert seen.text.count("No ") == 1
    assert feed.path.rpartition("/")[2] in seen.text
    assert "10.1.2.3" not in seen.html


def test_f95_an_idle_fund_is_no_wall_of_no_data() -> None:
    """One line per panel, no table, no dash, no chart."""
    head = {"generated_ts": 1764188000.0, "total": 0, "allowed": 0, "vetoed": 0}
    idle: dict[Feed[Any], Any] = {HEAD: head | {"last_decision": None}, SHADOW: [], VETOES: []}

    seen = render(PAGE, snapshot(idle))

    assert seen.faults == {}
    assert seen.cells == []
    assert "–" not in seen.text
    assert seen.data == {}


@pytest.mark.parametrize("feed", PAGE.feeds, ids=lambda feed: feed.name)
def test_age_makes_values_late_and_stale_and_keeps_them(feed: Feed[Any]) -> None:
    for age, status in ((feed.late_after + 1, "late"), (feed.stale_after + 1, "stale")):
        seen = render(PAGE, snapshot({feed: feed.example}, age=age))

        assert seen.faults == {}
        shown = [*seen.metrics.values(), *(cell for row in seen.cells for cell in row.values())]
        assert {one.status for one in shown if one.value and one.feed} == {status}


@pytest.mark.parametrize("feed", PAGE.feeds, ids=lambda feed: feed.name)
@pytest.mark.parametrize("raw", [None, [], {}, "text", 7, [[]], [None], {"a": 1}, [{"a": 1}]])
def test_no_document_makes_a_panel_fail(feed: Feed[Any], raw: Any) -> None:
    assert render(PAGE, snapshot(EXAMPLES | {feed: raw})).faults == {}


def test_a_fault_after_a_good_document_keeps_the_good_one() -> None:
    good = snapshot({COMPARE: COMPARE.example}).reading(COMPARE)
    broken = failed(COMPARE, Status.MALFORMED, "broken").after(good)

    seen = render(PAGE, snapshot({COMPARE: broken}))

    assert seen.metrics["parity_status"].text == "green"
    assert seen.metrics["parity_status"].status == "malformed"


@pytest.mark.parametrize("feed", [COMPARE, HEAD], ids=lambda feed: feed.name)
def test_f26_without_any_one_key_no_panel_fails(feed: Feed[Any]) -> None:
    for key in feed.example:
        raw = {name: value for name, value in feed.example.items() if name != key}
        assert render(PAGE, snapshot(EXAMPLES | {feed: raw})).faults == {}


def test_an_update_builds_no_model_anew() -> None:
    """Examples again, then other values: charts get new data only."""
    seen = render(PAGE, snapshot(EXAMPLES))
    assert seen.update(snapshot(EXAMPLES)).models_rebuilt == 0

    more = EXAMPLES | {
        VETOES: [*VETOES.example, {**VETOES.example[0], "veto_reason": "cooldown"}],
        SHADOW: [*SHADOW.example, {**SHADOW.example[0], "timestamp": 1764188000.0}],
        COMPARE: {**COMPARE.example, "veto_mismatch_pct": 20.0},
    }
    changed = seen.update(snapshot(more))

    assert seen.faults == {}
    assert changed.models_rebuilt == 0
    assert seen.metrics["parity_status"].text == "amber"
    assert "5 decisions" in seen.text


def test_f93_nothing_on_the_page_is_a_raw_document() -> None:
    row = {**VETOES.example[0], "pid": 4711, "hostname": "node-1"}

    seen = render(PAGE, snapshot(EXAMPLES | {VETOES: [row]}))

    assert not any(word in seen.html for word in ("{", "node-1", "4711", "risk_limits"))


def test_f94_reasons_are_neutral_words_with_a_definition() -> None:
    from muntin_pipeline.reasons import MEANING

    rows = [{**VETOES.example[0], "veto_reason": code} for code in ("kill_switch", "daily_loss")]

    text = render(PAGE, snapshot(EXAMPLES | {VETOES: rows})).text

    assert "kill switch entries are switched off" in text
    assert all(meaning and "!" not in meaning for meaning in MEANING.values())


@pytest.mark.parametrize("feed", PAGE.feeds, ids=lambda feed: feed.name)
def test_feeds_describe_themselves(feed: Feed[Any]) -> None:
    assert feed.read(feed.example)
    assert feed.doc
    assert "executor" in feed.producer
    assert feed.observed(feed.example) is not None
    assert feed.optional


@pytest.mark.parametrize("moved", [(0.0, 0.3), (0.4, 0.3), (0.5, 1.1)])
def test_settings_out_of_range_are_refused(moved: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="must hold"):
        Settings(*moved)


def test_settings_reach_the_status() -> None:
    (page,) = muntin_pages(replace(Settings(), mismatch_amber=0.025, mismatch_red=0.05))

    seen = render(page, snapshot({COMPARE: COMPARE.example}))

    assert seen.metrics["parity_status"].text == "red"
    assert "5\u00a0% or 2.5\u00a0%" in seen.html


def test_all_is_what_is_there(page: Page) -> None:
    names = muntin_pipeline.__all__

    assert len(set(names)) == len(names)
    assert all(hasattr(muntin_pipeline, name) for name in names)
    assert page == PAGE or page.slug == PAGE.slug


def test_f89_importing_the_plugin_loads_nothing_heavy() -> None:
    """No input or output, no user interface, no drawing library at import."""
    code = (
        "import sys, muntin_pipeline;"
        "print([m for m in ('bokeh', 'panel', 'holoviews', 'pandas', 'numpy') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
