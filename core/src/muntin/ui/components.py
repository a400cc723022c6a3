"""What a view may return: plain, frozen descriptions of numbers, words, tables and charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from muntin.fields import Field, Presence

#: How a word or number is meant; shown by colour and, always, also by its text.
Tone = Literal["", "good", "warn", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One labelled value. `id` stands in the page as ``data-metric``."""

    id: str
    label: str
    field: Field[Any]
    #: Digits after the point; by the unit unless given.
    digits: int | None = None
    #: Headline size.
    big: bool = False
    #: Always with its sign, and coloured by it.
    signed: bool = False
    #: Shown as a chip of this tone instead of plain text.
    chip: bool = False
    tone: Tone = ""
    #: Text put before a value above zero, such as a minus for a loss published as positive.
    prefix: str = ""
    #: One line under the value: text, or a component.
    note: str = ""
    #: What the figure means, shown on demand.
    meaning: str = ""
    #: Text in place of the formatted value where the value alone would mislead ("At peak").
    words: str = ""


@dataclass(frozen=True, slots=True)
class Metrics:
    """A grid of metrics under an optional heading."""

    items: tuple[Metric, ...]
    heading: str = ""
    #: One flowing line of label and value instead of a grid.
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A table column. `id` stands in the page as ``data-column``; `unit` goes with the label."""

    id: str
    label: str
    digits: int | None = None
    numeric: bool = True
    signed: bool = False
    #: Left out on narrow screens.
    wide_only: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that is more than its field: a chip, a colour swatch, a mark."""

    field: Field[Any]
    tone: Tone = ""
    chip: bool = False
    #: CSS colour of a small square before the text.
    swatch: str = ""
    #: Marked as different, with a word for those who cannot see the mark.
    marked: bool = False
    #: Digits after the point; the column's unless given.
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `key` identifies it from one update to the next."""

    key: str
    cells: tuple[Cell, ...]
    #: Shown in grey, with the reason in words.
    muted: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose numeric columns sort as numbers; `empty` is what an empty one says."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = "No rows."
    caption: str = ""
    #: Sorting by the viewer makes sense.
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Badge:
    """A word as a chip; without an id it is no metric."""

    field: Field[Any]
    id: str = ""
    tone: Tone = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence. It is always text, never markup."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line of a series over time, drawn in the first bytes; `label` says it in words."""

    points: tuple[tuple[datetime, float], ...]
    label: str


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar of shares."""

    label: str
    value: float
    color: str


@dataclass(frozen=True, slots=True)
class Shares:
    """A flat bar of shares of a whole; `label` says it in words."""

    parts: tuple[Share, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A Bokeh chart that is built once and then only gets new data.

    `draw` is called once with a ``ColumnDataSource`` per entry of `data` (keyword arguments, each
    source named by its key) and returns a Bokeh model; afterwards only changed columns are sent.
    """

    draw: Callable[..., Any]
    data: Mapping[str, Mapping[str, Sequence[Any]]]
    #: What the chart shows, in words.
    label: str
    #: Height in pixels that the page reserves.
    height: int = 240
    #: Width in pixels; 0 fills the space there is.
    width: int = 0
    #: Two lines of text in the middle, drawn by the page in the theme's own colours.
    centre: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Live:
    """Any other viewable as part of a layout: a HoloViews element, a Panel object."""

    object: Any
    label: str
    #: Height in pixels that the page reserves; 0 lets the content decide.
    height: int = 260


@dataclass(frozen=True, slots=True)
class Stack:
    """Components below each other; `side` puts them beside each other where there is room."""

    items: tuple[Any, ...]
    side: bool = False


def metrics(*items: Metric, heading: str = "") -> Metrics:
    """Return a grid of metrics."""
    return Metrics(items, heading)


def line(*items: Metric) -> Metrics:
    """Return metrics as one line of text: label, value, label, value."""
    return Metrics(items, inline=True)


def stack(*items: Any) -> Stack:
    """Return components below each other; None is left out."""
    return Stack(tuple(item for item in items if item is not None))


def side_by_side(*items: Any) -> Stack:
    """Return components beside each other, below each other on narrow screens."""
    return Stack(tuple(item for item in items if item is not None), side=True)


def table(
    columns: Iterable[Column], rows: Iterable[Row], *, empty: str = "No rows.", caption: str = ""
) -> Table:
    """Return a table; every row must have a cell for every column."""
    made = Table(tuple(columns), tuple(rows), empty, caption)
    for row in made.rows:
        if len(row.cells) != len(made.columns):
            raise ValueError(f"row {row.key!r} has {len(row.cells)} cells for {len(made.columns)}")
    return made


def row(key: str, *cells: Cell | Field[Any], muted: str = "") -> Row:
    """Return a table row; bare fields become cells."""
    made = [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]
    return Row(key, tuple(made), muted)


def words(text: str) -> Field[str]:
    """Return plain text as a field without an origin, for labels in tables."""
    return Field(text, presence=Presence.OK)
