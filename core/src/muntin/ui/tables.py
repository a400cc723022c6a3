"""Tables as HTML: one leaf a cell, and markup between them that stays."""

from __future__ import annotations

import hashlib
import re

from muntin.ui.components import Column, Row, Table
from muntin.ui.fragments import Leaf, quote
from muntin.ui.pen import Pen, free

_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|var\(--[a-z0-9-]+\)")


def put_table(pen: Pen, table: Table, prefix: str) -> None:
    """Put a table; a sentence in its place if it has no row."""
    if not table.rows:
        pen.put(Leaf(f"{prefix}.empty", "p", table.empty, (("class", "mu-note"),)))
        return
    sortable = " data-sortable" if table.sortable else ""
    pen.text(f'<div class="mu-scroll" tabindex="0"><table class="mu-table"{sortable}>')
    if table.caption:
        pen.text(f"<caption>{quote(table.caption)}</caption>")
    _head(pen, table.columns)
    between = _between(table.columns)
    taken: set[str] = set()
    for row in table.rows:
        _row(pen, table, row, between, free(f"{prefix}.{short(row.key)}", taken))
    pen.text("</tbody></table></div>")


def _head(pen: Pen, columns: tuple[Column, ...]) -> None:
    pen.text("<thead><tr>")
    for column in columns:
        pen.text(f'<th scope="col" class="{_kind(column)}" data-sort="{quote(column.id)}">')
        pen.text(f"<button type=button>{quote(column.label)}</button></th>")
    pen.text("</tr></thead><tbody>")


def _kind(column: Column) -> str:
    return f"{'num' if column.numeric else 'txt'}{' wide' if column.wide_only else ''}"


def _between(columns: tuple[Column, ...]) -> list[str]:
    """Return the markup before each cell of a row, which ends the cell before."""
    cells = [f'<td class="{_kind(column)}">' for column in columns]
    return [f"</td>{cell}" if index else cell for index, cell in enumerate(cells)]


def _row(pen: Pen, table: Table, row: Row, between: list[str], key: str) -> None:
    pen.text(f'<tr class="muted" title="{quote(row.muted)}">' if row.muted else "<tr>")
    leaves = pen.row(key, table.columns, row.cells)
    for markup, cell, leaf in zip(between, row.cells, leaves, strict=True):
        pen.text(markup)
        if cell.swatch:
            pen.text(f'<i class="sw" style="background:{color(cell.swatch)}"></i>')
        pen.put(leaf)
    pen.text("</td></tr>")


def color(text: str) -> str:
    """Return a colour that can stand in a style, the text's own for what is none."""
    return text if _COLOR.fullmatch(text) else "currentColor"


def short(key: str) -> str:
    """Return a key of any length and any characters as ten letters and digits."""
    return hashlib.blake2s(key.encode("utf-8", "replace"), digest_size=5).hexdigest()
