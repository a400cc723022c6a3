"""What the viewer paid and what it is worth, over time, as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from muntin.ui import Chart, day, text_of
from muntin_my_share.nav_log import Point
from muntin_my_share.share import Share

_PAID, _NOW = "#2f6fde", "#c9770f"
_TIP = [("Until", "@until"), ("USD", "@text")]


def chart(
    share: Share, at: datetime | None, after_payments: tuple[Point, ...], log: tuple[Point, ...]
) -> Chart | None:
    """Return net payments as steps up to `at`, and the values known; None where one is not known.

    Values after payments stand for themselves: nobody knows what lies between them. Those of the
    NAV's log are joined by a line.
    """
    flows = [(one.time.value, one.amount.value) for one in share.holder.flows if not one.fee]
    value = share.value.value
    if at is None or value is None or not share.paid.ok:
        return None
    times = [time for time, _ in flows if time is not None and time <= at]
    if not times:
        return None
    sums = list(accumulate(amount or 0.0 for _, amount in flows))[: len(times)]
    known = [*(point for point in after_payments if point[0] <= at), (at, value)]
    line = [*(point for point in log if point[0] < at), (at, value)]
    return Chart(
        draw,
        {
            "my_payments": _columns([*times, at], [*sums, sums[-1]]),
            "my_value": _columns(*zip(*known, strict=True)),
            "my_log": _columns(*zip(*line, strict=True)),
        },
        f"Net paid in {text_of(share.paid)} USD since {day(times[0])}, worth"
        f" {text_of(share.value)} USD on {day(at)}",
        height=210,
    )


def _columns(times: Sequence[datetime], amounts: Sequence[float]) -> dict[str, list[Any]]:
    return {
        "time": [time.timestamp() * 1000 for time in times],
        "usd": list(amounts),
        "until": [day(time) for time in times],
        "text": [f"{amount:,.2f}" for amount in amounts],
    }


def draw(my_payments: Any, my_value: Any, my_log: Any) -> Any:
    """Return the figure over the data sources; Bokeh is imported only here."""
    from bokeh.models import DatetimeTicker, HoverTool, NumeralTickFormatter
    from bokeh.plotting import figure

    plot = figure(
        x_axis_type="datetime",
        height=210,
        sizing_mode="stretch_both",
        toolbar_location=None,
        tools="",
        outline_line_color=None,
        background_fill_color=None,
        border_fill_color=None,
    )
    plot.yaxis.formatter = NumeralTickFormatter(format="0,0")
    # More dates would touch each other on a telephone.
    plot.xaxis.ticker = DatetimeTicker(desired_num_ticks=4)
    plot.xgrid.visible = False
    plot.step(
        "time",
        "usd",
        mode="after",
        line_width=2,
        color=_PAID,
        source=my_payments,
        legend_label="Net paid in",
    )
    plot.line("time", "usd", line_width=2, color=_NOW, source=my_log)
    marks: list[Any] = [
        plot.scatter("time", "usd", size=7, color=_PAID, source=my_payments),
        plot.scatter(
            "time",
            "usd",
            size=11,
            marker="diamond",
            color=_NOW,
            source=my_value,
            legend_label="Value",
        ),
    ]
    legend = plot.legend[0]
    legend.update(
        orientation="horizontal",
        background_fill_alpha=0,
        border_line_alpha=0,
        padding=0,
        margin=0,
        spacing=12,
        label_text_font_size="11px",
        label_standoff=4,
        location="left",
    )
    plot.add_layout(legend, "above")
    plot.add_tools(HoverTool(renderers=marks, tooltips=_TIP, visible=False))
    return plot
