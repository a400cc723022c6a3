"""Tables: one leaf a cell, with static markup between the cells; long ones as data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from muntin.state.fields import Field, Presence
from muntin.ui.format import text_of
from muntin.ui.rendering import (
    Component,
    FragmentBuilder,
    Leaf,
    Look,
    Rows,
    data_cell,
    quote,
    value_leaf,
)
from muntin.ui.rendering.builder import free
from muntin.ui.rendering.columns import DataCell, DataRow, data_row
from muntin.ui.rendering.fragments import Rendered
from muntin.vocabulary import Tone, Vocabulary

#: A table of more rows is sent as data, and browsers draw the rows in sight.
LONG = 500

_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|var\(--[a-z0-9-]+\)")


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; `id` is the ``data-column`` of its cells."""

    id: str
    label: str
    digits: int | None = None
    numeric: bool = True
    signed: bool = False
    #: Left out on narrow screens.
    wide_only: bool = False
    #: Unit of all of its values, such as ``USD``, in small type after the label.
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that shows more than its field: a chip, a colour swatch, a mark."""

    field: Field[Any]
    tone: Tone = ""
    #: A chip, graded by the panel's words unless a tone is given.
    chip: bool = False
    #: CSS colour of a small square before the text.
    swatch: str = ""
    #: Marked as different.
    marked: bool = False
    #: Digits after the point; the column decides unless given.
    digits: int | None = None
    #: Text in place of the formatted value, such as a word with a mark beside it.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `key` identifies it from one update to the next."""

    key: str
    cells: tuple[Cell, ...]
    #: Shown in grey; the text says why.
    muted: str = ""


@dataclass(frozen=True, slots=True)
class Table(Component):
    """A table whose numeric columns sort as numbers; `empty` is shown in place of no rows."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = "No rows."
    caption: str = ""
    #: Viewers may sort it.
    sortable: bool = True
    #: Rows up to which all of them stand in the page. More are sent as data, and scrolled.
    inline: int = LONG

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the table, or a sentence if it has no rows."""
        if not self.rows:
            build.put(Leaf(f"{key}.empty", "p", self.empty, (("class", "mu-note"),)))
            return
        if len(self.rows) > self.inline:
            self._render_data(build, build.free(key))
            return
        sortable = " data-sortable" if self.sortable else ""
        build.markup(f'<div class="mu-scroll" tabindex="0"><table class="mu-table"{sortable}>')
        build.markup(f"{caption(self.caption)}{head(self.columns)}")
        self._render_rows(build, key)
        build.markup("</tbody></table></div>")

    def _render_data(self, build: FragmentBuilder, key: str) -> None:
        makers = [(column.id, partial(_data, column)) for column in self.columns]
        before: dict[str, DataRow] = {row.id: row for row in build.kept(f"{key} rows").leaves}
        look = ("data", *self.columns)  # a shorter table has leaves under the same keys
        taken: set[str] = set()
        rows = []
        for each in self.rows:
            name = free(short(each.key), taken)
            cells = build.cached_row(f"{key}.{name}", each.cells, makers, look)
            rows.append(data_row(name, cells, each.muted, before.get(name)))
        build.keep(f"{key} rows", Rendered((), rows))
        render_long(build, key, self.columns, rows, self.caption, sortable=self.sortable)

    def _render_rows(self, build: FragmentBuilder, key: str) -> None:
        makers = [(column.id, partial(_cell, column)) for column in self.columns]
        between = _between(self.columns)
        taken: set[str] = set()
        for each in self.rows:
            leaves = build.cached_row(
                free(f"{key}.{short(each.key)}", taken), each.cells, makers, self.columns
            )
            _render_row(build, each, leaves, between)


