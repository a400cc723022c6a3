"""Components as HTML: everything escaped, everything says where it comes from, ids unique."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.fields import Field, Presence
from muntin.ui import (
    Badge,
    Cell,
    Chart,
    Column,
    Live,
    Metric,
    Metrics,
    Note,
    Row,
    Share,
    Shares,
    Spark,
    Table,
    line,
    metrics,
    row,
    side_by_side,
    stack,
    table,
    words,
)
from muntin.ui.fragments import Fragment, Leaf, LeafChange, Slot, quote
from muntin.ui.html import fragment, origin

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\ud800\x00"
NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)

#: What may come from muntin itself; anything else came out of a hostile text.
TAGS = frozenset(
    "div span small p h3 svg path i table caption thead tr th button tbody td b".split()  # noqa: SIM905
)
ATTRS = frozenset(
    "id class title tabindex d style role type scope data-metric data-column data-feed data-path"  # noqa: SIM905
    " data-value data-own data-own-as-of data-formula data-sort data-sortable data-slot aria-hidden"
    " data-unknown aria-label aria-labelledby viewbox preserveaspectratio focusable".split()
)


class Elements(HTMLParser):
    """Every element of some markup: tag, attributes, text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def with_attr(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.found if name in attrs]


def elements(component: Any) -> Elements:
    return Elements(fragment(component, "p").html())


def nav(value: Any = 1.5, **more: Any) -> Field[Any]:
    presence = Presence.MISSING if value is None else Presence.OK
    return Field(
        value, **{"unit": "usd", "feed": "nav", "path": "a.b", "presence": presence, **more}
    )


def hostile(text: str) -> list[Any]:
    """Return every component with a hostile text in every place that takes one."""
    field = Field(text, "usd", text, text, text, Presence.OK, text, text)
    bad: Field[Any] = Field(None, "usd", text, text, text, Presence.INVALID, text, text)
    metric = Metric(text, text, field, note=text, meaning=text, words=text, tone=text)  # type: ignore[arg-type]  # as from state
    column = Column(text, text)
    cell = Cell(field, swatch=text, tone=text)  # type: ignore[arg-type]  # as above
    shares = Shares((Share(text, 1.0, text),), text)
    return [
        metrics(metric, Metric("x", text, bad, chip=True, prefix=text), heading=text),
        line(metric),
        metric,
        table([column], [Row(text, (cell,), text), Row("b", (Cell(bad),))], caption=text),
        table([column], [], empty=text),
        Badge(field, text, text, text),  # type: ignore[arg-type]  # as above
        Note(text, text),  # type: ignore[arg-type]  # as above
        Spark(((NOW, 1.0), (NOW + timedelta(1), 2.0)), text),
        shares,
        Chart(lambda: None, {}, text, centre=(text, text)),
        Live(None, text),
        side_by_side(Note(text), stack(Note(text))),
    ]


def check_harmless(markup: str) -> None:
    found = Elements(markup)
    markup.encode()
    assert {tag for tag, _ in found.found} <= TAGS
    assert {name for _, attrs in found.found for name in attrs} <= ATTRS
    styles = [str(attrs["style"]) for attrs in found.with_attr("style")]
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
    bar = fragment(Shares((Share("a", 1, color),), "l"), "p").html()

    assert 'style="background:currentColor"' in cell
    assert 'style="flex:1;background:currentColor"' in bar


@pytest.mark.parametrize("color", ["#abc", "#A1b2C3", "var(--series-1)"])
def test_plain_colours_and_variables_pass(color: str) -> None:
    assert f"background:{color}" in fragment(Shares((Share("a", 1, color),), "l"), "p").html()


# ------------------------------------------------------------------ attributes of section 9


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
    assert dict(origin(words("BTC"))) == {"data-value": "BTC"}


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
    made = elements(table(columns, [row("k", Cell(nav(), marked=True), words("x"), muted="off")]))

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
    leaves = fragment(Spark(points, "NAV"), "p").leaves
    path = dict(leaves["p.spark"].attrs)["d"]

    assert path.startswith("M0 33.0L")
    assert path.endswith("L300 3.0")
    assert path.count("L") <= 130
    assert leaves["p.spark.label"].text == "NAV"


@pytest.mark.parametrize("points", [(), ((NOW, 1.0),)])
def test_spark_without_two_points_draws_nothing(points: Any) -> None:
    assert dict(fragment(Spark(points, "l"), "p").leaves["p.spark"].attrs)["d"] == ""


def test_spark_of_one_instant_or_one_value_divides_by_nothing() -> None:
    path = dict(fragment(Spark(((NOW, 1.0), (NOW, 1.0)), "l"), "p").leaves["p.spark"].attrs)["d"]

    assert path == "M0 33.0L0 33.0"


def test_shares_of_nothing_are_left_out() -> None:
    shares = Shares((Share("a", 1, "#fff"), Share("b", 0, "#fff"), Share("c", -1, "#fff")), "l")

    assert list(fragment(shares, "p").leaves)[1:] == ["p.shares.label"]


def test_slot_reserves_its_size() -> None:
    chart = elements(Chart(lambda: None, {}, "AUM", 200, 300)).with_attr("data-slot")[0]
    live = elements(Live(None, "x", 0)).with_attr("data-slot")[0]

    assert (chart["style"], chart["role"]) == ("width:300px;height:200px", "img")
    assert (live["style"], live["role"]) == ("", "group")


@pytest.mark.parametrize("thing", [object(), None, "text", 1, [Note("a")]])
def test_what_is_no_component_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match=f"{type(thing).__name__} is no component"):
        fragment(stack(thing) if thing is not None else thing, "p")


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
    numbered(Shares((Share("a", 1, "#fff"), Share("a", 2, "#fff")), "l"))


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
        (Live(None, "a"), Note("a")),
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
