"""The histograms of the page; HoloViews is loaded only when one is drawn."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from muntin import Field
from muntin.ui import Embed, text_of
from muntin_router_health.fills import MATURE, Sample, quantile

#: A chart, or none, and the values that lie outside of it.
Drawn = tuple[Embed | None, int]

#: Each has a contrast of at least 3:1 on the light surface and on the dark one.
BAR, MARK, GREY = "#3f7fe0", "#c77a12", "#838c9a"
#: Bars aimed at; round edges make it some more or some less.
_BARS = 24
_TOOLS = ["box_zoom", "reset"]


@dataclass(frozen=True, slots=True)
class Bins:
    """Edges of the bars, in ascending order, and how many values lie in each."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    #: Values further out than the edges.
    outside: int
    #: Digits that tell one edge from the next.
    digits: int


def bins_of(values: tuple[float, ...]) -> Bins:
    """Return round bins over the bulk of ascending values; the last one includes its upper edge."""
    many = len(values) >= 2 * MATURE
    low = quantile(values, 0.005) if many else values[0]
    high = quantile(values, 0.995) if many else values[-1]
    step = _round_step((high - low) / _BARS, max(abs(low), abs(high)))
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    edges = tuple(index * step for index in range(first, last + 1))
    below = [bisect_left(values, edge) for edge in edges]
    counts = [after - before for before, after in pairwise(below)]
    counts[-1] += sum(value == edges[-1] for value in values[below[-1] :])
    digits = max(0, min(6, -math.floor(math.log10(step))))
    return Bins(edges, tuple(counts), len(values) - sum(counts), digits)


def _round_step(exact: float, size: float) -> float:
    """Return the next of 1, 2 and 5 times a power of ten; a thousandth of the size at least."""
    wanted = max(exact, size * 1e-3, 1e-6)
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= wanted * 0.999)


def histogram(sample: Sample, name: str, unit: str, *, signed: bool = False) -> Drawn:
    """Return a sample as a histogram, and how many of its values lie outside of it.

    A single value has no distribution, and so no chart.
    """
    if not sample.n or sample.values[0] == sample.values[-1]:
        return None, 0
    import holoviews as hv

    if "bokeh" not in hv.Store.loaded_backends():
        hv.extension("bokeh", logo=False)
    bins = bins_of(sample.values)
    middle, high = sample.quantile(0.5), sample.quantile(0.95)
    bars = hv.Histogram(
        (list(bins.edges), list(bins.counts), _ranges(bins, unit, signed=signed)),
        kdims=[hv.Dimension("value", label=name, unit=unit)],
        vdims=[hv.Dimension("orders", label="Filled orders", unit="count"), "range"],
    ).opts(
        fill_color=BAR if sample.mature else GREY,
        line_color=None,
        fill_alpha=0.85,
        tools=["hover"],
        default_tools=_TOOLS,
        hover_tooltips=[(name, "@range"), ("Filled orders", "@orders")],
    )
    lines = hv.VLines([middle.value, high.value]).opts(
        color=MARK,
        line_dash="dashed",
        line_width=1.5,
        apply_ranges=False,
        default_tools=_TOOLS,
    )
    shown = (bars * lines).opts(
        responsive=True,
        default_tools=_TOOLS,
        active_tools=[],
        autohide_toolbar=True,
        fontscale=0.9,
        show_grid=True,
        title="",
    )
    said = (
        f"{name} of {sample.n} filled orders: median {text_of(middle)} {unit}, "
        f"p95 {text_of(high)} {unit}"
    )
    return Embed(shown, said, 250), bins.outside


def _ranges(bins: Bins, unit: str, *, signed: bool) -> list[str]:
    edges = [text_of(Field(edge, unit), bins.digits, signed=signed) for edge in bins.edges]
    return [f"{low} to {high} {unit}" for low, high in pairwise(edges)]
