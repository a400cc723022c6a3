"""The size of a position by the risk one takes: controls that each viewer sets.

Each viewer needs a run of their own: ``muntin serve sizing.py --private``. Shared by all, the page
shows the figures for the values below, and its controls are not in use.
"""

import panel as pn

pn.extension()

equity = pn.widgets.IntInput(name="Equity, USD", value=100_000, step=1000, start=0)
risk = pn.widgets.FloatSlider(name="Risk, % of equity", value=1.0, start=0.1, end=5.0, step=0.1)
entry = pn.widgets.FloatInput(name="Entry, USD", value=100.0, start=0.01)
stop = pn.widgets.FloatInput(name="Stop, USD", value=96.0, start=0.01)


def size(equity, risk, entry, stop):
    if entry == stop:
        return pn.pane.Alert("The stop must differ from the entry.", alert_type="warning")
    units = equity * risk / 100 / abs(entry - stop)
    return pn.indicators.Number(
        name=f"Units, worth {units * entry:,.0f} USD", value=units, format="{value:,.1f}"
    )


pn.Row(
    pn.Column("### The trade", equity, risk, entry, stop),
    pn.Column("### The size", pn.bind(size, equity, risk, entry, stop)),
).servable(title="Position size")
