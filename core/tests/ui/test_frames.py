"""Data frames as tables."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from muntin import Feed
from muntin.ui import Column, Stack, Table, frame, text_of
from muntin.ui.components.tables import LONG
from muntin.ui.rendering import fragment
from muntin.ui.rendering.fragments import Fragment


def cells(made: Any) -> list[list[str]]:
    whole = made.items[0] if isinstance(made, Stack) else made
    return [
        [
            text_of(cell.field, column.digits)
            for cell, column in zip(row.cells, whole.columns, strict=True)
        ]
        for row in whole.rows
    ]


def test_rows_past_the_limit_are_counted() -> None:
    made = frame(pd.DataFrame({"n": range(1300)}), limit=2)

    assert isinstance(made, Stack)
    assert cells(made) == [["0"], ["1"]]
    assert made.items[1].text == "1,298 more rows."


def test_a_short_frame_has_no_note() -> None:
    assert isinstance(frame(pd.DataFrame({"n": [1]})), Table)


@pytest.mark.parametrize(
    ("times", "text"),
    [
        (["2026-01-19T10:00:30"], "2026-01-19 10:00:30 UTC"),
        (["2026-01-19T10:00:30+02:00"], "2026-01-19 08:00:30 UTC"),
        (["2026-01-19"], "2026-01-19"),
    ],
)
def test_times_are_times_in_utc(times: list[str], text: str) -> None:
    assert cells(frame(pd.DataFrame({"at": pd.to_datetime(times)}))) == [[text]]


@pytest.mark.parametrize(
    ("value", "text"), [(12345.678901, "12,345.68"), (1.23456789, "1.2346"), (0.000123, "0.000123")]
)
def test_digits_follow_the_size_of_a_column(value: float, text: str) -> None:
    assert cells(frame(pd.DataFrame({"x": [value]}))) == [[text]]


def test_a_column_takes_the_format_it_is_given() -> None:
    made = frame(pd.DataFrame({"x": [0.5]}), columns={"x": Column("x", "X", 3, unit="USD")})

    assert isinstance(made, Table)
    assert made.columns[0].unit == "USD"
    assert cells(made) == [["0.500"]]


def test_missing_values_are_no_values() -> None:
    data = pd.DataFrame({"x": [1.0, None], "at": pd.to_datetime(["2026-01-19", ""])})

    assert cells(frame(data)) == [["1.0000", "2026-01-19"], ["–", "–"]]


def test_cells_name_row_and_column_of_their_document() -> None:
    feed: Feed[Any] = Feed("prices", dict, path="prices.csv")

    made = frame(pd.DataFrame({"last price": [1.5]}), feed=feed)

    assert isinstance(made, Table)
    field = made.rows[0].cells[0].field
    assert (field.feed, field.path) == ("prices", '[0]["last price"]')


VALUES = some.none() | some.floats(-1e6, 1e6) | some.sampled_from([0.0, -0.0, 1.0, float("inf")])
LOOK = {"x": Column("x", "X", 2, signed=True), "y": Column("y", "Y", numeric=False)}
FEED: Feed[Any] = Feed("prices", dict, path="prices.csv")


def made_of(values: list[Any], count: int) -> pd.DataFrame:
    """Return a frame of two columns with these values again and again."""
    several = (values * count)[:count]
    return pd.DataFrame(
        {"x": pd.Series(several, dtype=float), "y": [f"<{one}>" for one in several]}
    )


def body(data: pd.DataFrame, before: Fragment | None = None, **options: Any) -> Fragment:
    return fragment(frame(data, columns=LOOK, **options), "t", before)


def elements(made: Fragment) -> list[list[str]]:
    """Return text and attributes of every cell, but for ids."""
    cells = re.findall(r'<span id="[^"]*"(.*?)</span>', made.html(whole=True))
    return [sorted(re.findall(r'[a-z-]+="[^"]*"|>.*', cell)) for cell in cells]


@settings(max_examples=25)
@given(some.lists(VALUES, min_size=1, max_size=5), some.sampled_from([None, FEED]))
def test_cells_of_a_long_frame_are_those_of_a_short_one(
    values: list[Any], feed: Feed[Any] | None
) -> None:
    long, short = made_of(values, LONG + 1), made_of(values, len(values))

    cells = elements(body(long, feed=feed))
    assert cells[: 2 * len(values)] == elements(body(short, feed=feed))
    assert len(cells) == 2 * (LONG + 1)


@settings(max_examples=25)
@given(
    some.lists(VALUES, min_size=1, max_size=5),
    some.lists(VALUES, min_size=1, max_size=5),
    some.sampled_from([None, FEED]),
    some.integers(0, 3),
)
def test_long_frame_brought_up_to_date_is_one_made_afresh(
    old: list[Any], new: list[Any], feed: Feed[Any] | None, gone: int
) -> None:
    after = made_of(new, LONG + 9).iloc[gone:]

    updated = body(after, body(made_of(old, LONG + 5), feed=feed), feed=feed)
    assert updated.html(whole=True) == body(after, feed=feed).html(whole=True)


def test_rows_that_leave_a_long_frame_change_no_others() -> None:
    data = pd.DataFrame({"x": range(LONG + 50)})
    before = fragment(frame(data), "t")
    after = fragment(frame(data.iloc[10:]), "t", before)

    (change,) = after.changed_data(before)
    assert change.change == {"runs": [[10, LONG + 40]]}


@pytest.mark.parametrize(("old", "new"), [(LONG + 1, 3), (3, LONG + 1)])
def test_frame_that_grows_or_shrinks_is_one_made_afresh(old: int, new: int) -> None:
    before, after = made_of([1.0], old), made_of([1.0], new)

    assert body(after, body(before)).html() == body(after).html()


def test_long_frame_shows_every_row() -> None:
    assert len(elements(body(made_of([1.0], 3000)))) == 6000
