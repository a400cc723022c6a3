"""The one table of status words."""

from __future__ import annotations

import pytest

from muntin import Field, Presence
from muntin.ui import RANKED, Grade, Metric, grade_of, metrics, tone_of
from muntin.ui.html import fragment


@pytest.mark.parametrize(
    ("word", "tone"),
    [
        ("quiet", "good"), ("NORMAL", "good"), (" Ok ", "good"), ("hot", "warn"), ("WARN", "warn"),
        ("degraded", "warn"), ("panic", "bad"), ("Defensive", "bad"), ("broken", "bad"),
        ("unknown", "none"), ("banana", "none"), ("A_HIGH", "good"), ("", "none"), (None, "none"),
    ],
)  # fmt: skip
def test_f37_one_table_in_any_case_and_unknown_words_are_neutral(
    word: str | None, tone: str
) -> None:
    """A word nobody knows is neither good nor bad."""
    assert tone_of(Field(word)) == tone


@pytest.mark.parametrize(
    ("word", "grade"),
    [("good", Grade.GOOD), ("OK", Grade.OK), ("poor", Grade.BROKEN), ("broken", Grade.BROKEN),
     ("unknown", Grade.UNKNOWN), (None, Grade.UNKNOWN), ("banana", None)],
)  # fmt: skip
def test_vocabularies_meet_in_one_order(word: str | None, grade: Grade | None) -> None:
    """Good > ok > degraded > poor = broken, unknown apart."""
    assert grade_of(word) is grade
    assert RANKED == (Grade.GOOD, Grade.OK, Grade.DEGRADED, Grade.BROKEN)


def test_f37_a_word_nobody_knows_is_shown_and_marked() -> None:
    """Operators can count the words that no table has."""
    strange = Field("banana", feed="kpis", path="state", presence=Presence.OK)
    known = Field("normal", feed="kpis", path="state", presence=Presence.OK)
    items = [Metric("a", "A", strange, chip=True), Metric("b", "B", known, chip=True)]

    html = fragment(metrics(*items), "x").html()

    assert html.count("data-unknown=") == 1
    assert 'data-unknown="banana"' in html
    assert ">banana<" in html
