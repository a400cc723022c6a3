from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from muntin import Log, Snapshot
from muntin.testing import FakeClock, Rendered, snapshot
from muntin_pipeline import SHADOW, VETOES

See = Callable[..., Rendered]
NOW = FakeClock().now
VETO_TITLE, HOURS_TITLE = "Veto reasons", "Decisions over time"


def veto(reason: Any = "symbol_cap", ago: float = 60.0, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(seconds=ago)).isoformat()
    return {"ts": at, "event_type": "risk_veto", "veto_reason": reason, **more}


def shadow(allowed: Any = True, ago: float = 60.0, **more: Any) -> dict[str, Any]:
    at = NOW.timestamp() - ago
    return {"symbol": "X", "timestamp": at, "risk_decision": {"allowed": allowed}, **more}


def held(feed: Log[Any], rows: list[Any], **changes: Any) -> Snapshot:
    """Return a snapshot with a log window that differs from a complete one."""
    reading = snapshot({feed: rows}).reading(feed)
    changed = replace(reading, value=replace(reading.value, **changes))
    return snapshot({feed: changed})


def numbers(seen: Any) -> dict[str, str]:
    return {row["reason"].text: row["number"].text for row in seen.cells}


def test_vetoes_are_counted_by_reason_with_words_and_share(see: See) -> None:
    rows = [veto("min_notional", 7200), *(veto("symbol_cap", 60 * n) for n in range(1, 4))]

    seen = see(VETO_TITLE, {VETOES: rows})

    assert seen.metrics["veto_count"].text == "4"
    assert [tuple(cell.text for cell in row.values()) for row in seen.cells] == [
        ("symbol cap", "the position is at its limit", "3", "75.0\u00a0%", "26 Nov 20:14"),
        ("min notional", "smaller than the exchange accepts", "1", "25.0\u00a0%", "26 Nov 18:15"),
    ]


def test_the_reason_is_found_where_the_producers_put_it(see: See) -> None:
    rows = [
        veto("  Symbol_Cap "),
        veto(None, veto_detail={"reasons": ["min_notional", "symbol_cap"]}),
        veto("", original_reason="cooldown"),
        veto(None),
        veto(["whitelist"]),
        veto("something new"),
    ]

    seen = see(VETO_TITLE, {VETOES: rows})

    assert numbers(seen) == dict.fromkeys(
        ("symbol cap", "min notional", "cooldown", "(none given)", "whitelist", "something new"),
        "1",
    )


def test_many_reasons_are_folded_and_none_is_lost(see: See) -> None:
    rows = [veto(f"reason_{n:02}") for n in range(20) for _ in range(n + 1)]

    seen = see(VETO_TITLE, {VETOES: rows})

    assert len(seen.cells) == 12
    assert numbers(seen)["other (9)"] == "45"
    assert sum(int(number) for number in numbers(seen).values()) == 210


def test_f5_rows_without_a_time_are_in_no_window_and_counted(see: See) -> None:
    rows = [veto(), veto() | {"ts": None}, veto() | {"ts": "n/a"}, veto() | {"ts": 0}]

    seen = see(VETO_TITLE, {VETOES: rows})

    assert seen.metrics["veto_count"].text == "1"
    assert "Not counted: 3 rows without a usable time." in seen.text


def test_rows_older_than_the_window_and_of_the_future_do_not_count(see: See) -> None:
    rows = [veto(ago=86_401), veto(), veto(ago=-3600)]

    seen = see(VETO_TITLE, {VETOES: rows})

    assert seen.metrics["veto_count"].text == "1"
    assert "1 row dated in the future" in seen.text


def test_f69_foreign_rows_and_lines_of_pretty_printed_json_are_counted(see: See) -> None:
    """Neither a test's row nor half an object is a veto."""
    rows = [veto(), "{", '"symbol": "BTCUSDT",', 1, {"event_type": "heartbeat", "ts": "x"}]

    seen = see(VETO_TITLE, {VETOES: rows})

    assert seen.metrics["veto_count"].text == "1"
    assert "Not counted: 3 unreadable lines, 1 row of another kind." in seen.text


def test_f101_f102_a_log_that_does_not_reach_the_windows_start_says_at_least(see: See) -> None:
    rows = [veto(ago=n) for n in range(1116)]
    since = NOW - timedelta(hours=3)

    seen = see(VETO_TITLE, held(VETOES, rows, complete=False, since=since))

    assert seen.metrics["veto_count"].text == "at least 1,116"
    assert seen.metrics["veto_count"].value == "1116"
    assert "held only since 17:15 UTC, 26 Nov" in seen.text
    assert "Vetoes, at least" in seen.text


