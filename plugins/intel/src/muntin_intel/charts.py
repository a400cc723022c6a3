"""The HoloViews elements of the page; HoloViews is loaded only when one is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muntin.ui import Embed, text_of
from muntin_intel.scores import PARTS, Score
from muntin_intel.stats import Stat

#: A chart shows at most so many symbols; the table beside it has them all.
MOST = 15
#: Each has a contrast of at least 3:1 on the light surface and on the dark one.
GAIN, LOSS, GREY = "#1f9d57", "#d9483b", "#838c9a"
DASH = "–"

_COMMON = {
    "responsive": True,
    "tools": ["hover"],
    "default_tools": ["box_zoom", "reset"],
    "active_tools": [],
    "autohide_toolbar": True,
    "fontscale": 0.9,
    "title": "",
}


def _holoviews() -> Any:
    """Return HoloViews with its Bokeh backend."""
    import holoviews as hv

    if "bokeh" not in hv.Store.loaded_backends():
        hv.extension("bokeh", logo=False)
    return hv


def _legend(plot: Any, element: Any) -> None:
    """Name the parts in their own order, whichever comes first in the data."""
    del element
    from bokeh.models.annotations import LegendItem

    legend = plot.state.legend[0]
    renderer = legend.items[0].renderers[0]
    names = list(renderer.data_source.data["Part"])
    if len(legend.items) != len(PARTS):
        legend.items = [LegendItem(renderers=[renderer]) for _ in PARTS]
        legend.update(
            background_fill_alpha=0,
            border_line_alpha=0,
            padding=0,
            margin=2,
            spacing=12,
            ncols=3,
            nrows="auto",
            glyph_width=12,
            glyph_height=12,
            label_text_font_size="11px",
            label_standoff=4,
        )
    for part, item in zip(PARTS, legend.items, strict=True):
        item.label = {"value": part.label}  # HoloViews puts its own back at every update
        item.index = names.index(part.label)


def _height(bars: int, around: int) -> int:
    return around + 26 * max(3, bars)


def score_bars(rows: Iterable[Score]) -> Embed | None:
    """Return each score as a bar of its five parts: what adds to the right, what costs left."""
    shown = [row for row in rows if any(part.value is not None for part in row.parts)][:MOST]
    if not shown:
        return None
    hv = _holoviews()
    bars = hv.Bars(
        [bar for row in reversed(shown) for bar in _parts(row)],
        ["Symbol", "Part"],
        [hv.Dimension("value", label="Contribution to the score", unit="0 to 1"), "text"],
    ).opts(
        stacked=True,
        invert_axes=True,
        cmap=[part.color for part in PARTS],
        line_color=None,
        bar_width=0.62,
        legend_position="top",
        xlabel="",
        hover_tooltips=[("Symbol", "@Symbol"), ("Part", "@Part"), ("Contribution", "@text")],
        show_grid=True,
        hooks=[_legend],
        **_COMMON,
    )
    said = ", ".join(f"{row.label.value} {text_of(row.score)}" for row in shown)
    return Embed(bars, f"Scores and their five parts: {said}", _height(len(shown), 130))


def _parts(row: Score) -> Iterable[tuple[str, str, float, str]]:
    for part, field in zip(PARTS, row.parts, strict=True):
        yield row.label.value or "", part.label, field.value or 0.0, text_of(field, signed=True)


def expectancy_bars(stats: Iterable[Stat]) -> Embed | None:
    """Return the expectancy of each symbol as a bar in USD; immature symbols are grey."""
    shown = [stat for stat in stats if stat.expectancy.value is not None][:MOST]
    if not shown:
        return None
    hv = _holoviews()
    bars = hv.Bars(
        [_bar(stat) for stat in reversed(shown)],
        ["Symbol"],
        [hv.Dimension("usd", label="Expectancy", unit="USD per trade"), "text", "n", "color"],
    ).opts(
        color="color",
        invert_axes=True,
        line_color=None,
        bar_width=0.62,
        xlabel="",
        hover_tooltips=[("Symbol", "@Symbol"), ("USD per trade", "@text"), ("Trades", "@n")],
        show_grid=True,
        **_COMMON,
    )
    said = ", ".join(f"{s.label.value} {text_of(s.expectancy, signed=True)}" for s in shown)
    return Embed(bars, f"Expectancy in USD per trade: {said}", _height(len(shown), 86))


def _bar(stat: Stat) -> tuple[str, float, str, str, str]:
    value = stat.expectancy.value or 0.0
    color = GREY if not stat.mature else GAIN if value >= 0 else LOSS
    return stat.label.value or "", value, text_of(stat.expectancy, signed=True), _n(stat), color


def _n(stat: Stat) -> str:
    return f"{text_of(stat.count)}{'' if stat.mature else ' (immature)'}"


def hour_strip(hours: dict[int, Stat]) -> Embed | None:
    """Return the hours of the day as a heat strip: colour by sign, depth by size and sample."""
    known = {hour: stat for hour, stat in hours.items() if stat.expectancy.value is not None}
    if not known:
        return None
    hv = _holoviews()
    largest = max(abs(stat.expectancy.value or 0.0) for stat in known.values()) or 1.0
    strip = hv.Rectangles(
        [_hour(hour, known.get(hour), largest) for hour in range(24)],
        [hv.Dimension("start", label="Hour of the day", unit="UTC"), "low", "end", "high"],
        ["hour", "text", "n", "color", "depth"],
    ).opts(
        color="color",
        fill_alpha="depth",
        line_color=None,
        yaxis=None,
        ylim=(0, 1),
        xlim=(0, 24),
        xticks=list(range(0, 25, 3)),
        show_grid=False,
        hover_tooltips=[("Hour", "@hour UTC"), ("USD per trade", "@text"), ("Trades", "@n")],
        **_COMMON,
    )
    said = ", ".join(
        f"{hour:02d}:00 {text_of(stat.expectancy, signed=True)}"
        for hour, stat in sorted(known.items())
    )
    return Embed(strip, f"Expectancy in USD per trade by hour of the day, UTC: {said}", 116)


def _hour(hour: int, stat: Stat | None, largest: float) -> tuple[Any, ...]:
    span = f"{hour:02d}:00–{(hour + 1) % 24:02d}:00"
    place = (hour + 0.04, 0.0, hour + 0.96, 1.0, span)
    if stat is None:
        return (*place, DASH, DASH, GREY, 0.1)
    value = stat.expectancy.value or 0.0
    depth = 0.15 + (0.85 if stat.mature else 0.5) * abs(value) / largest
    color = GAIN if value > 0 else LOSS if value < 0 else GREY
    return (*place, text_of(stat.expectancy, signed=True), _n(stat), color, depth)
