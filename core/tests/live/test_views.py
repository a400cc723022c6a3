"""Calling a view: whatever it returns becomes a component, whatever it raises becomes a fault."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest

from muntin.live.stage.faults import Fault, fault_of
from muntin.live.stage.views import Picture, as_component, picture, since_words
from muntin.pages import Panel
from muntin.state.feeds import Feed
from muntin.state.fields import Field, Presence
from muntin.state.snapshots import Snapshot, Status, failed
from muntin.testing import FakeClock, snapshot
from muntin.ui import Embed, Metric, Note, Stack, Table, label, metrics, stack

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188100, "nav": 1.0})
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict)
NOW = FakeClock().now


def shown(view: Any, state: Snapshot | None = None, **options: Any) -> Picture:
    return picture(Panel("A", view, **options), state or snapshot(NAV), "a", "page/a")


def fails(error: BaseException) -> Any:
    def view(_state: Snapshot) -> NoReturn:
        raise error

    return view


# ------------------------------------------------------------------ returned types


@pytest.mark.parametrize(
    ("returned", "component"),
    [
        ("text <b>", Note("text <b>")),
        ("", Note("")),
        (0, Note("0")),
        (1.5, Note("1.5")),
        (np.float64(1.5), Note("1.5")),
        (False, Note("False")),
        (None, Note("Nothing to show.", "none")),
        (["a", None], stack(Note("a"), Note("Nothing to show.", "none"))),
        (("a", ("b",)), stack(Note("a"), stack(Note("b")))),
        ([], Stack(())),
        (stack("a", side := Stack(("b",), side=True)), stack(Note("a"), Stack((Note("b"),), True))),
        (label("x"), Metric("value", "Title", label("x"))),
        (Note("n"), Note("n")),
        (metrics(), metrics()),
    ],
)
def test_returned_value_becomes_a_component(returned: object, component: object) -> None:
    assert as_component(returned, "Title") == component


def test_frame_becomes_a_table_of_typed_cells() -> None:
    frame = pd.DataFrame(
        {
            "n": [1234567, 2],
            "f": [1.5, float("nan")],
            "s": ["<b>", None],
            "t": [pd.Timestamp("2025-11-26"), pd.NaT],
            "b": [True, False],
        }
    )

    made = as_component(frame, "T")

    assert isinstance(made, Table)
    assert [(c.label, c.numeric) for c in made.columns] == [
        ("n", True), ("f", True), ("s", False), ("t", False), ("b", False),
    ]  # fmt: skip
    assert [[cell.field.value for cell in row.cells] for row in made.rows] == [
        [1234567, 1.5, "<b>", "2025-11-26", True],
        [2, None, None, None, False],
    ]
    assert made.rows[1].cells[1].field.presence is Presence.NULL


@pytest.mark.parametrize(
    ("frame", "values"),
    [
        (pd.DataFrame({"a": [1234567]}), [[1234567]]),
        (
            pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": ["x", "y"]}),
            [[1, "x"], [None, "y"]],
        ),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), [[1, 2]]),
        (pd.DataFrame({"a": [[1, 2], {"k": 1}]}), [["[1, 2]"], ["{'k': 1}"]]),
        (pd.DataFrame({"a": [np.array([1.0, 2.0])]}), [["[1. 2.]"]]),
        (pd.DataFrame({"a": [Decimal("1.5")]}), [["1.5"]]),
        (pd.DataFrame(), []),
        (pd.DataFrame({"a": []}), []),
    ],
)  # fmt: skip
def test_odd_frames_are_tables_as_well(frame: pd.DataFrame, values: list[list[Any]]) -> None:
    made = as_component(frame, "T")

    assert [[cell.field.value for cell in row.cells] for row in made.rows] == values
    assert shown(lambda _: frame).fault is None


def of_module(name: str) -> Any:
    return type("Thing", (), {"__module__": name})()


@pytest.mark.parametrize(
    ("module", "height"), [("holoviews.element", 260), ("bokeh.plotting", 260), ("panel.pane", 0)]
)
def test_anything_else_is_live(module: str, height: int) -> None:
    thing = of_module(module)

    assert as_component(thing, "T") == Embed(thing, "T", height)


@pytest.mark.parametrize("thing", [dt.date(2025, 1, 1), {"a": 1}, SimpleNamespace()])
def test_unknown_object_is_left_to_panel(thing: object) -> None:
    assert as_component(thing, "T") == Embed(thing, "T", 0)


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    "error",
    [
        ValueError("secret"), SystemExit(3), RecursionError(), MemoryError(), StopIteration(),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
    ],
)  # fmt: skip
def test_view_that_raises_is_a_fault(error: BaseException) -> None:
    made = shown(fails(error))

    assert made.fault is not None
    assert made.fault.where == "page/a"
    assert made.fault.since == NOW
    assert made.fault.summary.startswith(type(error).__name__)
    assert made.fragment.parts == ()


def test_keyboard_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt):
        shown(fails(KeyboardInterrupt()))


def test_exception_that_cannot_be_shown_is_a_fault() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    made = shown(fails(Mute()))

    assert made.fault is not None
    assert made.fault.summary == "Mute: (its text cannot be shown)"


def test_undeclared_feed_is_a_fault() -> None:
    made = shown(lambda state: state[KPIS], snapshot({NAV: NAV.example, KPIS: {"a": 1}}))

    assert made.fault is not None
    assert made.fault.summary.startswith("UndeclaredFeed: feed 'kpis' is not declared")


def test_declared_feeds_may_be_read() -> None:
    made = shown(lambda state: state[NAV]["nav"], needs=(NAV,), wants=(KPIS,))

    assert [leaf.text for leaf in made.fragment.leaves.values()] == ["1.0"]


def test_component_that_cannot_be_rendered_is_a_fault() -> None:
    nested: Any = "x"
    for _ in range(3000):
        nested = [nested]

    assert shown(lambda _: nested).fault is not None


def test_same_fault_has_the_same_reference() -> None:
    first, second = shown(fails(ValueError("a"))).fault, shown(fails(ValueError("b"))).fault

    assert first is not None
    assert second is not None
    assert first.ref == second.ref
    assert len(first.ref) == 4


def test_other_place_or_type_has_another_reference() -> None:
    refs = {
        fault_of(error, where, NOW).ref
        for error in (ValueError("a"), KeyError("a"))
        for where in ("p/a", "p/b")
    }

    assert len(refs) == 4


def test_summary_is_one_short_line_and_the_trace_is_bounded() -> None:
    try:
        raise ValueError("a\nb" * 10_000)
    except ValueError as error:
        fault = fault_of(error, "p/\ud800", NOW)

    assert "\n" not in fault.summary
    assert len(fault.summary) <= 300
    assert 0 < len(fault.trace) <= 8000


def test_viewers_read_time_and_reference_only() -> None:
    assert since_words(Fault("4f2a", NOW, "p/a", "ValueError: secret")) == (
        "Not updated since 20:15:00 UTC, ref 4f2a"
    )


# ------------------------------------------------------------------ waiting


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Status.MISSING, "never seen"),
        (Status.EMPTY, "the producer published nothing"),
        (Status.UNREADABLE, "the document cannot be read"),
    ],
)
def test_view_without_what_it_needs_is_not_called(fault: Status, words: str) -> None:
    state = snapshot({NAV: NAV.example, KPIS: failed(KPIS, fault, "secret path", NOW)})

    made = shown(fails(AssertionError()), state, needs=(NAV, KPIS))

    assert made.fault is None
    assert made.waiting
    assert [leaf.text for leaf in made.fragment.leaves.values()] == [f"Waiting for kpis: {words}"]


def test_view_is_called_without_what_it_wants() -> None:
    made = shown(lambda state: str(state.get(KPIS, "nothing")), wants=(KPIS,))

    assert not made.waiting
    assert [leaf.text for leaf in made.fragment.leaves.values()] == ["nothing"]


def test_last_good_value_is_enough() -> None:
    state = snapshot(NAV)
    faulty = failed(NAV, Status.UNREADABLE, "cut off", NOW).after(state.reading(NAV))

    assert not shown(lambda s: s[NAV]["nav"], snapshot({NAV: faulty}), needs=(NAV,)).waiting


def test_field_without_value_is_shown_as_a_dash() -> None:
    leaves = shown(lambda _: Field(None, "usd", "nav", "x")).fragment.leaves

    assert leaves["a.value"].text == "–"
