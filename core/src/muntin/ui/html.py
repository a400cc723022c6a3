"""Components as HTML: the same function makes the first bytes of a page and every later change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muntin.fields import Field
from muntin.ui.components import (
    Badge,
    Chart,
    Live,
    Metric,
    Metrics,
    Note,
    Shares,
    Spark,
    Stack,
    Table,
)
from muntin.ui.format import BESIDE
from muntin.ui.fragments import Fragment, Leaf, Slot, quote
from muntin.ui.leaves import TONES, badge_leaf, metric_leaf, origin, spark_leaf
from muntin.ui.pen import Pen
from muntin.ui.tables import color, put_table, short

__all__ = ["fragment", "origin"]


def fragment(component: Any, prefix: str, before: Fragment | None = None) -> Fragment:
    """Return a component as a fragment; ids in it start with `prefix`.

    Given the fragment that was drawn before, only values that are others are drawn again. Raises
    TypeError for what is no component.
    """
    pen = Pen(before)
    _put(pen, component, prefix)
    return pen.fragment()


def _put(pen: Pen, component: Any, prefix: str) -> None:
    for kind, put in _KINDS:
        if isinstance(component, kind):
            put(pen, component, prefix)
            return
    raise TypeError(f"{type(component).__name__} is no component of muntin.ui")


def _metric(pen: Pen, metric: Metric, prefix: str) -> None:
    key = f"{prefix}.{metric.id}"
    size = " mu-big" if metric.big else ""
    label = quote(metric.label)
    meaning = f' title="{quote(metric.meaning)}"' if metric.meaning else ""
    pen.text(f'<div class="mu-metric{size}"><div class="mu-k"{meaning}>{label}</div>')
    pen.text('<div class="mu-v">')
    pen.draw(key, metric_leaf, metric)
    pen.put(Leaf(f"{key}.unit", "small", _beside(metric.field)))
    pen.text("</div>")
    if metric.note:
        pen.put(Leaf(f"{key}.note", "div", metric.note, (("class", "mu-sub"),)))
    pen.text("</div>")


def _beside(field: Field[Any]) -> str:
    """Return the unit that stands beside the number; nothing beside a dash."""
    return BESIDE.get(field.unit, "") if field.ok else ""


def _inline(pen: Pen, group: Metrics, prefix: str) -> None:
    pen.text('<div class="mu-line">')
    for metric in group.items:
        key = f"{prefix}.{metric.id}"
        pen.text(f'<span class="mu-part"><span class="mu-k">{quote(metric.label)}</span> ')
        pen.draw(key, metric_leaf, metric)
        pen.text(" ")
        pen.put(Leaf(f"{key}.unit", "small", _beside(metric.field)))
        if metric.note:
            pen.text(" ")
            pen.put(Leaf(f"{key}.note", "span", metric.note, (("class", "mu-k"),)))
        pen.text("</span> ")
    pen.text("</div>")


def _metrics(pen: Pen, group: Metrics, prefix: str) -> None:
    if group.inline:
        _inline(pen, group, prefix)
        return
    if group.heading:
        pen.text(f'<h3 class="mu-group">{quote(group.heading)}</h3>')
    pen.text('<div class="mu-metrics">')
    for metric in group.items:
        _metric(pen, metric, prefix)
    pen.text("</div>")


def _badge(pen: Pen, badge: Badge, prefix: str) -> None:
    if badge.label:
        pen.text(f'<span class="mu-k">{quote(badge.label)}</span> ')
    pen.draw(f"{prefix}.badge.{badge.id or badge.label}", badge_leaf, badge)


def _note(pen: Pen, note: Note, prefix: str) -> None:
    tone = f" {note.tone}" if note.tone in TONES else ""
    pen.put(Leaf(f"{prefix}.note", "p", note.text, (("class", f"mu-note{tone}"),)))


def _spark(pen: Pen, spark: Spark, prefix: str) -> None:
    pen.text(
        '<svg class="mu-spark" viewBox="0 0 300 36" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false">'
    )
    pen.draw(f"{prefix}.spark", spark_leaf, spark)
    pen.text("</svg>")
    pen.put(Leaf(f"{prefix}.spark.label", "span", spark.label, (("class", "mu-hidden"),)))


def _shares(pen: Pen, shares: Shares, prefix: str) -> None:
    pen.text('<div class="mu-shares" aria-hidden="true">')
    for part in shares.parts:
        if part.value > 0:
            style = f"flex:{part.value:.6g};background:{color(part.color)}"
            pen.put(Leaf(f"{prefix}.share.{short(part.label)}", "i", "", (("style", style),)))
    pen.text("</div>")
    pen.put(Leaf(f"{prefix}.shares.label", "span", shares.label, (("class", "mu-hidden"),)))


def _chart(pen: Pen, chart: Chart, prefix: str) -> None:
    head, sub = chart.centre
    pen.text('<div class="mu-figure">')
    pen.put(Slot(f"{prefix}.chart", chart, chart.height, chart.width))
    pen.put(_label(f"{prefix}.chart", chart.label))
    if head:
        pen.text('<div class="mu-centre">')
        pen.put(Leaf(f"{prefix}.centre", "b", head))
        pen.put(Leaf(f"{prefix}.centre.sub", "span", sub))
        pen.text("</div>")
    pen.text("</div>")


def _live(pen: Pen, live: Live, prefix: str) -> None:
    pen.put(Slot(f"{prefix}.live", live, live.height))
    pen.put(_label(f"{prefix}.live", live.label))


def _label(slot: str, words: str) -> Leaf:
    """Return what a chart shows in words, for those who do not see it."""
    return Leaf(f"{slot}.label", "span", words, (("class", "mu-hidden"),))


def _stack(pen: Pen, stack: Stack, prefix: str) -> None:
    pen.text(f'<div class="{"mu-side" if stack.side else "mu-stack"}">')
    for index, item in enumerate(stack.items):
        pen.text('<div class="mu-item">')
        _put(pen, item, f"{prefix}.{index}")
        pen.text("</div>")
    pen.text("</div>")


_KINDS: tuple[tuple[type, Callable[[Pen, Any, str], None]], ...] = (
    (Stack, _stack),
    (Metrics, _metrics),
    (Metric, _metric),
    (Table, put_table),
    (Badge, _badge),
    (Note, _note),
    (Spark, _spark),
    (Shares, _shares),
    (Chart, _chart),
    (Live, _live),
)
