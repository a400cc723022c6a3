from __future__ import annotations

import html
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import muntin_intel
from muntin import Feed, Status
from muntin.testing import render, snapshot
from muntin_intel import EXPECTANCY, SCORES, SUGGESTIONS, muntin_pages

(PAGE,) = muntin_pages()
FEEDS: tuple[Feed[Any], ...] = (EXPECTANCY, SCORES, SUGGESTIONS)


def test_hook_muntin_pages_gives_the_intel_page() -> None:
    assert (PAGE.slug, PAGE.title, PAGE.order) == ("intel", "Intel", 40)


def test_the_page_has_three_full_rows() -> None:
    assert [(panel.title, panel.width) for panel in PAGE.panels] == [
        ("Symbol scores", 6),
        ("Expectancy", 6),
        ("Hours of the day", 7),
        ("Regimes", 5),
        ("Allocator suggestions", 12),
    ]
    assert all(panel.optional for panel in PAGE.panels)


@pytest.mark.parametrize(
    ("feed", "late", "stale"),
    [(EXPECTANCY, 1230, 3000), (SCORES, 1230, 3000), (SUGGESTIONS, 3630, 9000)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_feeds_describe_themselves(feed: Feed[Any], late: float, stale: float) -> None:
    assert (feed.late_after, feed.stale_after, feed.optional) == (late, stale, True)
    assert feed.path == f"{feed.name}.json"
    assert feed.doc
    assert feed.producer
    assert feed.observed(feed.example) is not None


def test_f27_each_state_of_each_feed_leaves_the_page_without_faults(
    examples: dict[Feed[Any], Any],
) -> None:
    """Missing, late, stale, malformed and empty, one feed at a time."""
    for feed in FEEDS:
        rest = {other: raw for other, raw in examples.items() if other is not feed}
        late = snapshot(feed, age=feed.late_after + 1).reading(feed)
        stale = snapshot(feed, age=feed.stale_after + 1).reading(feed)
        states: dict[Status, dict[Feed[Any], Any]] = {
            Status.LATE: {feed: late},
            Status.STALE: {feed: stale},
            Status.MALFORMED: {feed: {"symbols": 5, "updated_ts": 1}},
            Status.EMPTY: {feed: {}},
            Status.UNDATED: {feed: {**feed.example, "updated_ts": None, "generated_ts": None}},
            Status.MISSING: {},
        }
        for status, docs in states.items():
            made = snapshot({**rest, **docs})
            assert made.status(feed) is status
            assert render(PAGE, made).faults == {}


def test_f25_f95_a_panel_without_its_document_is_one_line_that_says_which_and_why() -> None:
    drawn = render(PAGE, snapshot())

    assert len(drawn.waiting) == len(PAGE.panels)
    assert "Waiting for symbol_scores_v6: never seen" in drawn.text
    assert drawn.metrics == {}
    assert drawn.data == {}


def test_f25_missing_empty_and_malformed_differ_in_words() -> None:
    panel = PAGE.panels[0]
    found: tuple[dict[Feed[Any], Any], ...] = (
        {},
        {SCORES: {}},
        {SCORES: {"a": 1}},
        {SCORES: {"symbols": []}},
    )
    texts = {render(panel, snapshot(docs)).text for docs in found}

    assert len(texts) == 4


def test_f95_an_idle_fund_is_not_a_wall_of_no_data() -> None:
    idle: dict[Feed[Any], Any] = {
        EXPECTANCY: {"symbols": {}, "hours": {}, "regimes": {}, "lookback_hours": 48.0},
        SCORES: {"symbols": []},
        SUGGESTIONS: {"symbols": []},
    }
    drawn = render(
        PAGE, snapshot({feed: {**raw, "updated_ts": 1764187698} for feed, raw in idle.items()})
    )

    assert drawn.faults == {}
    assert drawn.data == {}
    assert drawn.text.count(".") < 3 * len(PAGE.panels)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_f26_without_any_one_key_no_panel_fails(
    feed: Feed[Any], examples: dict[Feed[Any], Any]
) -> None:
    for key in feed.example:
        raw = {name: value for name, value in feed.example.items() if name != key}
        for panel in PAGE.panels:
            made = snapshot({**examples, feed: raw}).limited(panel.feeds)
            if all(made.reading(need).has_value for need in panel.needs):
                panel.view(made)


def test_an_update_from_example_to_example_rebuilds_no_models(
    examples: dict[Feed[Any], Any],
) -> None:
    drawn = render(PAGE, snapshot(examples))
    charts = len(drawn.data)
    for raw in (examples[SCORES]["symbols"][0], *examples[EXPECTANCY]["hours"].values()):
        raw.update(score=0.9, expectancy=-7.0)
    updated = drawn.update(snapshot(examples))
    again = drawn.update(snapshot(examples))

    assert drawn.faults == {}
    assert (updated.models_rebuilt, again.models_rebuilt) == (0, 0)
    assert updated.leaves > 0
    assert (again.leaves, again.panels) == (0, ())
    assert len(drawn.data) == charts >= 3


def test_new_symbols_reach_the_charts_without_new_models(
    examples: dict[Feed[Any], Any],
) -> None:
    drawn = render(PAGE, snapshot(examples))
    group = examples[EXPECTANCY]["symbols"]["BTCUSDT"]
    examples[EXPECTANCY]["symbols"]["NEWUSDT"] = {**group, "expectancy": 9.0}
    updated = drawn.update(snapshot(examples))

    assert updated.models_rebuilt == 0
    assert any("NEWUSDT" in data.get("Symbol", []) for data in drawn.data.values())


def test_f85_names_are_never_markup(examples: dict[Feed[Any], Any]) -> None:
    hostile = "<script>alert(1)</script>"
    for row in (examples[SCORES]["symbols"][0], examples[SUGGESTIONS]["symbols"][0]):
        row["symbol"] = hostile
    examples[EXPECTANCY]["symbols"][hostile] = examples[EXPECTANCY]["symbols"]["BTCUSDT"]
    examples[EXPECTANCY]["regimes"][hostile] = examples[EXPECTANCY]["regimes"]["fallback"]
    examples[SUGGESTIONS]["global"]["risk_mode"] = hostile
    drawn = render(PAGE, snapshot(examples))

    assert drawn.faults == {}
    assert "<script" not in drawn.html


def test_f85_no_tooltip_takes_markup() -> None:
    source = (Path(muntin_intel.__file__).parent / "charts.py").read_text()

    assert "{safe}" not in source


def test_every_chart_has_axes_with_units_and_hover(examples: dict[Feed[Any], Any]) -> None:
    drawn = render(PAGE, snapshot(examples))
    labels = set()
    roots: list[Any] = list(drawn._document.roots)
    for root in roots:
        labels |= {axis.axis_label for axis in root.axis if axis.visible and axis.axis_label}
        assert any(type(tool).__name__ == "HoverTool" for tool in root.tools)

    assert labels == {
        "Contribution to the score (0 to 1)",
        "Expectancy (USD per trade)",
        "Hour of the day (UTC)",
    }


def test_the_legend_names_the_five_parts_in_order(examples: dict[Feed[Any], Any]) -> None:
    drawn = render(PAGE.panels[0], snapshot(examples))
    drawn.update(snapshot({**examples, SCORES: {"symbols": examples[SCORES]["symbols"][:1]}}))
    roots: list[Any] = list(drawn._document.roots)
    (data,) = drawn.data.values()
    (legend,) = roots[0].legend

    named = [(item.label.value, data["Part"][item.index]) for item in legend.items]

    assert named == [
        (part, part) for part in ("Expectancy", "Router", "Slippage", "Fee drag", "Volatility")
    ]


def test_every_chart_says_in_words_what_it_shows(examples: dict[Feed[Any], Any]) -> None:
    said = html.unescape(render(PAGE, snapshot(examples)).html)

    assert "Scores and their five parts: BTCUSDT 0.543, DOGEUSDT 0.450" in said
    assert "Expectancy in USD per trade: BTCUSDT +1.80" in said
    assert "by hour of the day, UTC: 09:00 +1.00, 14:00 −0.50" in said


def test_all_is_what_is_there() -> None:
    names = muntin_intel.__all__

    assert len(set(names)) == len(names)
    assert all(hasattr(muntin_intel, name) for name in names)


def test_f89_importing_the_plugin_loads_nothing_heavy() -> None:
    """No I/O, no user interface, no drawing library at import."""
    heavy = ("bokeh", "panel", "holoviews", "pandas", "numpy")
    code = f"import sys, muntin_intel; print([m for m in {heavy} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
