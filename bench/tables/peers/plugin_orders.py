"""Muntin's table, as a plugin."""

from __future__ import annotations

from orders import orders

from muntin import Feed, Page, Panel, Snapshot, hookimpl
from muntin.ui import Column, Component, frame

ORDERS = Feed("orders", dict, example={"n": 0, "rows": 3, "updated_ts": 0})
LOOK = {
    "Price": Column("price", "Price", 2, unit="USD"),
    "Change": Column("change", "Change", 1, signed=True),
}


def view(snapshot: Snapshot) -> Component:
    """Return the table."""
    return frame(orders(snapshot[ORDERS]), feed=ORDERS, columns=LOOK)


@hookimpl
def muntin_pages() -> tuple[Page, ...]:
    """Return the page."""
    return (Page("orders", "Orders", (Panel("Orders", view, needs=(ORDERS,)),)),)
