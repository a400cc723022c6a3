from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from share_kit import register, row  # type: ignore[import-not-found]  # beside this file

from muntin import EmptyFeed, MalformedFeed, Node
from muntin.testing.strategies import near
from muntin_my_share import INVESTORS
from muntin_my_share.register import parse_register, total_units

ADA = {"units": 4.0, "flows": [{"date": "2025-01-02", "amount": "1,000.50"}]}


@pytest.mark.parametrize(
    "document",
    [
        {"holders": [{"holder": "ada", **ADA}]},
        {"holders": [{"id": "ada", **ADA}]},
        {"investors": [{"name": "ada", **ADA}]},
        {"holders": {"ada": ADA}},
        {"ada": ADA, "ts": 1764188000},
        [{"holder": "ada", **ADA}],
        {"holders": [{"holder": "ada", "units": "4", "flows": [["2025-01-02", 1000.5]]}]},
        {"holders": [{"holder": "ada", "units": 4, "flows": {"a": ADA["flows"][0]}}]},  # type: ignore[index]
        {
            "holders": [
                {"holder": "ada", "units": 4, "flows": [{"ts": 1735776000, "amount": 1000.5}]}
            ]
        },
        {
            "holders": [
                {"holder": "ada", "units": 4, "flows": [{"ts": 1735776000000, "amount": 1000.5}]}
            ]
        },
    ],
)
def test_one_register_in_many_shapes(document: Any) -> None:
    [holder] = parse_register(document).rows_of("ada")
    [flow] = holder.flows

    assert holder.units.value == 4.0
    assert flow.amount.value == 1000.5
    assert flow.time.value is not None
    assert f"{flow.time.value:%Y-%m-%d}" == "2025-01-02"


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("redemption", 100.0, -100.0),
        ("Withdrawal", 100.0, -100.0),
        ("redemption", -100.0, -100.0),
        ("subscription", 100.0, 100.0),
        ("", -100.0, -100.0),
    ],
)
def test_what_was_paid_out_is_negative_however_it_is_written(
    kind: str, amount: float, expected: float
) -> None:
    flow = {"ts": "2025-01-02", "amount": amount, "type": kind}
    [holder] = parse_register(register({"holder": "a", "units": 1, "flows": [flow]})).holders

    assert holder.flows[0].amount.value == expected


def test_payments_stand_in_the_order_of_their_time() -> None:
    flows = (("2025-03-01", 3.0), ("2025-01-01", 1.0), ("2025-02-01", 2.0))
    [holder] = parse_register(register(row("ada", 1, *flows))).holders

    assert [flow.amount.value for flow in holder.flows] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        7,
        "ada",
        [],
        {},
        {"holder": "bob", "units": "many"},
        {"holder": ["bob"]},
        {"holder": "bob", "flows": 3},
    ],
)
def test_a_row_that_cannot_be_read_costs_only_itself(broken: Any) -> None:
    made = parse_register(register(broken, row("ada", 4.0), units_total=10.0))

    [ada] = made.rows_of("ada")
    assert ada.units.value == 4.0
    assert total_units(made).value == 10.0


@pytest.mark.parametrize("raw", [{}, []])
def test_an_empty_document_is_one_that_says_nothing(raw: Any) -> None:
    with pytest.raises(EmptyFeed):
        INVESTORS.read(raw)


@pytest.mark.parametrize("raw", [{"a": 1}, {"holders": 3}, {"holders": "ada"}, 7, "ada", True])
def test_what_holds_no_holders_is_malformed(raw: Any) -> None:
    with pytest.raises(MalformedFeed):
        INVESTORS.read(raw)


def test_a_register_without_holders_is_one() -> None:
    assert parse_register(register()).holders == ()


def test_nobody_has_an_empty_name() -> None:
    made = parse_register(register({"units": 4.0}, {"holder": "", "units": 3.0}))

    assert made.rows_of("") == ()


@pytest.mark.parametrize("name", ["Ada", " ada", "ada ", "ad", "adaa", "\uff41da", "ada\u200b"])
def test_a_holder_is_found_by_the_exact_name_only(name: str) -> None:
    assert parse_register(register(row("ada", 1))).rows_of(name) == ()


@pytest.mark.parametrize(
    ("rows", "more", "total", "problem"),
    [
        ([row("a", 4.0), row("b", 6.0)], {}, 10.0, ""),
        ([row("a", 4.0), row("b", 6.0)], {"units_total": 12.0}, 12.0, ""),
        ([row("a", 4.0), row("b", 6.0)], {"units_total": "10"}, 10.0, ""),
        ([row("a", 0.1), row("b", 0.2)], {"units_total": 0.3}, 0.3, ""),
        ([row("a", 4.0), row("b", 6.0)], {"units_total": 9.0}, None, "more units than"),
        ([row("a", 4.0), row("b", 6.0)], {"units_total": "ten"}, None, "not a number"),
        ([row("a", 4.0), row("b", None)], {}, None, "a row's units cannot be read"),
        ([row("a", 4.0), row("b", -1.0)], {}, None, "a row's units cannot be read"),
        ([row("a", 4.0), row("a", 6.0)], {}, None, "two rows are of one holder"),
    ],
)
def test_all_units_are_what_is_published_or_a_sum_of_usable_rows(
    rows: list[Any], more: dict[str, Any], total: float | None, problem: str
) -> None:
    found = total_units(parse_register(register(*rows, **more)))

    assert found.value == total
    assert problem in found.problem


def test_a_path_names_the_holder_and_no_position() -> None:
    """A position would tell how many others there are."""
    made = parse_register(register(row("x", 1), row('a"d]a', 2.0, ("2025-01-02", 5.0))))
    [holder] = made.rows_of('a"d]a')

    assert holder.units.path == 'holders[?@.holder=="a\\"d]a"].units'
    assert holder.flows[0].amount.path.endswith("].flows[0].amount")


def test_a_path_of_an_object_by_holder_leads_to_the_value() -> None:
    raw = {"holders": {"ada b": ADA}}
    [holder] = parse_register(raw).rows_of("ada b")

    assert Node(raw, "investors").number(holder.units.path).value == 4.0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(near(INVESTORS))
def test_no_document_makes_the_parser_fail(document: Any) -> None:
    try:
        made = INVESTORS.read(document)
    except (EmptyFeed, MalformedFeed):
        return
    total_units(made)
