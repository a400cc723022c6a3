"""Components are plain descriptions: what a helper leaves out, adds and refuses."""

from __future__ import annotations

from types import ModuleType

import pytest

import muntin.ui
from muntin.state.fields import Presence
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Note,
    label,
    line,
    metrics,
    row,
    side_by_side,
    stack,
    table,
)


def test_public_names_are_there_once() -> None:
    names = muntin.ui.__all__

    assert len(set(names)) == len(names)
    assert all(hasattr(muntin.ui, name) for name in names)


def test_a_module_never_hides_a_public_name() -> None:
    """`muntin.ui.words` was once the module of that name, and no longer the function."""
    assert all(not isinstance(getattr(muntin.ui, name), ModuleType) for name in muntin.ui.__all__)


def test_none_is_left_out_of_a_stack() -> None:
    assert stack(Note("a"), None, Note("b")).items == (Note("a"), Note("b"))
    assert side_by_side(None, Note("a")).side


def test_words_are_a_value_without_origin() -> None:
    field = label("BTC")

    assert (field.value, field.feed, field.presence) == ("BTC", "", Presence.OK)


def test_bare_fields_become_cells() -> None:
    assert row("k", label("a"), Cell(label("b"), chip=True)).cells == (
        Cell(label("a")),
        Cell(label("b"), chip=True),
    )


def test_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="row 'k' has 2 cells for 1"):
        table([Column("a", "A")], [row("k", label("1"), label("2"))])


def test_line_is_inline() -> None:
    item = Metric("a", "A", label("1"))

    assert line(item).inline
    assert not metrics(item, heading="H").inline


@pytest.mark.parametrize(("name", "entry"), muntin.ui.DEPRECATED.items())
def test_deprecated_name_works_and_names_its_successor(
    name: str, entry: tuple[object, str]
) -> None:
    with pytest.warns(DeprecationWarning, match=f"muntin.ui.{name} is deprecated: use muntin.ui."):
        found = getattr(muntin.ui, name)

    assert found is entry[0]


def test_deprecated_tone_leaves_words_of_a_domain_to_the_panel() -> None:
    with pytest.warns(DeprecationWarning, match="tone_of"):
        tone_of = muntin.ui.tone_of

    assert (tone_of("ok"), tone_of("panic"), tone_of(None)) == ("good", "", "none")
