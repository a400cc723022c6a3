"""The sum of all results over time, as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from muntin import Field
from muntin.ui import Chart, moment, text_of
from muntin_trades.ledger import Trade

_LINE, _ZERO = "#2f6fde", "#838c9a"
_TIP = [("Closed", "@at"), ("Trade", "@symbol @net USD"), ("Sum", "@text USD")]


def chart(trades: Sequence[Trade], net: Field[float]) -> Chart | None:
    """Return the running sum of net results, a step for each trade; None for fewer than two."""
    dated = [trade for trade in trades if trade.closed.value and trade.net.value is not None]
    if len(dated) < 2:
        return None
    times = [trade.closed.value for trade in dated if trade.closed.value]
    sums = list(accumulate(trade.net.value or 0.0 for trade in dated))
    return Chart(
        draw,
        {
            "trades_sum": {
                "time": [time.timestamp() * 1000 for time in times],
                "usd": sums,
                "at": [moment(time) for time in times],
                "symbol": [trade.symbol.value for trade in dated],
                "net": [text_of(trade.net, signed=True) for trade in dated],
                "text": [f"{each:+,.2f}" for each in sums],
            }
        },
        f"Sum of net results of {len(dated)} trades from {moment(times[0])} to"
        f" {moment(times[-1])}: {text_of(net, signed=True)} USD",
        height=220,
    )


def draw(trades_sum: Any) -> Any:
    """Return the figure over the data source; Bokeh is imported only here."""
    from bokeh.models import DatetimeTicker, HoverTool, NumeralTickFormatter
    from bokeh.models.annotations import Span
    from bokeh.plotting import figure

    plot = figure(
        x_axis_type="datetime",
        height=220,
        sizing_mode="stretch_both",
        toolbar_location=None,
        tools="",
        outline_line_color=None,
        background_fill_color=None,
        border_fill_color=None,
    )
    plot.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    plot.yaxis.axis_label = "Sum of net results, USD"
    # More dates would touch each other on a telephone.
    plot.xaxis.ticker = DatetimeTicker(desired_num_ticks=4)
    plot.xgrid.visible = False
    plot.add_layout(Span(location=0, dimension="width", line_color=_ZERO, line_dash="dashed"))
    lines = plot.step("time", "usd", mode="after", line_width=2, color=_LINE, source=trades_sum)
    plot.add_tools(HoverTool(renderers=[lines], tooltips=_TIP, mode="vline", visible=False))
    return plot
