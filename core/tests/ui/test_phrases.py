"""The sentences of a panel: on its documents, on names, on numbers of things."""

from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed, Status
from muntin.testing import reading, snapshot
from muntin.ui import Note, feed_warnings, join, note, plural, status_text

NAV: Feed[dict[str, Any]] = Feed(
    "nav", dict, late_after=60, stale_after=600, example={"ts": 1764188100, "nav": 1.0}
)


def test_a_note_of_nothing_is_none() -> None:
    assert note("") is None
    assert note("a") == Note("a", "none")
    assert note("a", "warn") == Note("a", "warn")


@pytest.mark.parametrize("age", [0, 100])
def test_a_document_within_its_periods_is_no_trouble(age: float) -> None:
    assert feed_warnings(snapshot(NAV, age=age), NAV) == ()


def test_a_document_that_is_too_old_is_noted_with_its_time() -> None:
    [told] = feed_warnings(snapshot(NAV, age=1000), NAV)

    assert told.tone == "warn"
    assert told.text.startswith("nav.json: too old to be current. Its figures are as of ")


@pytest.mark.parametrize(
    "status", [Status.UNDATED, Status.SKEWED, Status.EMPTY, Status.MALFORMED, Status.UNREADABLE]
)
def test_what_is_shown_of_a_broken_document_is_noted(status: Status) -> None:
    state = snapshot({NAV: reading(NAV, status, kept=True)})

    [told] = feed_warnings(state, NAV)

    assert told.text.startswith(f"{status_text(state, NAV)}.")
    assert status_text(state, NAV).startswith("nav.json: ")


@pytest.mark.parametrize("status", [Status.EMPTY, Status.MISSING, Status.UNREADABLE])
def test_a_document_that_is_not_shown_is_no_trouble_and_says_why(status: Status) -> None:
    state = snapshot({NAV: reading(NAV, status)})

    assert feed_warnings(state, NAV) == ()
    assert status_text(state, NAV) != status_text(snapshot(NAV), NAV)


def test_a_document_is_named_without_the_folders_above_it() -> None:
    rows: Feed[dict[str, Any]] = Feed("rows", dict, path="../logs/rows.jsonl")

    assert (
        status_text(snapshot({rows: reading(rows, Status.MISSING)}), rows)
        == "rows.jsonl: never seen"
    )


def test_long_lists_of_names_end_in_a_number() -> None:
    assert join(["A", "B"]) == "A, B"
    assert join("ABCDE", most=3) == "A, B, C and 2 more"
    assert join(()) == ""


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1116, "1,116 rows")]
)
def test_a_number_has_its_noun(number: int, text: str) -> None:
    assert plural(number, "row") == text
    assert plural(2, "entry", "entries") == "2 entries"
