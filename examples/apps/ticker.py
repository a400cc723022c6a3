"""Prices that stream: FastListTemplate, indicators, and a Bokeh figure.

Try ``panel serve ticker.py``, then ``muntin serve ticker.py``.
"""

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

pn.extension()

rng = np.random.default_rng(1)
source = ColumnDataSource({"second": np.arange(60), "price": 100 + rng.normal(size=60).cumsum()})
chart = figure(height=320, sizing_mode="stretch_width", x_axis_label="second", y_axis_label="USD")
chart.line("second", "price", source=source, line_width=2)

last = pn.indicators.Number(name="Last", value=100.0, format="{value:.2f} USD", font_size="32pt")
moved = pn.indicators.Number(
    name="Since the minute before",
    value=0.0,
    format="{value:+.2f} %",
    font_size="32pt",
    colors=[(0, "#b42318"), (100, "#067647")],
)


def tick():
    prices = source.data["price"]
    price = prices[-1] + rng.normal()
    source.stream({"second": [source.data["second"][-1] + 1], "price": [price]}, rollover=60)
    last.value = price
    moved.value = (price / prices[0] - 1) * 100


pn.state.add_periodic_callback(tick, period=1000)

pn.template.FastListTemplate(title="Ticker", main=[pn.Row(last, moved), chart]).servable()
