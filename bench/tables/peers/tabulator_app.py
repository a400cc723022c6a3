"""Panel's Tabulator: rows in sight are drawn, and only prices that changed are sent."""

from __future__ import annotations

import panel as pn
from orders import LOOK_EVERY, document, orders

pn.extension("tabulator")

seen = document()
table = pn.widgets.Tabulator(
    orders(seen), disabled=True, show_index=False, height=600, sizing_mode="stretch_width"
)


def look() -> None:
    """Send what has changed."""
    if (read := document()) == seen:
        return
    seen.update(read)
    prices, old = orders(read)["Price"], table.value["Price"]
    table.patch({"Price": [(int(at), prices[at]) for at in old.index[old != prices]]})


pn.state.add_periodic_callback(look, period=int(1000 * LOOK_EVERY))
table.servable()
