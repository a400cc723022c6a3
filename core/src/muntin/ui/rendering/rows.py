"""Rows of a long table: the first ones as markup, all of them as data, then only what changed.

The server formats every cell, so there is one set of rules for text. Browsers draw the rows in
sight, sort and filter. `muntin.ui.rendering.columns` writes the data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from muntin.ui.rendering.columns import DataCell, DataRow, changes
from muntin.ui.rendering.fragments import Data, DataChange, Extra, Leaf, Pairs, quote

#: Rows that stand in the page's first bytes.
FIRST = 100

#: Attributes that differ from cell to cell; all others make a cell's kind. The document's own text
#: is left out: of thousands of cells it would be as long as the table.
_OWN = frozenset({"data-value", "data-path", "data-raw"})


def data_cell(leaf: Leaf, swatch: str = "") -> DataCell:
    """Return an element as a cell of data; `swatch` is the colour of a square before it."""
    own = {name: value for name, value in leaf.attrs if name in _OWN}
    kind = tuple([pair for pair in leaf.attrs if pair[0] not in _OWN])
    kind += (("swatch", swatch),) if swatch else ()
    return DataCell(leaf.text, own.get("data-value", ""), own.get("data-path", ""), kind)


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Data):
    """The rows of a long table: a part of a fragment, from its first row to its end."""

    id: str
    #: Ids of the columns, and the class of each one's cells.
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[DataRow]
    #: Approximate length of the data, in characters.
    weight: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", 2000 * FIRST + sum([row.weight for row in self.rows]))

    def fits(self, other: object) -> bool:
        """Return True if id and columns are the same, whatever the rows."""
        return isinstance(other, Rows) and (self.id, self.columns) == (other.id, other.columns)

    def html(self, extra: Extra, *, whole: bool = False) -> str:
        """Return the first rows as markup and all of them as data; `whole`: all as markup."""
        shown = self.rows if whole else self.rows[:FIRST]
        markup = "".join([self._row(row, extra) for row in shown]) + "</tbody></table></div>"
        return markup if whole else f"{markup}{self._note()}{self._block()}"

    def _row(self, row: DataRow, extra: Extra) -> str:
        cells = "".join(
            f'<td class="{kind}">{_cell(f"{self.id}.{row.id}.{name}", cell, extra)}</td>'
            for (name, kind), cell in zip(self.columns, row.cells, strict=True)
        )
        muted = f' class="muted" title="{quote(row.muted)}"' if row.muted else ""
        return f"<tr{muted}>{cells}</tr>"

    def _note(self) -> str:
        return f'<p class="mu-note none mu-first">First {FIRST} of {len(self.rows):,} rows.</p>'

    def _block(self) -> str:
        """Return all rows as data, in an element that browsers do not run."""
        data = json.dumps(changes((), self.rows), separators=(",", ":")).replace("<", "\\u003c")
        return f'<script type="application/json" class="mu-rows">{data}</script>'

    def change(self, before: Any) -> DataChange | None:
        """Return what changed since rows that fit these; None if nothing did."""
        made = changes(before.rows, self.rows)
        return DataChange(self.id, made) if made else None

    def values(self, name: str) -> set[str]:
        """Return every value that an attribute has in cells of these rows."""
        kinds = {cell.kind for row in self.rows for cell in row.cells}
        return {value for kind in kinds for key, value in kind if key == name}


def _cell(id: str, cell: DataCell, extra: Extra) -> str:  # noqa: A002 - the name of the attribute
    swatch = [value for name, value in cell.kind if name == "swatch"]
    before = f'<i class="sw" style="background:{quote(swatch[0])}"></i>' if swatch else ""
    own: Pairs = (("data-value", cell.value), *((("data-path", cell.path),) if cell.path else ()))
    kind = tuple([pair for pair in cell.kind if pair[0] != "swatch"])
    leaf = Leaf(id, "span", cell.text, (*kind, *own))
    return before + leaf.html(extra(leaf))
