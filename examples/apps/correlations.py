"""Correlations of returns as a heat map: HoloViews, and no template of its own.

The map is drawn by a DynamicMap; a Pipe sends it new data.
"""

import holoviews as hv
import numpy as np
import panel as pn
from holoviews.streams import Pipe

pn.extension()
hv.extension("bokeh")

SYMBOLS = ["BTC", "ETH", "SOL", "XAUT", "USDC"]
rng = np.random.default_rng(3)
mix = rng.normal(size=(5, 5))
returns = rng.normal(size=(240, 5)) @ mix
pipe = Pipe(data=[])


def draw(data):
    return hv.HeatMap(data, ["across", "down"], "correlation").opts(
        cmap="RdBu_r", clim=(-1, 1), colorbar=True, height=420, width=520, xlabel="", ylabel=""
    )


def cells():
    matrix = np.corrcoef(returns, rowvar=False)
    return [(a, b, matrix[i, j]) for i, a in enumerate(SYMBOLS) for j, b in enumerate(SYMBOLS)]


def tick():
    global returns
    returns = np.vstack([returns[1:], rng.normal(size=(1, 5)) @ mix])
    pipe.send(cells())


pipe.send(cells())
pn.state.add_periodic_callback(tick, period=1000)

pn.pane.HoloViews(hv.DynamicMap(draw, streams=[pipe])).servable(title="Correlations")
