"""The app that is measured: two figures, a trend that streams, and the time of each update.

Everything goes through Panel: with ``--num-threads`` no Bokeh source may be streamed to directly.
"""

from __future__ import annotations

import time

import numpy as np
import panel as pn

pn.extension()

rng = np.random.default_rng(1)
prices = 100 + rng.normal(size=60).cumsum()
trend = pn.indicators.Trend(
    name="Price", data={"x": np.arange(60), "y": prices}, width=500, height=320
)
last = pn.indicators.Number(name="Last", value=100.0, format="{value:.2f} USD")
moved = pn.indicators.Number(name="Moved", value=0.0, format="{value:+.2f} %")
clock = pn.pane.Markdown("at 0")
step = 60


def tick() -> None:
    """Make one update: a row of the trend, two figures and a text."""
    global step  # noqa: PLW0603 - as the authors of apps write
    step += 1
    price = last.value + rng.normal()
    trend.stream({"x": [step], "y": [price]}, rollover=60)
    last.value, moved.value = price, price - 100
    clock.object = f"at {time.time():.3f}"


pn.state.add_periodic_callback(tick, period=1000)
pn.template.FastListTemplate(title="Stream", main=[pn.Row(last, moved), clock, trend]).servable()
