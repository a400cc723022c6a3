"""Tables as HTML: one leaf a cell, and markup between them that stays."""

from __future__ import annotations

import hashlib
import re

from muntin.ui.components import Column, Row, Table
from muntin.ui.fragments import Leaf, quote
from muntin.ui.leaves import cell_leaf
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
    columns = [(column, f'<td class="{_kind(column)}">') for column in table.columns]
    taken: set[str] = set()
    for row in table.rows:
        _row(pen, columns, row, free(f"{prefix}.{short(row.key)}", taken))
    pen.text("</tbody></table></div>")


def _head(pen: Pen, columns: tuple[Column, ...]) -> None:
    pen.text("<thead><tr>")
    for column in columns:
        pen.text(f'<th scope="col" class="{_kind(column)}" data-sort="{quote(column.id)}">')
        pen.text(f"<button type=button>{quote(column.label)}</button></th>")
    pen.text("</tr></thead><tbody>")


def _kind(column: Column) -> str:
    return f"{'num' if column.numeric else 'txt'}{' wide' if column.wide_only else ''}"


def _row(pen: Pen, columns: list[tuple[Column, str]], row: Row, key: str) -> None:
    pen.text(f'<tr class="muted" title="{quote(row.muted)}">' if row.muted else "<tr>")
    for (column, opening), cell in zip(columns, row.cells, strict=True):
        pen.text(opening)
        if cell.swatch:
            pen.text(f'<i class="sw" style="background:{color(cell.swatch)}"></i>')
        pen.draw(f"{key}.{column.id}", cell_leaf, cell, column)
        pen.text("</td>")
    pen.text("</tr>")


def color(text: str) -> str:
    """Return a colour that can stand in a style, the text's own for what is none."""
    return text if _COLOR.fullmatch(text) else "currentColor"


def short(key: str) -> str:
    """Return a key of any length and any characters as ten letters and digits."""
    return hashlib.blake2s(key.encode("utf-8", "replace"), digest_size=5).hexdigest()