def test_f102_all_rows_of_a_day_count_where_the_log_is_complete(see: See) -> None:
    seen = see(VETO_TITLE, {VETOES: [veto(ago=n * 77) for n in range(1116)]})

    assert seen.metrics["veto_count"].text == "1,116"
    assert "at least" not in seen.text


@pytest.mark.parametrize("title", [VETO_TITLE, HOURS_TITLE])
def test_f102_nothing_found_in_an_incomplete_log_is_not_nothing(see: See, title: str) -> None:
    feed = VETOES if title == VETO_TITLE else SHADOW

    seen = see(title, held(feed, [], complete=False))

    assert "as far as the log is held" in seen.text
    assert "not held back to the window's start" in seen.text


def test_f95_an_idle_day_is_one_sentence(see: See) -> None:
    assert see(VETO_TITLE, {VETOES: []}).text == "No veto in the 24 h to 20:15 UTC."
    assert see(HOURS_TITLE, {SHADOW: []}).text == "No decision in the 24 h to 20:15 UTC."


def test_decisions_are_counted_and_said_in_words(see: See) -> None:
    rows = [shadow(ago=60), shadow(ago=120), shadow(False, ago=180), shadow(ago=8 * 3600)]

    seen = see(HOURS_TITLE, {SHADOW: rows})

    assert (
        "4 decisions in the 24 h to 20:15 UTC: 3 allowed, 1 vetoed. "
        "Most in one hour: 3, from 20:00 UTC."
    ) in seen.text
    assert [[cell.text for cell in row.values()] for row in seen.cells] == [
        ["Allowed", "3", "75.0\u00a0%", "2"],
        ["Vetoed", "1", "25.0\u00a0%", "1"],
    ]


def test_heartbeats_repeat_a_decision_and_do_not_count(see: See) -> None:
    seen = see(HOURS_TITLE, {SHADOW: [shadow(), shadow(heartbeat=True)]})

    assert "1 decision in the" in seen.text
    assert "1 heartbeat row repeats an earlier decision and is not counted." in seen.text


def test_f102_at_least_is_said_of_decisions_too(see: See) -> None:
    seen = see(HOURS_TITLE, held(SHADOW, [shadow()], complete=False))

    assert seen.text.startswith("At least 1 decision in the 24 h")
    assert "Decisions, at least" in seen.text


def test_rows_without_a_verdict_are_counted_apart(see: See) -> None:
    rows = [shadow(), shadow("yes"), shadow(None), {"timestamp": 1764188000.0}]

    seen = see(HOURS_TITLE, {SHADOW: rows})

    assert "1 decision in the" in seen.text
    assert "2 unreadable lines, 1 row of another kind" in seen.text


def test_the_bars_say_what_the_table_says(see: See) -> None:
    seen = see(HOURS_TITLE, {SHADOW: [shadow(ago=n * 1700) for n in range(50)]})
    (data,) = seen.data.values()
    height = sum(data["high"]) if "high" in data else sum(data["top"]) - sum(data["bottom"])

    assert "50 decisions" in seen.text
    assert height
    assert {"hour", "allowed", "vetoed"} <= data.keys()


@pytest.mark.parametrize(
    ("title", "feed", "names"),
    [
        (VETO_TITLE, VETOES, {"Reason", "Vetoes"}),
        (HOURS_TITLE, SHADOW, {"Hour (UTC)", "Decisions per hour"}),
    ],
)
def test_charts_have_axis_names_hover_and_no_background(
    see: See, title: str, feed: Log[Any], names: set[str]
) -> None:
    from bokeh.models import Axis, HoverTool, Plot

    seen = see(title, {feed: feed.example})
    (figure,) = seen._document.roots

    assert isinstance(figure, Plot)
    axes: list[Any] = list(figure.select({"type": Axis}))
    assert {axis.axis_label for axis in axes} == names
    assert len(list(figure.select({"type": HoverTool}))) == 1
    assert figure.border_fill_color is None
    assert figure.sizing_mode == "stretch_both"


def test_f108_the_comparison_log_is_not_read(page: Any) -> None:
    """It repeats 500 rows a run; the summary says the same once."""
    assert {feed.name for feed in page.feeds} == {
        "pipeline_v6_compare_summary",
        "pipeline_v6_shadow_head",
        "pipeline_v6_shadow",
        "risk_vetoes",
    }


def test_logs_are_looked_for_where_producers_put_them() -> None:
    assert VETOES.paths == (
        "../execution/risk_vetoes.jsonl",
        "execution/risk_vetoes.jsonl",
        "../logs/execution/risk_vetoes.jsonl",
    )
    assert SHADOW.paths == (
        "../pipeline_v6_shadow.jsonl",
        "pipeline_v6_shadow.jsonl",
        "../logs/pipeline_v6_shadow.jsonl",
    )
