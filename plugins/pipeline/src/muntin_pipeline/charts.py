"""The charts, as HoloViews elements; HoloViews is imported only when one is drawn.

Both colours have a contrast of at least 3:1 on the light and on the dark surface, and the ink of
the axes one of about 4:1. The theme's own CSS variables (``--bk-...``) come before all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from muntin_pipeline.shadow_log import Hour
from muntin_pipeline.vetoes import Tally

ALLOWED, VETOED = "#2f6fde", "#c9770f"
_INK = "#76808f"

_GAP = timedelta(minutes=4)
_HOUR = timedelta(hours=1)


def reason_bars(tallies: Iterable[Tally]) -> Any:
    """Return vetoes by reason as horizontal bars, the most frequent on top."""
    hv = _holoviews()

    rows = [(tally.label, tally.number) for tally in tallies]
    made = hv.Bars(
        rows[::-1], hv.Dimension("reason", label="Reason"), hv.Dimension("number", label="Vetoes")
    )
    return made.opts(
        hv.opts.Bars(
            **_plain(_counts_across),
            invert_axes=True,
            color=VETOED,
            line_color=None,
            bar_width=0.62,
            ylim=(0, None),
            hover_tooltips=[("Reason", "@reason"), ("Vetoes", "@number")],
        )
    )


def hour_bars(hours: Iterable[Hour]) -> Any:
    """Return decisions per hour as bars in time, vetoed ones above those that were allowed."""
    hv = _holoviews()

    rows = [row for hour in hours for row in _stacked(hour)]
    places = [
        hv.Dimension("start", label="Hour (UTC)"),
        hv.Dimension("low", label="Decisions per hour"),
        "end",
        "high",
    ]
    made = hv.Rectangles(rows, places, ["color", "hour", "allowed", "vetoed"])
    tips = [("Hour (UTC)", "@hour"), ("Allowed", "@allowed"), ("Vetoed", "@vetoed")]
    return made.opts(
        hv.opts.Rectangles(
            **_plain(_counts_up),
            padding=(0.01, 0.08),
            color="color",
            line_color=None,
            ylim=(0, None),
            hover_tooltips=tips,
            xlabel="Hour (UTC)",
            ylabel="Decisions per hour",
        )
    )


def _stacked(hour: Hour) -> Iterable[tuple[Any, ...]]:
    """Yield the hour's two bars; empty hours have bars of no height, so that the axis is whole."""
    start, end = (hour.start + _GAP).replace(tzinfo=None), hour.start + _HOUR - _GAP
    end, total = end.replace(tzinfo=None), hour.allowed + hour.vetoed
    tip = (f"{hour.start:%H:%M} to {hour.start + _HOUR:%H:%M}", hour.allowed, hour.vetoed)
    yield start, 0, end, hour.allowed, ALLOWED, *tip
    yield start, hour.allowed, end, total, VETOED, *tip


def _holoviews() -> Any:
    """Return HoloViews with its Bokeh backend, without which no element takes options."""
    import holoviews as hv

    if "bokeh" not in hv.Store.loaded_backends():
        hv.extension("bokeh", logo=False)
    return hv


def _plain(tidy: Any) -> dict[str, Any]:
    """Return the options of every chart: fills its place, shows values on hover, is transparent."""
    return {
        "responsive": True,
        "tools": ["hover"],
        "default_tools": [],
        "toolbar": None,
        "bgcolor": "rgba(0, 0, 0, 0)",
        "title": "",
        "framewise": True,
        "hooks": [tidy],
    }


def _tidy(plot: Any, count_axis: Any) -> None:
    """Take away frame and small ticks; the axis of counts has whole numbers only."""
    figure = plot.state
    figure.border_fill_color = figure.outline_line_color = None
    for axis in (*figure.xaxis, *figure.yaxis):
        axis.minor_tick_line_color = None
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_color = axis.major_label_text_color = _INK
        axis.axis_line_color = axis.major_tick_line_color = _INK
    for axis in count_axis:
        axis.ticker.min_interval = 1


def _counts_across(plot: Any, _element: Any) -> None:
    _tidy(plot, plot.state.xaxis)


def _counts_up(plot: Any, _element: Any) -> None:
    _tidy(plot, plot.state.yaxis)
