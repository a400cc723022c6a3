from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import muntin_router_health
from muntin import Feed, Status
from muntin.testing import render, snapshot
from muntin_router_health import ORDER_METRICS, ROUTER_HEALTH, SUGGESTIONS, muntin_pages

(PAGE,) = muntin_pages()
FEEDS = (ROUTER_HEALTH, SUGGESTIONS, ORDER_METRICS)
NOW = 1764188100.0


def test_hook_muntin_pages_gives_the_router_health_page() -> None:
    assert (PAGE.slug, PAGE.title, PAGE.order) == ("router-health", "Router health", 30)


def test_the_page_has_four_full_rows() -> None:
    assert [(panel.title, panel.width) for panel in PAGE.panels] == [
        ("Quality", 5),
        ("Orders, last 24 h", 7),
        ("Symbols", 12),
        ("Slippage, last 24 h", 6),
        ("Latency, last 24 h", 6),
        ("Policy suggestions", 12),
    ]
    assert all(panel.optional for panel in PAGE.panels)


@pytest.mark.parametrize(
    ("feed", "late", "stale"),
    [(ROUTER_HEALTH, 180, 600), (SUGGESTIONS, 1830, 3600), (ORDER_METRICS, 21_600, 86_400)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_feeds_describe_themselves(feed: Feed[Any], late: float, stale: float) -> None:
    assert (feed.late_after, feed.stale_after, feed.optional) == (late, stale, True)
    assert feed.doc
    assert feed.producer
    assert feed.observed(feed.example) is not None
    assert feed.read(feed.example)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_f27_each_state_of_each_feed_leaves_the_page_without_faults(
    feed: Feed[Any], examples: dict[Feed[Any], Any]
) -> None:
    """Missing, late, stale, malformed, empty, undated and from the future, one at a time."""
    rest = {other: raw for other, raw in examples.items() if other is not feed}
    log = feed is ORDER_METRICS
    states: dict[Status, Any] = {
        Status.LATE: snapshot(feed, age=feed.late_after + 1).reading(feed),
        Status.STALE: snapshot(feed, age=feed.stale_after + 1).reading(feed),
        Status.SKEWED: snapshot(feed, age=-600).reading(feed),
        Status.MALFORMED: {} if log else {"symbols": 5, "updated_ts": 1},
        Status.EMPTY: None if log else {},
        Status.UNDATED: [] if log else {"symbols": []},
        Status.MISSING: None,
    }
    for status, state in states.items():
        made = snapshot(rest if state is None else {**rest, feed: state})
        assert made.status(feed) is (Status.MISSING if state is None else status)
        assert render(PAGE, made).faults == {}


def test_f12_a_stale_document_is_said_to_be_in_every_panel_that_shows_it(
    examples: dict[Feed[Any], Any],
) -> None:
    for panel in PAGE.panels:
        text = render(panel, snapshot(examples, age=90_000)).text
        assert "too old to be current" in text or "Older than an hour" in text


def test_f25_f95_a_panel_without_its_document_says_which_and_why() -> None:
    drawn = render(PAGE, snapshot())

    assert len(drawn.waiting) == len(PAGE.panels)
    assert "Waiting for router_health: never seen" in drawn.text
    assert drawn.metrics == {}
    assert drawn.data == {}


def test_f95_an_idle_fund_is_not_a_wall_of_no_data() -> None:
    idle: dict[Feed[Any], Any] = {
        ROUTER_HEALTH: {"updated_ts": NOW - 9, "symbols": [], "summary": {"count": 0}},
        SUGGESTIONS: {"generated_ts": NOW - 9, "symbols": []},
        ORDER_METRICS: [],
    }
    drawn = render(PAGE, snapshot(idle))

    assert drawn.faults == {}
    assert drawn.data == {}
    assert drawn.text.count(".") <= 2 * len(PAGE.panels)


@pytest.mark.parametrize("feed", [ROUTER_HEALTH, SUGGESTIONS], ids=lambda feed: feed.name)
def test_f26_without_any_one_key_no_panel_fails_and_none_shows_a_zero_for_it(
    feed: Feed[Any], examples: dict[Feed[Any], Any]
) -> None:
    rows = examples[feed]["symbols"]
    for key in (*feed.example, *rows[0]):
        raw = {name: value for name, value in examples[feed].items() if name != key}
        for place in ("symbols", "per_symbol"):
            if place in raw:
                raw[place] = [{k: v for k, v in row.items() if k != key} for row in rows]
        drawn = render(PAGE, snapshot({**examples, feed: raw}))
        assert drawn.faults == {}
        if key == "maker_fill_rate":
            assert {row["maker"].text for row in drawn.cells if "maker" in row} == {"–"}


def test_f26_without_any_one_key_of_a_row_the_log_does_not_fail(
    examples: dict[Feed[Any], Any],
) -> None:
    for key in examples[ORDER_METRICS][0]:
        log = [{k: v for k, v in row.items() if k != key} for row in examples[ORDER_METRICS]]
        assert render(PAGE, snapshot({**examples, ORDER_METRICS: log})).faults == {}


def test_an_update_from_example_to_example_rebuilds_no_models(
    examples: dict[Feed[Any], Any],
) -> None:
    drawn = render(PAGE, snapshot(examples))
    assert drawn.data
    examples[ORDER_METRICS][1].update(slippage_bps=-7.5)
    examples[ROUTER_HEALTH]["symbols"][0].update(maker_fill_rate=0.9)

    updated = drawn.update(snapshot(examples))

    assert updated.models_rebuilt == 0
    assert updated.leaves > 0
    assert updated.panels == ()
    assert drawn.faults == {}


def test_every_metric_has_one_place_and_names_its_feed(examples: dict[Feed[Any], Any]) -> None:
    drawn = render(PAGE, snapshot(examples))

    assert {
        "router_quality",
        "symbols",
        "quality_good",
        "quality_ok",
        "quality_degraded",
        "quality_broken",
        "quality_unknown",
        "orders_filled",
        "orders_unfilled",
        "slippage_p50",
        "slippage_p95",
        "slippage_n",
        "ack_p50",
        "ack_p95",
        "fill_fees",
        "suggestions_changed",
    } <= set(drawn.metrics)
    for shown in drawn.metrics.values():
        assert shown.feed in {feed.name for feed in FEEDS}
        assert shown.path
    assert "~2" not in drawn.html


def test_all_is_what_is_there() -> None:
    names = muntin_router_health.__all__

    assert len(set(names)) == len(names)
    assert all(hasattr(muntin_router_health, name) for name in names)


def test_f89_importing_the_plugin_loads_nothing_heavy() -> None:
    """No I/O, no user interface, no drawing library at import."""
    heavy = ("bokeh", "panel", "holoviews", "pandas", "numpy")
    code = (
        "import sys, muntin_router_health;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
