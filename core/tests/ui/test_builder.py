"""A fragment reuses the leaves of the previous one, and is as if it were made from nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.state.fields import Field, Presence
from muntin.ui import (
    Badge,
    Cell,
    Column,
    Metric,
    Sparkline,
    Stack,
    Table,
    metrics,
    row,
    stack,
    table,
)
from muntin.ui.rendering import fragment
from muntin.ui.rendering.fragments import Fragment, Leaf

NOON = datetime(2025, 11, 26, 12, tzinfo=UTC)
#: Values of which many are equal to one another and look different, or the other way round.
VALUES: list[Any] = [
    None, 0, 0.0, -0.0, False, 1, 1.0, True, "1", "", "x", 1.5, -1.5, float("nan"), 10**400,
    Decimal(1), Decimal("1.0"), NOON, NOON.astimezone(timezone(timedelta(hours=1))), [1], [True],
]  # fmt: skip
COLUMNS = (Column("a", "A"), Column("b", "B", 1, signed=True))


def field(value: Any, **more: Any) -> Field[Any]:
    return Field(value, "usd", "nav", "a.b", presence=Presence.OK, **more)


def prices(*values: float) -> Table:
    return table(COLUMNS[:1], (row(f"r{at}", field(value)) for at, value in enumerate(values)))


def leaves(made: Fragment) -> list[Leaf]:
    return list(made.leaves.values())


def made_again(made: Fragment, before: Fragment) -> list[Leaf]:
    """Return the leaves that were made, not taken from the previous fragment."""
    known = {id(leaf) for leaf in leaves(before)}
    return [leaf for leaf in leaves(made) if id(leaf) not in known]


fields = st.builds(
    Field, st.sampled_from(VALUES), st.sampled_from(["", "usd", "fraction"]),
    st.sampled_from(["", "nav"]), st.sampled_from(["a", "b"]), st.just(""),
    st.sampled_from(list(Presence)), st.sampled_from(["", "why"]), st.sampled_from(["", "f"]),
    st.sampled_from([None, NOON]),
)  # fmt: skip
cells = st.builds(
    Cell, fields, st.sampled_from(["", "good"]), st.booleans(), st.sampled_from(["", "#abc"]),
    st.booleans(), st.sampled_from([None, 0, 3]),
)  # fmt: skip
tables = st.builds(
    table, st.sampled_from([COLUMNS, COLUMNS[::-1]]),
    st.lists(st.builds(row, st.sampled_from("xyz"), cells, cells), max_size=3),
)  # fmt: skip
components = st.builds(
    stack, tables,
    st.builds(lambda a, b: metrics(Metric("m", "M", a), Metric("m", "M", b)), fields, fields),
    st.builds(Badge, fields, st.sampled_from(["", "i"])),
)  # fmt: skip


@given(components, components, components)
def test_the_result_does_not_depend_on_the_previous_fragment(
    first: Stack, second: Stack, third: Stack
) -> None:
    before = fragment(second, "p", fragment(first, "p"))

    made, plain = fragment(third, "p", before), fragment(third, "p")

    assert made.html() == plain.html()
    assert made == plain
    assert made.weight == plain.weight


def test_equal_values_that_look_different_are_rendered_again() -> None:
    for old, new in product(VALUES, VALUES):
        before = fragment(prices(old), "p")

        assert fragment(prices(new), "p", before) == fragment(prices(new), "p"), (old, new)


def test_value_that_cannot_be_compared_is_rendered_again() -> None:
    class Awkward:
        def __eq__(self, other: object) -> bool:
            raise ValueError("an array")

        __hash__ = None  # type: ignore[assignment]

        def __str__(self) -> str:
            return "awkward"

    made = fragment(prices(Awkward()), "p", fragment(prices(Awkward()), "p"))  # type: ignore[arg-type]

    assert [leaf.text for leaf in leaves(made)] == ["awkward"]


def test_one_changed_price_of_five_hundred_makes_one_leaf() -> None:
    values = [float(at) for at in range(500)]
    before = fragment(prices(*values), "p")
    values[250] = 0.5

    made = fragment(prices(*values), "p", before)

    assert [leaf.text for leaf in made_again(made, before)] == ["0.50"]
    assert [change.text for change in made.changed(before)] == ["0.50"]


def test_rows_that_move_are_reused() -> None:
    one, two = row("one", field(1.0)), row("two", field(2.0))
    before = fragment(table(COLUMNS[:1], [one, two]), "p")

    made = fragment(table(COLUMNS[:1], [two, one]), "p", before)

    assert made_again(made, before) == []
    assert not made.fits(before)


def test_columns_with_other_digits_render_every_cell() -> None:
    before = fragment(prices(1.0), "p")
    made = fragment(table([Column("a", "A", 4)], [row("r0", field(1.0))]), "p", before)

    assert [leaf.text for leaf in made_again(made, before)] == ["1.0000"]


def test_row_that_lost_a_cell_is_refused() -> None:
    before = fragment(prices(1.0), "p")
    broken = Table(COLUMNS, (row("r0", field(1.0)),))

    with pytest.raises(ValueError, match="zip"):
        fragment(broken, "p", before)


def test_line_of_a_series_is_drawn_once() -> None:
    points = tuple((NOON + timedelta(hours=at), float(at)) for at in range(5))
    before = fragment(Sparkline(points, "rising"), "p")

    same = fragment(Sparkline(tuple(points), "rising"), "p", before)
    longer = fragment(Sparkline((*points, (NOON + timedelta(hours=9), 1.0)), "rising"), "p", before)

    assert same.leaves["p.spark"] is before.leaves["p.spark"]
    assert longer.leaves["p.spark"].attrs != before.leaves["p.spark"].attrs


def test_weight_counts_leaves_that_were_reused() -> None:
    before = fragment(prices(1.0, 2.0), "p")

    assert fragment(prices(1.0, 2.0), "p", before).weight == before.weight > 80
