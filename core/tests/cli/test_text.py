"""Tables and ages as the command line writes them."""

from __future__ import annotations

import pytest

from muntin.cli.text import aligned, duration, printable


def test_a_table_is_aligned_and_shows_no_control_characters() -> None:
    assert aligned(("A", "B"), [("xx", "1"), ("\x1b[31m", "2\n3")]) == (
        "A      B\nxx     1\n [31m  2 3"
    )
    assert printable("a\x00b\u202ec") == "a b c"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.0, "0 s"),
        (119.0, "119 s"),
        (300, "5 min"),
        (9000, "2.5 h"),
        (864000, "10 d"),
    ],
)
def test_an_age_reads_as_people_say_it(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words
