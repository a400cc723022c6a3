"""Controls that change what is shown, a table that can be edited, and a part that comes later."""

import pandas as pd
import panel as pn

pn.extension("tabulator")
size = pn.widgets.IntSlider(label="Size", end=10, css_classes=["t-size"])
more = pn.widgets.Button(label="More", css_classes=["t-more"])
shown = pn.pane.Markdown(pn.bind("size {}".format, size), css_classes=["t-shown"])
loaded = pn.pane.Markdown("not loaded", css_classes=["t-loaded"])
ticks = pn.pane.Markdown("0", css_classes=["t-ticks"])
column = pn.Column(size, more, shown, loaded, ticks)


def press(_event):
    size.value += 1
    if size.value == 3:
        column.append(pn.widgets.Tabulator(pd.DataFrame({"symbol": ["BTC"]})))
    if size.value == 4:
        raise RuntimeError("the exchange is shut")


def tick():
    ticks.object = str(int(ticks.object) + 1)


more.on_click(press)
pn.state.onload(lambda: loaded.param.update(object="loaded"))
pn.state.add_periodic_callback(tick, 300)
if pn.state.location:
    pn.state.location.sync(size, {"value": "size"})
column.servable(title="Desk")
