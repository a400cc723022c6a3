"""F85: whatever a text holds, in every component it is only text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from core.tests.ui.kit import Elements, nav
from hypothesis import given
from hypothesis import strategies as st

from muntin.state.fields import Field, Presence
from muntin.ui import (
    Badge,
    Cell,
    Chart,
    Column,
    Embed,
    Metric,
    Note,
    Row,
    Share,
    Sparkline,
    StackedBar,
    line,
    metrics,
    row,
    side_by_side,
    stack,
    table,
)
from muntin.ui.rendering import fragment

#: A colour that the page's own style sheet names.
_VARIABLE = re.compile(r"var\(--[a-z0-9-]+\)")
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\ud800\x00"
NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)

#: What may come from muntin itself; anything else came out of a hostile text.
TAGS = frozenset(
    "div span small p h3 svg path i table caption thead tr th button tbody td b".split()  # noqa: SIM905
)
ATTRS = frozenset(
    "id class title tabindex d style role type scope data-metric data-column data-feed data-path"  # noqa: SIM905
    " data-raw data-value data-own data-own-as-of data-formula data-sort data-sortable data-slot"
    " aria-hidden popover popovertarget"
    " data-unknown aria-label aria-labelledby viewbox preserveaspectratio focusable".split()
)


def hostile(text: str) -> list[Any]:
    """Return every component with a hostile text in every place that takes one."""
    field = Field(text, "usd", text, text, text, Presence.OK, text, text)
    bad: Field[Any] = Field(None, "usd", text, text, text, Presence.INVALID, text, text)
    metric = Metric(text, text, field, note=text, meaning=text, words=text, tone=text)  # type: ignore[arg-type]  # as from state
    column = Column(text, text)
    cell = Cell(field, swatch=text, tone=text)  # type: ignore[arg-type]  # as above
    shares = StackedBar((Share(text, 1.0, text),), text)
    return [
        metrics(metric, Metric("x", text, bad, chip=True, prefix=text), heading=text),
        line(metric),
        metric,
        table([column], [Row(text, (cell,), text), Row("b", (Cell(bad),))], caption=text),
        table([column], [], empty=text),
        Badge(field, text, text, text),  # type: ignore[arg-type]  # as above
        Note(text, text),  # type: ignore[arg-type]  # as above
        Sparkline(((NOW, 1.0), (NOW + timedelta(1), 2.0)), text),
        shares,
        Chart(lambda: None, {}, text, centre=(text, text)),
        Embed(None, text),
        side_by_side(Note(text), stack(Note(text))),
    ]


def check_harmless(markup: str) -> None:
    found = Elements(markup)
    markup.encode()
    assert {tag for tag, _ in found.found} <= TAGS
    assert {name for _, attrs in found.found for name in attrs} <= ATTRS
    styles = [_VARIABLE.sub("", str(attrs["style"])) for attrs in found.with_attr("style")]
    assert all(char not in style for style in styles for char in "<>\"'()")


@pytest.mark.parametrize("index", range(len(hostile(""))))
def test_hostile_text_is_only_text_f85(index: int) -> None:
    """F85: no place of any component lets markup through, not even a half surrogate."""
    component = hostile(EVIL)[index]
    markup = fragment(component, "p").html()

    check_harmless(markup)
    assert "<script" not in markup
    assert "alert" in markup


@given(st.text(st.characters(codec=None, categories=None)))
def test_any_text_is_only_text_f85(text: str) -> None:
    """F85, for texts nobody thought of."""
    for component in hostile(text):
        check_harmless(fragment(component, "p").html())


def test_hostile_prefix_and_path_of_a_panel_are_escaped_f85() -> None:
    check_harmless(fragment(metrics(Metric("nav", "NAV", nav(path=EVIL))), EVIL).html())


@pytest.mark.parametrize("color", ["red", "#12", "url(x)", "#fff;position:fixed", "var(--x);a:b"])
def test_colour_that_is_none_becomes_the_texts_own(color: str) -> None:
    cell = fragment(table([Column("a", "A")], [row("k", Cell(nav(), swatch=color))]), "p").html()
    bar = fragment(StackedBar((Share("a", 1, color),), "l"), "p").html()

    assert 'style="background:currentColor"' in cell
    assert 'style="flex:1;background:currentColor"' in bar


@pytest.mark.parametrize("color", ["#abc", "#A1b2C3", "var(--series-1)"])
def test_plain_colours_and_variables_pass(color: str) -> None:
    assert f"background:{color}" in fragment(StackedBar((Share("a", 1, color),), "l"), "p").html()
