"""The parts of a page by their ids: each is unique, and says what of it has changed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from core.tests.ui.kit import elements, nav
from hypothesis import given
from hypothesis import strategies as st

from muntin.ui import (
    Column,
    Embed,
    Metric,
    Metrics,
    Note,
    Share,
    StackedBar,
    Table,
    metrics,
    row,
    stack,
    table,
)
from muntin.ui.rendering import fragment
from muntin.ui.rendering.fragments import Fragment, Leaf, LeafChange, Slot, quote

# ------------------------------------------------------------------ unique ids


def numbered(component: Any) -> list[str]:
    made = fragment(component, "p")
    ids = [part.id for part in made.parts if not isinstance(part, str)]
    assert [key for key, times in Counter(ids).items() if times > 1] == []
    assert set(ids) == made.leaves.keys() | made.slots.keys()
    return ids


def test_two_rows_of_the_same_key_are_both_shown() -> None:
    made = table([Column("a", "A"), Column("b", "B")], [row("k", nav(n), nav(n)) for n in (1, 2)])

    ids = numbered(made)
    assert len(ids) == 4
    assert ids[2] == f"{ids[0].removesuffix('.a')}~2.a"
    assert [leaf.text for leaf in fragment(made, "p").leaves.values()] == [
        "1.00", "1.00", "2.00", "2.00",
    ]  # fmt: skip


@pytest.mark.parametrize("inline", [False, True])
def test_two_metrics_of_the_same_id_are_both_shown(inline: bool) -> None:
    group = Metrics(tuple(Metric("x", "X", nav(n), note="n") for n in (1, 2)), inline=inline)

    assert len(numbered(group)) == 6
    assert [attrs["data-metric"] for attrs in elements(group).with_attr("data-metric")] == ["x"] * 2


def test_metric_named_like_a_part_of_another_is_shown() -> None:
    assert len(numbered(metrics(Metric("x", "X", nav()), Metric("x.unit", "Y", nav())))) == 4


def test_two_columns_and_two_shares_of_the_same_name_are_shown() -> None:
    numbered(table([Column("a", "A"), Column("a", "B")], [row("k", nav(), nav())]))
    numbered(StackedBar((Share("a", 1, "#fff"), Share("a", 2, "#fff")), "l"))


@given(st.lists(st.sampled_from(["k", "k~2", "k~3", ""])))
def test_ids_are_unique_whatever_the_keys(keys: list[str]) -> None:
    numbered(table([Column("a", "A")], [row(key, nav()) for key in keys]))
    numbered(metrics(*(Metric(key, "X", nav()) for key in keys)))


def test_same_data_gives_the_same_ids() -> None:
    """What is numbered is numbered by its place, so updates still match."""
    made = table([Column("a", "A")], [row("k", nav(n)) for n in (1, 2, 3)])

    assert fragment(made, "p").fits(fragment(made, "p"))


# ------------------------------------------------------------------ what changed


def grid(value: Any, **more: Any) -> Fragment:
    return fragment(metrics(Metric("a", "A", nav(value, **more)), Metric("b", "B", nav(7.0))), "p")


def test_another_value_changes_leaves_only() -> None:
    old, new = grid(1.0), grid(2.0)

    assert new.fits(old)
    assert new.changed(old) == [LeafChange("p.a", "2.00", (("data-value", "2.0"),))]


def test_equal_fragments_change_nothing() -> None:
    assert grid(1.0).changed(grid(1.0)) == []


def test_same_text_of_another_value_changes_the_attribute_only() -> None:
    assert grid(1.001).changed(grid(1.0)) == [LeafChange("p.a", None, (("data-value", "1.001"),))]


def test_attribute_that_is_gone_is_removed() -> None:
    [change, unit] = grid(1.0).changed(grid(None, problem="why"))

    assert dict(change.attrs) == {"data-value": "1.0", "data-own": None, "title": None}
    assert unit == LeafChange("p.a.unit", "USD", ())


def test_change_is_free_of_surrogates() -> None:
    old, new = fragment(Note("a"), "p"), fragment(Note("\ud800", "warn"), "p")

    assert new.changed(old) == [LeafChange("p.note", "?", (("class", "mu-note warn"),))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Note("a"), stack(Note("a"))),
        (Metric("a", "A", nav()), Metric("a", "B", nav())),
        (table([Column("a", "A")], [row("k", nav())]), table([Column("a", "A")], [])),
        (
            table([Column("a", "A")], [row("k", nav())]),
            table([Column("a", "A")], [row("l", nav())]),
        ),
        (Embed(None, "a"), Note("a")),
    ],
)
def test_other_elements_are_another_structure(old: Any, new: Any) -> None:
    assert not fragment(old, "p").fits(fragment(new, "p"))


def test_extra_attributes_are_added_and_escaped() -> None:
    made = Fragment((Leaf("a", "b", "t"), "<i></i>", Slot("s", None, 1)))

    assert made.html(lambda _leaf: (("data-status", '"'),)).startswith(
        '<b id="a" data-status="&quot;">t</b><i></i><div'
    )
    assert list(made.slots) == ["s"]


def test_quote_escapes_both_quotes() -> None:
    assert quote("\"'<>&") == "&quot;&#x27;&lt;&gt;&amp;"


def test_table_type_is_a_table() -> None:
    assert isinstance(table([], []), Table)
