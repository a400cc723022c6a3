"""An order book: MaterialTemplate, and a Tabulator of which only the cells that change are sent."""

import numpy as np
import pandas as pd
import panel as pn

pn.extension("tabulator")

rng = np.random.default_rng(2)
steps = np.arange(1, 11)
book = pd.DataFrame(
    {
        "bid size": rng.integers(1, 90, 10),
        "bid": 100 - steps / 100,
        "ask": 100 + steps / 100,
        "ask size": rng.integers(1, 90, 10),
    }
)
table = pn.widgets.Tabulator(
    book, disabled=True, show_index=False, sizing_mode="stretch_width", layout="fit_columns"
)
depth = pn.indicators.Progress(name="Bids", value=50, max=100, sizing_mode="stretch_width")
words = pn.pane.Markdown()


def tick():
    rows = rng.choice(10, 3, replace=False)
    table.patch({"bid size": [(int(row), int(rng.integers(1, 90))) for row in rows]})
    bids, asks = table.value["bid size"].sum(), table.value["ask size"].sum()
    depth.value = int(100 * bids / (bids + asks))
    words.object = f"{depth.value} % of the size is on the bid."


tick()
pn.state.add_periodic_callback(tick, period=500)

pn.template.MaterialTemplate(title="Order book", main=[words, depth, table]).servable()
