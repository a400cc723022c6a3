"""The leaves of values: a field as an element with its text, its origin and its tone."""

from __future__ import annotations

from typing import Any

from muntin.fields import Field, Presence
from muntin.ui.components import Badge, Cell, Column, Metric, Spark
from muntin.ui.format import canonical, iso, text_of
from muntin.ui.fragments import Leaf, Pairs
from muntin.ui.vocabulary import is_known

TONES = frozenset({"good", "warn", "bad", "none"})
_OWN = {
    Presence.MISSING: "missing",
    Presence.NULL: "missing",
    Presence.INVALID: "malformed",
    Presence.PLACEHOLDER: "empty",
}


def origin(field: Field[Any]) -> Pairs:
    """Return the attributes that say what a value is and where it comes from."""
    pairs: Pairs = (("data-value", canonical(field)),)
    if field.feed:
        pairs += (("data-feed", field.feed), ("data-path", _bounded(field.path)))
        if field.value is None:
            pairs += (("data-own", _OWN.get(field.presence, "missing")),)
            if field.problem:
                pairs += (("title", field.problem),)
        if field.as_of is not None:
            pairs += (("data-own-as-of", iso(field.as_of)),)
    if field.formula:
        pairs += (("data-formula", field.formula),)
    return pairs


def _bounded(path: str, limit: int = 300) -> str:
    """Return a path that a page can carry; a key may be a megabyte long."""
    return path if len(path) <= limit else f"{path[: limit - 1]}…"


def metric_leaf(key: str, metric: Metric) -> Leaf:
    """Return the value of a metric."""
    field = metric.field
    text = metric.words if metric.words and field.ok else _text(metric)
    tone = _tone(field.value, metric.tone, signed=metric.signed)
    kind = ("chip " if metric.chip else "") + (tone or ("none" if metric.chip else ""))
    attrs = (("class", f"mu-num {kind}".strip()), ("data-metric", metric.id), ("tabindex", "0"))
    return Leaf(key, "span", text, attrs + origin(field) + _strange(field, chip=metric.chip))


def _text(metric: Metric) -> str:
    return text_of(metric.field, metric.digits, signed=metric.signed, prefix=metric.prefix)


def badge_leaf(key: str, badge: Badge) -> Leaf:
    """Return the word of a badge."""
    named = (("data-metric", badge.id),) if badge.id else ()
    tone = badge.tone if badge.tone in TONES else "none"
    marks = _strange(badge.field, chip=True)
    attrs = (("class", f"mu-num chip {tone}"), *named, *origin(badge.field), *marks)
    return Leaf(key, "span", text_of(badge.field), attrs)


def cell_leaf(key: str, cell: Cell, column: Column) -> Leaf:
    """Return the value of a table's cell."""
    field = cell.field
    tone = _tone(field.value, cell.tone, signed=column.signed)
    kinds = ("mu-num", "chip" if cell.chip else "", tone, "marked" if cell.marked else "")
    digits = column.digits if cell.digits is None else cell.digits
    text = text_of(field, digits, signed=column.signed)
    attrs = (("class", " ".join(filter(None, kinds))), ("data-column", column.id))
    return Leaf(key, "span", text, attrs + origin(field) + _strange(field, chip=cell.chip))


def _tone(value: Any, tone: str, *, signed: bool) -> str:
    if tone in TONES:
        return tone
    if signed and isinstance(value, (int, float)) and value:
        return "up" if value > 0 else "down"
    return ""


def _strange(field: Field[Any], *, chip: bool) -> Pairs:
    """Return the mark of a status word that nobody knows; operators get to see how many."""
    strange = chip and field.feed and not is_known(field.value)
    return (("data-unknown", str(field.value)[:80]),) if strange else ()


def spark_leaf(key: str, spark: Spark) -> Leaf:
    """Return the line of a series."""
    return Leaf(key, "path", "", (("d", _line(spark.points)),))


def _line(points: tuple[tuple[Any, float], ...], limit: int = 120) -> str:
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
