"""FastListTemplate: indicators, a table that is patched and streamed, HoloViews streams."""

import holoviews as hv
import numpy as np
import pandas as pd
import panel as pn
from holoviews.streams import Buffer, Pipe

pn.extension("tabulator")
hv.extension("bokeh")

number = pn.indicators.Number(label="NAV", value=1000, format="{value:,}", css_classes=["t-number"])
trend = pn.indicators.Trend(
    label="Price", data={"x": [0, 1], "y": [1.0, 2.0]}, width=200, height=150
)
table = pn.widgets.Tabulator(
    pd.DataFrame({"symbol": ["BTC", "ETH"], "price": [1.0, 2.0]}), disabled=True
)
select = pn.widgets.Select(label="Symbol", options=["BTC", "ETH"])
pipe = Pipe(data=[(0, 0)])
buffer = Buffer(pd.DataFrame({"x": [0.0], "y": [0.0]}), length=50, index=False)
curve = hv.DynamicMap(hv.Curve, streams=[pipe]).opts(height=150)
points = hv.DynamicMap(lambda data: hv.Scatter(data, "x", "y"), streams=[buffer]).opts(height=150)
count = 0


def tick():
    global count
    count += 1
    number.value = 1000 + count
    trend.stream({"x": [count + 1], "y": [float(count)]}, rollover=20)
    table.patch({"price": [(0, float(count))]})
    if count <= 3:
        table.stream(pd.DataFrame({"symbol": [f"NEW{count}"], "price": [0.5]}))
    pipe.send([(i, i * count) for i in range(5)])
    buffer.send(pd.DataFrame({"x": [float(count)], "y": [np.sqrt(count)]}))


pn.state.add_periodic_callback(tick, 250)
pn.template.FastListTemplate(
    title="Fast", sidebar=[select], main=[pn.Row(number, trend), table, curve, points]
).servable()
