"""Logs as feeds: rows to entries, windows, and what a log says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muntin import Entry, Log, LogWindow, MalformedFeed, Status, log
from muntin.state.logs import MAX_ROWS, parse_row, row_time
from muntin.testing import snapshot

T0 = datetime(2025, 11, 5, 12, tzinfo=UTC)


def reason(row: dict[str, Any]) -> str | None:
    """Return why an order was vetoed; other events are foreign."""
    if row.get("event_type") != "risk_veto":
        return None
    found = row["veto_reason"]
    if not isinstance(found, str):
        raise MalformedFeed("veto_reason", "not a text")
    return found


VETOES = log("vetoes", reason, path="../execution/risk_vetoes.jsonl", stale_after=3600)


def veto(ts: Any = "2025-11-05T11:00:00Z", why: Any = "leverage_cap") -> dict[str, Any]:
    return {"ts": ts, "event_type": "risk_veto", "veto_reason": why}


def test_raw_rows_make_a_window_oldest_first() -> None:
    rows = [veto(ts=1762340400, why="second"), veto(ts=1762336800, why="first")]
    value = snapshot({VETOES: rows}, now=T0)[VETOES]

    assert [entry.value for entry in value.entries] == ["first", "second"]
    assert value.complete
    assert value.since == value.entries[0].at


def test_age_of_raw_rows_is_that_of_the_last() -> None:
    rows = [veto(ts=(T0 - timedelta(hours=2)).isoformat())]

    assert snapshot({VETOES: rows}, now=T0).status(VETOES) is Status.STALE


@pytest.mark.parametrize("ts", [None, "n/a", 0, True, [], "", float("nan")])
def test_rows_without_a_usable_time_are_in_no_window_f5(ts: Any) -> None:
    """F5: they are counted as undated instead."""
    value = snapshot({VETOES: [veto(), veto(ts=ts)]}, now=T0)[VETOES]

    assert len(value.entries) == 1
    assert value.undated == 1


@pytest.mark.parametrize("row", [None, [], "text", 3, veto(why=7), {"event_type": "risk_veto"}])
def test_row_that_is_none_is_rejected_f69(row: Any) -> None:
    """F69: also where the row parser fails in a way not meant for it."""
    assert parse_row(row, reason, ("ts",)) == "rejected"


def test_row_of_another_kind_is_foreign_f54() -> None:
    """F54: unknown events are no orders, and are counted."""
    assert parse_row({"ts": 1762340400, "event_type": "test"}, reason, ("ts",)) == "foreign"


def test_first_usable_time_counts() -> None:
    row = {"ts": "n/a", "timing": {"fill.first": 1, "ack": 1762340400}}

    assert row_time(row, ("ts", "missing", "timing.ack")) == T0 - timedelta(hours=1)
    assert row_time([], ("ts",)) is None


def test_flat_key_with_a_dot_is_found() -> None:
    assert row_time({"a.b": 1762340400}, ("a.b",)) == T0 - timedelta(hours=1)


def test_within_leaves_out_older_and_later_rows() -> None:
    entries = tuple(Entry(T0 + timedelta(minutes=m), m) for m in (-90, -60, -1, 0, 1))

    found = LogWindow(entries).within(3600, T0)

    assert [entry.value for entry in found] == [-60, -1, 0]


def test_counts_of_a_part_that_is_held_completely_are_no_at_least_f102() -> None:
    """F102: the window is not complete, its last hour is."""
    window: LogWindow[str] = LogWindow(since=T0 - timedelta(hours=2))

    assert window.covers(3600, T0)
    assert not window.covers(3 * 3600, T0)
    assert LogWindow(complete=True).covers(3600, T0)
    assert not LogWindow().covers(3600, T0)


def test_paths_name_the_alternatives_in_their_order() -> None:
    made = log("vetoes", reason, path="a.jsonl", also=("b.jsonl", "c.jsonl"))

    assert made.paths == ("a.jsonl", "b.jsonl", "c.jsonl")
    assert log("vetoes", reason).paths == ("vetoes.jsonl",)
    assert made.max_rows == MAX_ROWS


@pytest.mark.parametrize("bound", [{"window": 0}, {"max_rows": 0}, {"max_bytes": 0}])
def test_bounds_are_above_zero(bound: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        log("vetoes", reason, **bound)


def test_name_and_ages_are_checked_as_for_any_feed() -> None:
    with pytest.raises(ValueError, match="feed name"):
        log("No Name", reason)


def test_same_log_in_two_plugins_has_the_same_window_and_paths() -> None:
    def made(**more: Any) -> Log[str]:
        return log("vetoes", reason, **more)

    assert made().same_document(log("vetoes", lambda row: 1))
    assert not made().same_document(made(window=60))
    assert not made().same_document(made(also=("b.jsonl",)))
    assert not made().same_document(made(at=("t",)))
