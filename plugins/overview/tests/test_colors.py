from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin_overview import colors

ALL = (colors.FUTURES, colors.OTHER, *colors.KNOWN.values(), *colors.PALETTE)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", ALL)
@pytest.mark.parametrize("surface", ["#ffffff", "#151a21"])
def test_every_colour_is_seen_in_both_themes(color: str, surface: str) -> None:
    assert contrast(color, surface) >= 3


def test_all_colours_differ() -> None:
    assert len(set(ALL)) == len(ALL)


def test_a_label_alone_always_has_one_colour() -> None:
    assert colors.assign([("a", "BTC")]) == {"a": colors.KNOWN["BTC"]}
    assert colors.assign([("a", "DOGE")]) == colors.assign([("a", "DOGE")])


def test_f84_labels_that_differ_in_case_have_two_colours() -> None:
    made = colors.assign([("k.btc", "btc"), ("k.BTC", "BTC")])

    assert len(set(made.values())) == 2


@given(st.lists(st.text(), max_size=7, unique=True), st.randoms())
def test_colours_depend_on_who_is_there_and_not_on_the_order(
    labels: list[str], order: object
) -> None:
    pairs = [(label, label) for label in labels]
    made = colors.assign(pairs)
    shuffled = list(pairs)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random

    assert colors.assign(shuffled) == made
    assert len(set(made.values())) == len(pairs)