def render_long(
    build: FragmentBuilder,
    key: str,
    columns: tuple[Column, ...],
    rows: list[DataRow],
    words: str = "",
    *,
    sortable: bool = True,
) -> None:
    """Add a table whose rows are data; `key` is its id."""
    build.markup(
        f'<div class="mu-long" id="{quote(key)}"{" data-sorts" if sortable else ""}>'
        '<div class="mu-scroll" tabindex="0"><table class="mu-table">'
        f"{caption(words)}{head(columns)}"
    )
    build.put_data(Rows(key, tuple([(column.id, _kind(column)) for column in columns]), rows))
    build.markup("</div>")


def caption(words: str) -> str:
    """Return a table's caption, if it has one."""
    return f"<caption>{quote(words)}</caption>" if words else ""


def head(columns: tuple[Column, ...]) -> str:
    """Return a table's head, and the beginning of its body."""
    cells = (
        f'<th scope="col" class="{_kind(column)}" data-sort="{quote(column.id)}">'
        f"<button type=button>{quote(column.label)}{_unit(column)}</button></th>"
        for column in columns
    )
    return f"<thead><tr>{''.join(cells)}</tr></thead><tbody>"


def _unit(column: Column) -> str:
    return f" <small>{quote(column.unit)}</small>" if column.unit else ""


def _kind(column: Column) -> str:
    return f"{'num' if column.numeric else 'txt'}{' wide' if column.wide_only else ''}"


def _between(columns: tuple[Column, ...]) -> list[str]:
    """Return the markup before each cell of a row; it ends the cell before."""
    cells = [f'<td class="{_kind(column)}">' for column in columns]
    return [f"</td>{cell}" if index else cell for index, cell in enumerate(cells)]


def _render_row(
    build: FragmentBuilder, row: Row, leaves: Sequence[Leaf], between: list[str]
) -> None:
    build.markup(f'<tr class="muted" title="{quote(row.muted)}">' if row.muted else "<tr>")
    for markup, cell, leaf in zip(between, row.cells, leaves, strict=True):
        build.markup(markup)
        if cell.swatch:
            build.markup(f'<i class="sw" style="background:{color(cell.swatch)}"></i>')
        build.put(leaf)
    build.markup("</td></tr>")


def _cell(column: Column, key: str, cell: Cell, words: Vocabulary) -> Leaf:
    digits = column.digits if cell.digits is None else cell.digits
    text = cell.text if cell.text and cell.field.ok else ""
    text = text or text_of(cell.field, digits, signed=column.signed)
    look = Look(column.signed, cell.chip, cell.tone, cell.marked)
    return value_leaf(key, cell.field, text, (("data-column", column.id),), look, words)


def _data(column: Column, key: str, cell: Cell, words: Vocabulary) -> DataCell:
    return data_cell(_cell(column, key, cell, words), color(cell.swatch) if cell.swatch else "")


def color(text: str) -> str:
    """Return a colour that is safe in a style; ``currentColor`` for anything else."""
    return text if _COLOR.fullmatch(text) else "currentColor"


@lru_cache(maxsize=1 << 16)
def short(key: str) -> str:
    """Return a key of any length and any characters as ten letters and digits."""
    return hashlib.blake2s(key.encode("utf-8", "replace"), digest_size=5).hexdigest()


def table(
    columns: Iterable[Column],
    rows: Iterable[Row],
    *,
    empty: str = "No rows.",
    caption: str = "",
    inline: int = LONG,
) -> Table:
    """Return a table; raise ValueError for a row whose cells do not match the columns.

    Of more rows than `inline` the first 100 stand in the page, and browsers draw those in sight.
    """
    made = Table(tuple(columns), tuple(rows), empty, caption, inline=inline)
    for each in made.rows:
        if len(each.cells) != len(made.columns):
            raise ValueError(
                f"row {each.key!r} has {len(each.cells)} cells for {len(made.columns)}"
            )
    return made


def row(key: str, *cells: Cell | Field[Any], muted: str = "") -> Row:
    """Return a table row; bare fields become cells."""
    made = [cell if isinstance(cell, Cell) else Cell(cell) for cell in cells]
    return Row(key, tuple(made), muted)


def label(text: str) -> Field[str]:
    """Return plain text as a field without an origin, for labels in tables."""
    return Field(text, presence=Presence.OK)
