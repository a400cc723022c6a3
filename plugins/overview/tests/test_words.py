from __future__ import annotations

import pytest

from muntin import Field
from muntin_overview.words import contradiction


def test_f32_defensive_at_a_small_drawdown_is_a_contradiction() -> None:
    text = contradiction(Field("DEFENSIVE"), Field(0.0069, "fraction"))

    assert "DEFENSIVE" in text
    assert "0.69" in text


@pytest.mark.parametrize(
    ("word", "depth"),
    [("normal", 0.001), ("defensive", 0.05), (None, 0.001), ("defensive", None)],
)
def test_f32_what_agrees_or_is_unknown_is_no_contradiction(
    word: str | None, depth: float | None
) -> None:
    assert contradiction(Field(word), Field(depth, "fraction")) == ""
