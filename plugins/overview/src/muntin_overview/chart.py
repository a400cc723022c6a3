"""The donut as a Bokeh chart: drawn once, then only its data change."""

from __future__ import annotations

from math import pi
from typing import Any

from muntin import Field
from muntin.ui import Chart, text_of
from muntin_overview.donut import Ring, Slice

SIZE = 210
#: Half of the gap between two slices, radians.
_GAP = 0.014
#: Bokeh escapes what it puts in for a column; dark text, for its tooltip is white in both themes.
_TIP = (
    '<div style="color:#12161c;font-size:12px;line-height:1.5"><b>@label</b><br>'
    "@usd USD · @share<br>Quantity @quantity</div>"
)


def chart(made: Ring, total: Field[float]) -> Chart | None:
    """Return the donut of a ring, None if it has no slice above zero.

    `total` is what stands in the middle: the published total, or the sum where there is none.
    """
    shown = [item for item in made.slices if item.share.value]
    if not shown:
        return None
    return Chart(
        draw=draw,
        data={"aum_slices": columns(shown)},
        label=f"AUM {text_of(total)} USD: {', '.join(_part(item) for item in shown)}",
        height=SIZE,
        width=SIZE,
        centre=(text_of(total, 0), "USD total"),
    )


def _part(item: Slice) -> str:
    return f"{item.label.value} {text_of(item.share)}"


def columns(slices: list[Slice]) -> dict[str, list[Any]]:
    """Return the data source's columns: the figures, their texts and the angles, clockwise."""
    ends, done = [], 0.0
    for item in slices:
        start, done = done, done + (item.share.value or 0.0)
        ends.append(_angles(start, done, alone=len(slices) == 1))
    return {
        "label": [item.label.value for item in slices],
        "value": [item.value.value for item in slices],
        "qty": [item.qty.value for item in slices],
        "usd": [text_of(item.value) for item in slices],
        "share": [text_of(item.share) for item in slices],
        "quantity": [text_of(item.qty) for item in slices],
        "color": [item.color for item in slices],
        "start": [end for end, _ in ends],
        "end": [start for _, start in ends],
    }


def _angles(start: float, end: float, *, alone: bool) -> tuple[float, float]:
    """Return the counter-clockwise angles of a slice that runs clockwise from the top."""
    gap = 0.0 if alone else min(_GAP, (end - start) * pi / 2)
    return pi / 2 - end * 2 * pi + gap, pi / 2 - start * 2 * pi - gap


def draw(aum_slices: Any) -> Any:
    """Return the figure over the data source; Bokeh is imported only here."""
    from bokeh.models import HoverTool, Range1d
    from bokeh.plotting import figure

    plot = figure(
        width=SIZE,
        height=SIZE,
        min_border=0,
        match_aspect=True,
        toolbar_location=None,
        tools="",
        x_range=Range1d(start=-1, end=1),
        y_range=Range1d(start=-1, end=1),
        outline_line_color=None,
        background_fill_color=None,
        border_fill_color=None,
        name="aum_donut",
    )
    plot.axis.visible = False
    plot.grid.visible = False
    wedges = plot.annular_wedge(
        x=0,
        y=0,
        inner_radius=0.7,
        outer_radius=0.97,
        start_angle="start",
        end_angle="end",
        fill_color="color",
        line_color=None,
        hover_fill_color="color",
        hover_fill_alpha=0.8,
        hover_line_color=None,
        source=aum_slices,
    )
    plot.add_tools(HoverTool(renderers=[wedges], tooltips=_TIP, visible=False))
    return plot
