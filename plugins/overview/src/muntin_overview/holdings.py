"""The AUM by holding: the donut, and a table with the same figures."""

from __future__ import annotations

from dataclasses import replace

from muntin import Field, Snapshot
from muntin.ui import (
    Cell,
    Column,
    Note,
    Row,
    Stack,
    Table,
    moment,
    row,
    side_by_side,
    stack,
    status_text,
    table,
)
from muntin_overview.chart import chart
from muntin_overview.donut import Excluded, Ring, Slice, remarks, ring
from muntin_overview.nav import NAV, Nav

_COLUMNS = (
    Column("holding", "Holding", numeric=False),
    Column("usd", "USD", 2),
    Column("share", "Share", 1),
    Column("quantity", "Quantity"),
)
#: Shown where any average cost is published.
_COSTS = (
    Column("avg_cost", "Average cost", 2, wide_only=True, unit="USD"),
    Column("profit", "Profit", 2, signed=True, unit="USD"),
)


def holdings_card(snapshot: Snapshot, max_slices: int = 6) -> Stack:
    """Return the ring beside its table; words where there is nothing to draw."""
    nav = snapshot.get(NAV, Nav())
    made = ring(nav, max_slices)
    drawn = chart(made, _middle(nav, made))
    notes = tuple(Note(text) for text in remarks(nav, made))
    if drawn is None:
        return stack(Note(_nothing(snapshot, nav)), _table(made), *notes)
    return side_by_side(drawn, stack(_table(made), *notes))


def _middle(nav: Nav, made: Ring) -> Field[float]:
    return nav.aum.total if nav.aum.total.ok or made.sum is None else made.sum


def _nothing(snapshot: Snapshot, nav: Nav) -> str:
    """Return why there is no ring: unknown, not reported, or really nothing."""
    reading = snapshot.reading(NAV)
    if not reading.has_value:
        return f"AUM unknown: {status_text(snapshot, NAV)}."
    if not nav.aum.reported:
        return "AUM unknown: the producer reports none."
    if nav.aum.total.value == 0:
        at = f" as of {moment(reading.as_of)}" if reading.as_of else ""
        return f"The AUM is zero{at}: nothing to draw."
    return "No holding has a value above zero: nothing to draw."


def _table(made: Ring) -> Table | None:
    rows = [_slice(item) for item in made.slices] + [_excluded(item) for item in made.excluded]
    if not rows:
        return None
    costs = any(item.cost.ok for item in made.slices)
    columns = (*_COLUMNS, *_COSTS) if costs else _COLUMNS
    return table(columns, (replace(each, cells=each.cells[: len(columns)]) for each in rows))


def _slice(item: Slice) -> Row:
    return row(
        f"slice {item.key}",
        Cell(item.label, swatch=item.color),
        Cell(item.value, marked=item.at_cost),
        item.share,
        item.qty,
        item.cost,
        item.profit,
    )


def _excluded(item: Excluded) -> Row:
    """Return the row of a holding outside the ring, the reason in words."""
    named = item.label.derive(f"{item.label.value} ({item.reason})", "label and reason")
    gone = item.value.derive(None, "", unit="fraction")
    none = item.value.derive(None, "", unit="usd")
    return row(
        f"excluded {item.key}",
        Cell(named),
        item.value,
        gone,
        item.qty,
        none,
        none,
        muted=item.reason,
    )
