"""Reading documents by path."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin.errors import MalformedFeed
from muntin.state.fields import Presence
from muntin.state.nodes import Node, join, lookup

DOCUMENT = {
    "total": 0.0,
    "none": None,
    "blank": " ",
    "dd_pct": 0.6895,
    "dd_text": "0.69%",
    "exposure_pct": 150,
    "flag": False,
    "word": " calm ",
    "at": "2025-11-26T20:15:00Z",
    "rows": [{"qty": 1}, {"qty": 2}],
    "by": {"XAUT": {"price": 0}, "odd key": {"price": 3}},
}


@pytest.fixture
def node() -> Node:
    return Node(DOCUMENT, "nav")


def test_first_non_null_path_wins_f21(node: Node) -> None:
    """F21: 0.0 is found, and the second path is not asked; null is passed over."""
    assert node.number("total", "dd_pct").value == 0.0
    assert node.number("none", "dd_pct").value == 0.6895


def test_flag_false_is_a_value_f21(node: Node) -> None:
    """F21: False is a value."""
    assert node.flag("flag").ok


@pytest.mark.parametrize(
    ("path", "presence"),
    [("absent", Presence.MISSING), ("none", Presence.NULL), ("blank", Presence.NULL)],
)
def test_absent_value_is_none_and_says_how_f17(node: Node, path: str, presence: Presence) -> None:
    """F17: no default stands in for a missing value."""
    field = node.number(path)

    assert (field.value, field.presence) == (None, presence)
    assert field.problem


def test_field_knows_its_origin(node: Node) -> None:
    field = node.at("rows[1]").number("qty", unit="qty")

    assert (field.value, field.unit, field.feed, field.path, field.raw) == (
        2.0, "qty", "nav", "rows[1].qty", "2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "fraction"), [("dd_pct", 0.006895), ("exposure_pct", 1.5), ("dd_text", 0.0069)]
)
def test_unit_belongs_to_the_key_f33(node: Node, path: str, fraction: float) -> None:
    """F33: per cent is divided because the key says so, never because the value is large."""
    assert node.number(path, percent=True).value == pytest.approx(fraction)


def test_fraction_above_one_stays_f33(node: Node) -> None:
    """F33: 150 under a key that holds a fraction is 150, not 1.5."""
    assert node.number("exposure_pct", unit="fraction").value == 150


def test_per_cent_sign_does_not_fit_money_f77(node: Node) -> None:
    """F77: "0.69%" is no amount of USD."""
    assert node.number("dd_text", unit="usd").presence is Presence.INVALID


@pytest.mark.parametrize("price", [0, -1, 0.0, math.nan, math.inf, "0", True])
def test_price_must_be_above_zero_f30(price: Any) -> None:
    """F30: a price of zero or less, or not finite, is invalid."""
    field = Node({"price": price}).number("price", unit="usd", positive=True)

    assert (field.value, field.presence) == (None, Presence.INVALID)


@pytest.mark.parametrize("raw", [math.nan, math.inf, True, [], {}, "n/a"])
def test_invalid_value_costs_only_itself_f81_f82(raw: Any) -> None:
    """F81, F82: the value is invalid, with its own text; its neighbours live."""
    node = Node({"nav": raw, "aum": 2})

    assert node.number("nav").presence is Presence.INVALID
    assert node.number("nav").raw
    assert node.number("aum").value == 2


def test_value_out_of_range_is_invalid() -> None:
    node = Node({"hit_rate": 62.0})

    assert node.number("hit_rate", low=0, high=1).presence is Presence.INVALID


def test_text_and_time(node: Node) -> None:
    moment = node.time("at").value

    assert node.text("word").value == "calm"
    assert node.text("total").presence is Presence.INVALID
    assert node.flag("total").presence is Presence.INVALID
    assert moment is not None
    assert moment.isoformat() == "2025-11-26T20:15:00+00:00"


def test_entries_and_rows_know_their_paths(node: Node) -> None:
    assert [(k, n.path) for k, n in node.entries("by")] == [
        ("XAUT", "by.XAUT"),
        ("odd key", 'by["odd key"]'),
    ]
    assert [n.path for n in node.rows("rows")] == ["rows[0]", "rows[1]"]
    assert list(node.entries("total")) == []
    assert list(node.rows("total")) == []


def test_require_names_the_path_and_both_kinds_f109(node: Node) -> None:
    """F109: a wrong type is named where it stands."""
    with pytest.raises(MalformedFeed, match="rows: expected an object, found a list"):
        node.require(dict, "rows")
    with pytest.raises(MalformedFeed, match=r"\$: expected an object, found nothing"):
        Node(None).require(dict)
    assert node.require(list, "rows").raw == DOCUMENT["rows"]


@given(st.text(), st.text())
def test_joined_path_finds_its_value_again(outer: str, inner: str) -> None:
    """Any key can be named: what `join` writes, `lookup` reads."""
    path = join(join("", outer), inner)

    assert lookup({outer: {inner: 1}}, path) == 1


@pytest.mark.parametrize("path", ["rows[5]", "rows[-3]", "total.x", "rows.qty", "by[0]"])
def test_lookup_beside_the_document_is_none(path: str) -> None:
    assert lookup(DOCUMENT, path) is None


def test_has_is_about_null_only(node: Node) -> None:
    assert node.has("none", "total")
    assert not node.has("none", "absent")
