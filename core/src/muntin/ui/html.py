"""Components as HTML: the same function makes the first bytes of a page and every later change."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from muntin.fields import Field, Presence
from muntin.ui.components import (
    Badge,
    Cell,
    Chart,
    Column,
    Live,
    Metric,
    Metrics,
    Note,
    Row,
    Shares,
    Spark,
    Stack,
    Table,
)
from muntin.ui.format import BESIDE, canonical, iso, text_of
from muntin.ui.fragments import Fragment, Leaf, Slot, quote
from muntin.ui.vocabulary import is_known

_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}|var\(--[a-z0-9-]+\)")
_TONES = frozenset({"good", "warn", "bad", "none"})
_OWN = {
    Presence.MISSING: "missing",
    Presence.NULL: "missing",
    Presence.INVALID: "malformed",
    Presence.PLACEHOLDER: "empty",
}
Parts = Iterator[str | Leaf | Slot]


def fragment(component: Any, prefix: str) -> Fragment:
    """Return a component as a fragment; ids in it start with `prefix`.

    Neighbouring strings are joined, so that two fragments are compared quickly. What would repeat
    an id gets one of its own: the page finds its elements by id. Raises TypeError for what is no
    component.
    """
    made: list[str | Leaf | Slot] = []
    text: list[str] = []
    seen: set[str] = set()
    for part in _render(component, prefix):
        if isinstance(part, str):
            text.append(part)
            continue
        if text:
            made.append("".join(text))
            text.clear()
        key = _free(part.id, seen)
        made.append(part if key == part.id else replace(part, id=key))
    if text:
        made.append("".join(text))
    return Fragment(tuple(made))


def _free(key: str, taken: set[str]) -> str:
    """Return the key, numbered if it is taken, and take it."""
    if key in taken:
        numbered = (f"{key}~{number}" for number in count(2))
        key = next(name for name in numbered if name not in taken)
    taken.add(key)
    return key


def _render(component: Any, prefix: str) -> Parts:
    for kind, renderer in _RENDERERS:
        if isinstance(component, kind):
            yield from renderer(component, prefix)
            return
    raise TypeError(f"{type(component).__name__} is no component of muntin.ui")


def origin(field: Field[Any]) -> tuple[tuple[str, str], ...]:
    """Return the attributes that say what a value is and where it comes from."""
    pairs = [("data-value", canonical(field))]
    if field.feed:
        pairs += [("data-feed", field.feed), ("data-path", _bounded(field.path))]
        if not field.ok:
            pairs.append(("data-own", _OWN.get(field.presence, "missing")))
            if field.problem:
                pairs.append(("title", field.problem))
        if field.as_of is not None:
            pairs.append(("data-own-as-of", iso(field.as_of)))
    if field.formula:
        pairs.append(("data-formula", field.formula))
    return tuple(pairs)


def _bounded(path: str, limit: int = 300) -> str:
    """Return a path that a page can carry; a key may be a megabyte long."""
    return path if len(path) <= limit else f"{path[: limit - 1]}…"


def _tone(value: Any, tone: str, *, signed: bool) -> str:
    if tone in _TONES:
        return tone
    if signed and isinstance(value, (int, float)) and value:
        return "up" if value > 0 else "down"
    return ""


def _metric(metric: Metric, prefix: str) -> Parts:
    key = f"{prefix}.{metric.id}"
    size = " mu-big" if metric.big else ""
    label = quote(metric.label)
    meaning = f' title="{quote(metric.meaning)}"' if metric.meaning else ""
    yield f'<div class="mu-metric{size}"><div class="mu-k"{meaning}>{label}</div><div class="mu-v">'
    yield _metric_leaf(metric, key)
    yield Leaf(f"{key}.unit", "small", _beside(metric.field))
    yield "</div>"
    if metric.note:
        yield Leaf(f"{key}.note", "div", metric.note, (("class", "mu-sub"),))
    yield "</div>"


def _beside(field: Field[Any]) -> str:
    """Return the unit that stands beside the number; nothing beside a dash."""
    return BESIDE.get(field.unit, "") if field.ok else ""


def _metric_leaf(metric: Metric, key: str) -> Leaf:
    field = metric.field
    text = metric.words if metric.words and field.ok else _text(metric)
    tone = _tone(field.value, metric.tone, signed=metric.signed)
    kind = ("chip " if metric.chip else "") + (tone or ("none" if metric.chip else ""))
    attrs = (("class", f"mu-num {kind}".strip()), ("data-metric", metric.id), ("tabindex", "0"))
    return Leaf(key, "span", text, attrs + origin(field) + _strange(field, chip=metric.chip))


def _strange(field: Field[Any], *, chip: bool) -> tuple[tuple[str, str], ...]:
    """Return the mark of a status word that nobody knows; operators get to see how many."""
    strange = chip and field.feed and not is_known(field.value)
    return (("data-unknown", str(field.value)[:80]),) if strange else ()


def _text(metric: Metric) -> str:
    return text_of(metric.field, metric.digits, signed=metric.signed, prefix=metric.prefix)


def _inline(group: Metrics, prefix: str) -> Parts:
    yield '<div class="mu-line">'
    for metric in group.items:
        yield f'<span class="mu-part"><span class="mu-k">{quote(metric.label)}</span> '
        yield _metric_leaf(metric, f"{prefix}.{metric.id}")
        yield " "
        yield Leaf(f"{prefix}.{metric.id}.unit", "small", _beside(metric.field))
        if metric.note:
            yield " "
            yield Leaf(f"{prefix}.{metric.id}.note", "span", metric.note, (("class", "mu-k"),))
        yield "</span> "
    yield "</div>"


def _metrics(group: Metrics, prefix: str) -> Parts:
    if group.inline:
        yield from _inline(group, prefix)
        return
    if group.heading:
        yield f'<h3 class="mu-group">{quote(group.heading)}</h3>'
    yield '<div class="mu-metrics">'
    for metric in group.items:
        yield from _metric(metric, prefix)
    yield "</div>"


def _badge(badge: Badge, prefix: str) -> Parts:
    if badge.label:
        yield f'<span class="mu-k">{quote(badge.label)}</span> '
    named = (("data-metric", badge.id),) if badge.id else ()
    tone = badge.tone if badge.tone in _TONES else "none"
    marks = _strange(badge.field, chip=True)
    attrs = (("class", f"mu-num chip {tone}"), *named, *origin(badge.field), *marks)
    yield Leaf(f"{prefix}.badge.{badge.id or badge.label}", "span", text_of(badge.field), attrs)


def _note(note: Note, prefix: str) -> Parts:
    tone = f" {note.tone}" if note.tone in _TONES else ""
    yield Leaf(f"{prefix}.note", "p", note.text, (("class", f"mu-note{tone}"),))


def _spark(spark: Spark, prefix: str) -> Parts:
    yield (
        '<svg class="mu-spark" viewBox="0 0 300 36" preserveAspectRatio="none" '
        'aria-hidden="true" focusable="false">'
    )
    yield Leaf(f"{prefix}.spark", "path", "", (("d", _path(spark.points)),))
    yield "</svg>"
    yield Leaf(f"{prefix}.spark.label", "span", spark.label, (("class", "mu-hidden"),))


def _path(points: tuple[tuple[Any, float], ...], limit: int = 120) -> str:
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


def _shares(shares: Shares, prefix: str) -> Parts:
    yield '<div class="mu-shares" aria-hidden="true">'
    for part in shares.parts:
        if part.value > 0:
            style = f"flex:{part.value:.6g};background:{_color(part.color)}"
            yield Leaf(f"{prefix}.share.{_short(part.label)}", "i", "", (("style", style),))
    yield "</div>"
    yield Leaf(f"{prefix}.shares.label", "span", shares.label, (("class", "mu-hidden"),))


def _color(color: str) -> str:
    return color if _COLOR.fullmatch(color) else "currentColor"


def _short(key: str) -> str:
    return hashlib.blake2s(key.encode("utf-8", "replace"), digest_size=5).hexdigest()


def _table(table: Table, prefix: str) -> Parts:
    if not table.rows:
        yield Leaf(f"{prefix}.empty", "p", table.empty, (("class", "mu-note"),))
        return
    sortable = " data-sortable" if table.sortable else ""
    yield f'<div class="mu-scroll" tabindex="0"><table class="mu-table"{sortable}>'
    if table.caption:
        yield f"<caption>{quote(table.caption)}</caption>"
    yield "<thead><tr>"
    for column in table.columns:
        kind = f"{'num' if column.numeric else 'txt'}{' wide' if column.wide_only else ''}"
        yield f'<th scope="col" class="{kind}" data-sort="{quote(column.id)}">'
        yield f"<button type=button>{quote(column.label)}</button></th>"
    yield "</tr></thead><tbody>"
    taken: set[str] = set()
    for row in table.rows:
        yield from _row(table, row, _free(f"{prefix}.{_short(row.key)}", taken))
    yield "</tbody></table></div>"


def _row(table: Table, row: Row, key: str) -> Parts:
    muted = f' class="muted" title="{quote(row.muted)}"' if row.muted else ""
    yield f"<tr{muted}>"
    for column, cell in zip(table.columns, row.cells, strict=True):
        kind = f"{'num' if column.numeric else 'txt'}{' wide' if column.wide_only else ''}"
        swatch = (
            f'<i class="sw" style="background:{_color(cell.swatch)}"></i>' if cell.swatch else ""
        )
        yield f'<td class="{kind}">{swatch}'
        yield _cell_leaf(cell, column, f"{key}.{column.id}")
        yield "</td>"
    yield "</tr>"


def _cell_leaf(cell: Cell, column: Column, key: str) -> Leaf:
    field = cell.field
    tone = _tone(field.value, cell.tone, signed=column.signed)
    kinds = ("mu-num", "chip" if cell.chip else "", tone, "marked" if cell.marked else "")
    digits = column.digits if cell.digits is None else cell.digits
    text = text_of(field, digits, signed=column.signed)
    attrs = (("class", " ".join(filter(None, kinds))), ("data-column", column.id))
    return Leaf(key, "span", text, attrs + origin(field) + _strange(field, chip=cell.chip))


def _chart(chart: Chart, prefix: str) -> Parts:
    head, sub = chart.centre
    yield '<div class="mu-figure">'
    yield Slot(f"{prefix}.chart", chart, chart.height, chart.width)
    yield _label(f"{prefix}.chart", chart.label)
    if head:
        yield '<div class="mu-centre">'
        yield Leaf(f"{prefix}.centre", "b", head)
        yield Leaf(f"{prefix}.centre.sub", "span", sub)
        yield "</div>"
    yield "</div>"


def _live(live: Live, prefix: str) -> Parts:
    yield Slot(f"{prefix}.live", live, live.height)
    yield _label(f"{prefix}.live", live.label)


def _label(slot: str, words: str) -> Leaf:
    """Return what a chart shows in words, for those who do not see it."""
    return Leaf(f"{slot}.label", "span", words, (("class", "mu-hidden"),))


def _stack(stack: Stack, prefix: str) -> Parts:
    yield f'<div class="{"mu-side" if stack.side else "mu-stack"}">'
    for index, item in enumerate(stack.items):
        yield '<div class="mu-item">'
        yield from _render(item, f"{prefix}.{index}")
        yield "</div>"
    yield "</div>"


_RENDERERS: tuple[tuple[type, Callable[[Any, str], Parts]], ...] = (
    (Stack, _stack),
    (Metrics, _metrics),
    (Metric, _metric),
    (Table, _table),
    (Badge, _badge),
    (Note, _note),
    (Spark, _spark),
    (Shares, _shares),
    (Chart, _chart),
    (Live, _live),
)
