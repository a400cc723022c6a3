"""The operators' page: feeds, plugins, panels and the server's own pace, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import TYPE_CHECKING, Any

from muntin import ui
from muntin.state.fields import Field, Presence
from muntin.ui.components import Cell, Column, Table
from muntin.ui.rendering import fragment, quote
from muntin.vocabulary import Tone
from muntin.web.operators import lists as operators

if TYPE_CHECKING:
    from muntin.web.app import App
    from muntin.web.page_variants import PageVariant

_TONES: Mapping[str, Tone] = {
    "live": "good", "active": "good", "drawn": "good",
    "late": "warn", "undated": "warn", "skewed": "warn", "empty": "warn", "incompatible": "warn",
    "stale": "bad", "missing": "bad", "malformed": "bad", "unreadable": "bad", "broken": "bad",
    "failed": "bad", "hangs": "bad",
}  # fmt: skip


def panels(app: App) -> list[tuple[str, str]]:
    """Return every card of the page: its slug and its markup."""
    cards = (
        ("feeds", "Feeds", _feeds(app)),
        ("plugins", "Plugins", _plugins(app)),
        ("panels", "Panels", _panels(app)),
        ("pace", "Pages", _pages(app)),
        ("server", "Server", _server(app)),
    )
    return [(slug, _card(slug, title, table)) for slug, title, table in cards]


def _card(slug: str, title: str, table: Table) -> str:
    return (
        f'<section class="mu-card w12" id="panel:{slug}" data-panel="{slug}"'
        f' aria-labelledby="title:{slug}"><h2 id="title:{slug}">{quote(title)}</h2>'
        f'<div class="mu-body">{fragment(table, slug).html()}</div></section>'
    )


def _table(heads: Iterable[tuple[str, bool]], rows: Iterable[tuple[Any, ...]], none: str) -> Table:
    columns = [Column(f"c{i}", head, None, numeric) for i, (head, numeric) in enumerate(heads)]
    made = (
        ui.row(f"{index}", *(_cell(value) for value in values)) for index, values in enumerate(rows)
    )
    return ui.table(columns, made, empty=none)


def _cell(value: Any) -> Cell:
    if isinstance(value, Field):
        return Cell(value)
    if value is None or value == "":
        return Cell(Field())
    text = str(value)
    return Cell(ui.label(text), _TONES.get(text, ""), chip=text in _TONES)


def _number(value: float | None, unit: str) -> Field[float]:
    return Field() if value is None else Field(value, unit, presence=Presence.OK)


def _feeds(app: App) -> Table:
    rows = operators.feeds(app)
    heads = (
        ("Feed", False), ("Status", False), ("Age", True), ("Late after", True),
        ("Stale after", True), ("Producer", False), ("Bytes", True), ("Parse ms", True),
        ("Problem", False),
    )  # fmt: skip
    cells = (
        (
            row["path"], row["status"], _number(row["age"], "seconds"),
            _number(row["late_after"], "seconds"), _number(row["stale_after"], "seconds"),
            row["producer"], _number(row["size"], "count"),
            _number(row["parse_seconds"] * 1000, "bps"),
            row["problem"] or ("optional" if row["optional"] else ""),
        )
        for row in rows
    )  # fmt: skip
    return _table(heads, cells, "No page reads any feed.")


def _plugins(app: App) -> Table:
    heads = (
        ("Plugin", False),
        ("Version", False),
        ("State", False),
        ("Pages", False),
        ("Reason", False),
    )
    cells = (
        (row["name"], row["version"], row["state"], " ".join(row["pages"]), row["reason"])
        for row in operators.plugins(app)
    )
    return _table(heads, cells, "No plugin is installed.")


def _panels(app: App) -> Table:
    heads = (
        ("Page", False), ("Panel", False), ("State", False), ("Faults", True), ("Reference", False),
        ("Since", False), ("Error", False), ("Unknown words", False),
    )  # fmt: skip
    rows = operators.panels(app)
    cells = (
        (
            row["page"], row["panel"], _panel_state(row), _number(row["faults"], "count"),
            row["fault"], row["since"], row["error"], ", ".join(row["unknown_words"]),
        )
        for row in rows
    )  # fmt: skip
    return _table(heads, cells, "No page is being drawn yet.")


def _panel_state(row: Mapping[str, Any]) -> str:
    if row["running_seconds"] > 1:
        return "hangs"
    if row["fault"]:
        return "failed"
    return "waiting" if row["waiting"] else "drawn"


def _pages(app: App) -> Table:
    heads = (
        ("Page", False), ("Viewers", True), ("Updates a minute", True), ("Drawing p50, ms", True),
        ("Drawing p99, ms", True), ("Fan-out mean, ms", True), ("Bytes per update", True),
        ("Dropped", True),
    )  # fmt: skip
    return _table(heads, starmap(_pace, app.variants.by_label().items()), "No pages.")


def _pace(label: str, variants: list[PageVariant]) -> tuple[Any, ...]:
    figures = [variant.stage.figures for variant in variants]
    relays = [variant.relay for variant in variants]
    recent = [seconds for one in figures for seconds in one.recent(60.0)]
    times = sorted(seconds * 1000 for seconds in recent)
    p50 = times[len(times) // 2] if times else None
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))] if times else None
    updates = sum(one.updates for one in figures)
    fan_out = sum(relay.counts.fan_out_seconds for relay in relays)
    sent = sum(one.bytes for one in figures)
    return (
        label, _number(sum(len(relay.viewers) for relay in relays), "count"),
        _number(len(recent), "count"), _number(p50, "bps"), _number(p99, "bps"),
        _number(fan_out / updates * 1000 if updates else None, "bps"),
        _number(sent / updates if updates else None, "count"),
        _number(sum(relay.counts.dropped for relay in relays), "count"),
    )  # fmt: skip


def _server(app: App) -> Table:
    heads = (
        ("Process", False), ("State", False), ("Viewers", True),
        ("Event loop held at most, last minute, ms", True), ("since the start, ms", True),
        ("Held for more than 20 ms", True),
    )  # fmt: skip
    rows = (
        (
            process.name, process.state, _number(process.viewers, "count"),
            _number(None if process.longest is None else process.longest * 1000, "bps"),
            _number(None if process.longest is None else process.worst * 1000, "bps"),
            _number(None if process.longest is None else process.blocks, "count"),
        )
        for process in operators.processes(app)
    )  # fmt: skip
    return _table(heads, rows, "")
