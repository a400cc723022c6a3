"""Charts: small ones as markup, large ones drawn by Bokeh in a slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin.ui.components.tables import color, short
from muntin.ui.rendering import Component, FragmentBuilder, Leaf, Slot
from muntin.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Sparkline(Component):
    """A small line of a series over time, part of the page's first bytes."""

    points: tuple[tuple[datetime, float], ...]
    #: What the line shows, in words.
    label: str

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the line, and its words for those who cannot see it."""
        build.markup(
            '<svg class="mu-spark" viewBox="0 0 300 36" preserveAspectRatio="none" '
            'aria-hidden="true" focusable="false">'
        )
        build.cached(f"{key}.spark", _path, self)
        build.markup("</svg>")
        build.put(_hidden(f"{key}.spark", self.label))


def _path(key: str, spark: Sparkline, _words: Vocabulary) -> Leaf:
    return Leaf(key, "path", "", (("d", _line(spark.points)),))


def _line(points: tuple[tuple[datetime, float], ...], limit: int = 120) -> str:
    if len(points) < 2:
        return ""
    step = max(1, len(points) // limit)
    kept = (*points[:-1:step], points[-1])
    times = [moment.timestamp() for moment, _ in kept]
    values = [value for _, value in kept]
    low, high = min(values), max(values)
    wide, tall = (times[-1] - times[0]) or 1.0, (high - low) or 1.0
    xy = (
        f"{(time - times[0]) / wide * 300:.0f} {33 - (value - low) / tall * 30:.1f}"
        for time, value in zip(times, values, strict=True)
    )
    return "M" + "L".join(xy)


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a `StackedBar`."""

    label: str
    value: float
    color: str


@dataclass(frozen=True, slots=True)
class StackedBar(Component):
    """A flat bar of the shares of a whole."""

    parts: tuple[Share, ...]
    #: What the bar shows, in words.
    label: str

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add a segment for each part above zero, and the bar's words."""
        build.markup('<div class="mu-shares" aria-hidden="true">')
        for part in self.parts:
            if part.value > 0:
                style = f"flex:{part.value:.6g};background:{color(part.color)}"
                build.put(Leaf(f"{key}.share.{short(part.label)}", "i", "", (("style", style),)))
        build.markup("</div>")
        build.put(_hidden(f"{key}.shares", self.label))


@dataclass(frozen=True, slots=True)
class Chart(Component):
    """A Bokeh chart that is built once and afterwards only gets new data.

    `draw` is called once with a ``ColumnDataSource`` for each entry of `data`, as keyword arguments
    named by its keys, and returns a Bokeh model. Later updates send only changed columns.
    """

    draw: Callable[..., Any]
    data: Mapping[str, Mapping[str, Sequence[Any]]]
    #: What the chart shows, in words.
    label: str
    #: Height in pixels that the page reserves.
    height: int = 240
    #: Width in pixels; 0 fills the available space.
    width: int = 0
    #: Two lines of text in the middle, drawn by the page in the theme's colours.
    centre: tuple[str, str] = ("", "")

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the chart's slot, its words and the text in its middle."""
        head, sub = self.centre
        build.markup('<div class="mu-figure">')
        build.put(Slot(f"{key}.chart", self, self.height, self.width))
        build.put(_hidden(f"{key}.chart", self.label))
        if head:
            build.markup('<div class="mu-centre">')
            build.put(Leaf(f"{key}.centre", "b", head))
            build.put(Leaf(f"{key}.centre.sub", "span", sub))
            build.markup("</div>")
        build.markup("</div>")


@dataclass(frozen=True, slots=True)
class Embed(Component):
    """Any other viewable as part of a layout: a HoloViews element, a Panel object."""

    object: Any
    #: What it shows, in words.
    label: str
    #: Height in pixels that the page reserves; 0 lets the content decide.
    height: int = 260

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the slot and its words."""
        build.put(Slot(f"{key}.live", self, self.height))
        build.put(_hidden(f"{key}.live", self.label))


def _hidden(key: str, text: str) -> Leaf:
    """Return text for those who cannot see the picture with this key."""
    return Leaf(f"{key}.label", "span", text, (("class", "mu-hidden"),))
