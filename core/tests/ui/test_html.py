"""Components as HTML: everything says what it is and where it comes from."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from core.tests.ui.kit import elements, nav

from muntin.state.fields import Presence
from muntin.ui import (
    Badge,
    Cell,
    Chart,
    Column,
    Embed,
    Metric,
    Note,
    Share,
    Sparkline,
    StackedBar,
    label,
    line,
    metric,
    metrics,
    row,
    stack,
    table,
)
from muntin.ui.rendering import fragment, origin
from muntin.ui.rendering.fragments import Leaf

NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)


def test_metric_says_what_it_is_and_where_it_was_read() -> None:
    [attrs] = elements(metrics(Metric("nav", "NAV", nav()))).with_attr("data-metric")

    assert attrs["data-metric"] == "nav"
    assert (attrs["data-feed"], attrs["data-path"], attrs["data-value"]) == ("nav", "a.b", "1.5")


def test_cell_says_what_it_is_and_where_it_was_read() -> None:
    [attrs] = elements(table([Column("qty", "Qty")], [row("k", nav())])).with_attr("data-column")

    assert attrs["data-column"] == "qty"
    assert (attrs["data-feed"], attrs["data-path"], attrs["data-value"]) == ("nav", "a.b", "1.5")


@pytest.mark.parametrize(
    "component",
    [
        metrics(Metric("x", "X", nav(None))),
        line(Metric("x", "X", nav(None))),
        table([Column("x", "X")], [row("k", nav(None))]),
        Badge(nav(None), "x"),
    ],
)
def test_absent_value_has_an_empty_data_value_and_says_so(component: Any) -> None:
    found = elements(component)
    [attrs] = found.with_attr("data-value")

    assert attrs["data-value"] == ""
    assert attrs["data-own"] == "missing"
    assert "–" in found.text
    assert "USD" not in found.text


@pytest.mark.parametrize(
    ("presence", "own"),
    [
        ("missing", "missing"),
        ("null", "missing"),
        ("invalid", "malformed"),
        ("placeholder", "empty"),
    ],
)
def test_absent_value_has_a_status_of_its_own(presence: str, own: str) -> None:
    attrs = dict(origin(nav(None, presence=Presence(presence), problem="why")))

    assert (attrs["data-own"], attrs["title"]) == (own, "why")


def test_carried_value_keeps_its_own_time_and_formula() -> None:
    attrs = dict(origin(nav(as_of=NOW, formula="a / b")))

    assert attrs["data-own-as-of"] == "2025-11-26T20:15:00.000Z"
    assert attrs["data-formula"] == "a / b"


def test_words_have_no_origin() -> None:
    assert dict(origin(label("BTC"))) == {"data-value": "BTC"}


def test_sign_is_told_by_text_and_colour() -> None:
    def shown(value: float) -> Leaf:
        [leaf, _] = fragment(Metric("x", "X", nav(value), signed=True), "p").leaves.values()
        return leaf

    assert (shown(2).text, dict(shown(2).attrs)["class"]) == ("+2.00", "mu-num up")
    assert (shown(-2).text, dict(shown(-2).attrs)["class"]) == ("−2.00", "mu-num down")
    assert dict(shown(0).attrs)["class"] == "mu-num"


def test_words_stand_in_place_of_a_value_and_never_of_none() -> None:
    assert "At peak" in elements(Metric("x", "X", nav(0.0), words="At peak")).text
    assert "At peak" not in elements(Metric("x", "X", nav(None), words="At peak")).text


def test_marked_muted_and_wide_cells_are_classes() -> None:
    columns = [Column("a", "A", wide_only=True), Column("b", "B", numeric=False)]
    made = elements(table(columns, [row("k", Cell(nav(), marked=True), label("x"), muted="off")]))

    classes = [str(attrs.get("class")) for _, attrs in made.found]
    assert {"num wide", "txt", "muted", "mu-num marked"} <= set(classes)


def test_column_and_cell_decide_the_digits() -> None:
    made = table([Column("a", "A", digits=0)], [row("k", nav()), row("l", Cell(nav(), digits=3))])

    assert [leaf.text for leaf in fragment(made, "p").leaves.values()] == ["2", "1.500"]


def test_empty_table_says_so() -> None:
    assert elements(table([Column("a", "A")], [], empty="No positions.")).text == "No positions."


def test_unsortable_table_does_not_offer_it() -> None:
    made = table([Column("a", "A")], [row("k", nav())])

    assert "data-sortable" in fragment(made, "p").html()
    assert "data-sortable" not in fragment(dataclasses.replace(made, sortable=False), "p").html()


def test_spark_draws_a_line_of_at_most_120_points() -> None:
    points = tuple((NOW + timedelta(minutes=i), float(i)) for i in range(1000))
    leaves = fragment(Sparkline(points, "NAV"), "p").leaves
    path = dict(leaves["p.spark"].attrs)["d"]

    assert path.startswith("M0 33.0L")
    assert path.endswith("L300 3.0")
    assert path.count("L") <= 130
    assert leaves["p.spark.label"].text == "NAV"


@pytest.mark.parametrize("points", [(), ((NOW, 1.0),)])
def test_spark_without_two_points_draws_nothing(points: Any) -> None:
    assert dict(fragment(Sparkline(points, "l"), "p").leaves["p.spark"].attrs)["d"] == ""


def test_spark_of_one_instant_or_one_value_divides_by_nothing() -> None:
    path = dict(fragment(Sparkline(((NOW, 1.0), (NOW, 1.0)), "l"), "p").leaves["p.spark"].attrs)[
        "d"
    ]

    assert path == "M0 33.0L0 33.0"


def test_shares_of_nothing_are_left_out() -> None:
    shares = StackedBar((Share("a", 1, "#fff"), Share("b", 0, "#fff"), Share("c", -1, "#fff")), "l")

    assert list(fragment(shares, "p").leaves)[1:] == ["p.shares.label"]


def test_slot_reserves_its_size() -> None:
    chart = elements(Chart(lambda: None, {}, "AUM", 200, 300)).with_attr("data-slot")[0]
    live = elements(Embed(None, "x", 0)).with_attr("data-slot")[0]

    assert (chart["style"], chart["role"]) == ("width:300px;height:200px", "img")
    assert (live["style"], live["role"]) == ("", "group")


@pytest.mark.parametrize("thing", [object(), None, "text", 1, [Note("a")]])
def test_anything_else_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match=f"{type(thing).__name__} is not a component"):
        fragment(stack(thing) if thing is not None else thing, "p")


def test_a_meaning_opens_from_the_label_without_a_script() -> None:
    found = elements(Metric("x", "X", nav(), meaning="What it is."))
    [button], [popover] = found.with_attr("popovertarget"), found.with_attr("popover")

    assert button["popovertarget"] == popover["id"]
    assert "What it is." in found.text


def test_a_plain_value_is_a_metric_that_names_no_document() -> None:
    [attrs] = elements(metric("n", "N", 5, unit="usd")).with_attr("data-metric")

    assert attrs["data-value"] == "5"
    assert "data-feed" not in attrs
    assert attrs["title"] == "This figure names no document."


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_plain_value_that_is_none_is_a_dash(value: Any) -> None:
    assert "–" in elements(metric("n", "N", value)).text


def test_a_metric_of_no_field_says_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"write ui\.metric\('n', 'N', 5\) for a plain value"):
        Metric("n", "N", 5)  # type: ignore[arg-type]  # the mistake


def test_the_unit_of_a_column_stands_after_its_label() -> None:
    made = elements(table([Column("a", "Amount", unit="USD")], [row("k", nav())]))

    assert "Amount USD" in made.text
