"""Figures with a label, in a grid or in a line of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from muntin.state.fields import Field, Presence
from muntin.ui.format import BESIDE, text_of
from muntin.ui.rendering import Component, FragmentBuilder, Leaf, Look, quote, value_leaf
from muntin.ui.rendering.fragments import Pairs
from muntin.vocabulary import Tone, Vocabulary

_NO_ORIGIN = "This figure names no document."


@dataclass(frozen=True, slots=True)
class Metric(Component):
    """One figure with its label; `id` is its ``data-metric``."""

    id: str
    label: str
    field: Field[Any]
    #: Digits after the point; the unit decides unless given.
    digits: int | None = None
    #: Headline size.
    big: bool = False
    #: Always with its sign, and coloured by it.
    signed: bool = False
    #: A chip instead of plain text, graded by the panel's words unless a tone is given.
    chip: bool = False
    tone: Tone = ""
    #: Text before a value above zero, such as a minus for a loss published as a positive number.
    prefix: str = ""
    #: One line of text under the value.
    note: str = ""
    #: What the figure means and how it is worked out; opens by click, tap or keyboard.
    meaning: str = ""
    #: Text in place of the formatted value where the value alone would mislead ("At peak").
    words: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.field, Field):
            raise TypeError(
                f"metric {self.id!r}: {self.field!r} is not a Field; write"
                f" ui.metric({self.id!r}, {self.label!r}, {self.field!r}) for a plain value"
            )

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add label, value, unit and note as a block."""
        key = f"{key}.{self.id}"
        size = " mu-big" if self.big else ""
        build.markup(f'<div class="mu-metric{size}"><div class="mu-k">')
        self._label(build, key)
        build.markup('</div><div class="mu-v">')
        build.cached(key, _value, self)
        build.put(Leaf(f"{key}.unit", "small", _unit(self.field)))
        build.markup("</div>")
        if self.note:
            build.put(Leaf(f"{key}.note", "div", self.note, (("class", "mu-sub"),)))
        build.markup("</div>")

    def render_inline(self, build: FragmentBuilder, key: str) -> None:
        """Add label, value, unit and note as a part of a line."""
        key = f"{key}.{self.id}"
        build.markup('<span class="mu-part"><span class="mu-k">')
        self._label(build, key)
        build.markup("</span> ")
        build.cached(key, _value, self)
        build.markup(" ")
        build.put(Leaf(f"{key}.unit", "small", _unit(self.field)))
        if self.note:
            build.markup(" ")
            build.put(Leaf(f"{key}.note", "span", self.note, (("class", "mu-k"),)))
        build.markup("</span> ")

    def _label(self, build: FragmentBuilder, key: str) -> None:
        """Add the label; with a meaning it is a button that opens it."""
        if not self.meaning:
            build.markup(quote(self.label))
            return
        target = f"{key}.meaning"
        build.markup(f'<button type="button" class="mu-def" popovertarget="{quote(target)}">')
        build.markup(f"{quote(self.label)}</button>")
        build.put(Leaf(target, "span", self.meaning, (("popover", ""), ("class", "mu-meaning"))))


def _unit(field: Field[Any]) -> str:
    """Return the unit beside the number; nothing beside a dash."""
    return BESIDE.get(field.unit, "") if field.ok else ""


def _value(key: str, metric: Metric, words: Vocabulary) -> Leaf:
    field = metric.field
    text = metric.words if metric.words and field.ok else _text(metric)
    attrs: Pairs = (("data-metric", metric.id), ("tabindex", "0"))
    if not field.feed and not field.formula and isinstance(field.value, (int, float)):
        attrs += (("title", _NO_ORIGIN),)
    return value_leaf(key, field, text, attrs, Look(metric.signed, metric.chip, metric.tone), words)


def _text(metric: Metric) -> str:
    return text_of(metric.field, metric.digits, signed=metric.signed, prefix=metric.prefix)


@dataclass(frozen=True, slots=True)
class Metrics(Component):
    """A grid of metrics under an optional heading."""

    items: tuple[Metric, ...]
    heading: str = ""
    #: One line of label and value after another instead of a grid.
    inline: bool = False

    def render(self, build: FragmentBuilder, key: str) -> None:
        """Add the heading and every metric."""
        if self.inline:
            build.markup('<div class="mu-line">')
            for metric in self.items:
                metric.render_inline(build, key)
            build.markup("</div>")
            return
        if self.heading:
            build.markup(f'<h3 class="mu-group">{quote(self.heading)}</h3>')
        build.markup('<div class="mu-metrics">')
        for metric in self.items:
            metric.render(build, key)
        build.markup("</div>")


def metric(
    id: str,  # noqa: A002 - the name of the attribute
    label: str,
    value: Any,
    *,
    unit: str = "",
    **options: Any,
) -> Metric:
    """Return a metric of a plain value, or of a field; `options` are those of `Metric`.

    A plain value names no document, and the page says so.
    """
    if isinstance(value, Field):
        return Metric(id, label, value, **options)
    return Metric(id, label, plain(value, unit), **options)


def plain(value: Any, unit: str = "") -> Field[Any]:
    """Return a plain value as a field without an origin; None and NaN are no value."""
    usable = value is not None and not (isinstance(value, float) and not math.isfinite(value))
    if not usable:
        return Field(None, unit, problem="no value")
    return Field(value, unit, presence=Presence.OK)


def metrics(*items: Metric, heading: str = "") -> Metrics:
    """Return a grid of metrics."""
    return Metrics(items, heading)


def line(*items: Metric) -> Metrics:
    """Return metrics as one line of text: label, value, label, value."""
    return Metrics(items, inline=True)
