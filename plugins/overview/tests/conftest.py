"""What these tests share: looking at a view as a viewer does, without a server or a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from muntin import Feed, Panel, Snapshot
from muntin.testing import snapshot
from muntin.ui import Chart, Metric, Metrics, Note, Stack, StackedBar, Table, text_of
from muntin_overview import Settings, muntin_pages
from muntin_overview.nav_line import NavLine

Docs = Mapping[Feed[Any], Any]


@dataclass
class Seen:
    """Everything a component shows, sorted by kind."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    sparks: list[NavLine] = field(default_factory=list)
    shares: list[StackedBar] = field(default_factory=list)

    def metric(self, name: str) -> str:
        """Return a metric's text as a page shows it."""
        metric = self.metrics[name]
        if metric.words and metric.field.ok:
            return metric.words
        return text_of(metric.field, metric.digits, signed=metric.signed, prefix=metric.prefix)

    @property
    def rows(self) -> list[dict[str, str]]:
        """Rows of all tables, as texts by column."""
        return [
            {
                column.id: text_of(
                    cell.field,
                    column.digits if cell.digits is None else cell.digits,
                    signed=column.signed,
                )
                for column, cell in zip(table.columns, row.cells, strict=True)
            }
            for table in self.tables
            for row in table.rows
        ]

    @property
    def text(self) -> str:
        """All that can be read, in one text."""
        texts = [*self.notes, *(self.metric(name) for name in self.metrics)]
        texts += [f"{metric.label} {metric.note}" for metric in self.metrics.values()]
        texts += [word for row in self.rows for word in row.values()]
        return "\n".join(texts)


def look(component: Any) -> Seen:
    """Return everything a component shows."""
    seen = Seen()
    for part in _flat(component):
        if isinstance(part, Metric):
            assert part.id not in seen.metrics
            seen.metrics[part.id] = part
        elif isinstance(part, Note):
            seen.notes.append(part.text)
        else:
            kinds: tuple[tuple[type, list[Any]], ...] = (
                (Table, seen.tables),
                (Chart, seen.charts),
                (NavLine, seen.sparks),
                (StackedBar, seen.shares),
            )
            next(found for kind, found in kinds if isinstance(part, kind)).append(part)
    return seen


def _flat(component: Any) -> Iterator[Any]:
    if isinstance(component, (Stack, Metrics)):
        for item in component.items:
            yield from _flat(item)
    else:
        yield component


def panel(title: str) -> Panel:
    """Return one panel of the page."""
    (page,) = muntin_pages(Settings())
    return next(panel for panel in page.panels if panel.title == title)


@pytest.fixture
def see() -> Callable[..., Seen]:
    """See one panel, drawn from documents or a ready snapshot, with only its own feeds."""

    def seen(title: str, docs: Docs | Snapshot | None = None, **options: Any) -> Seen:
        made = docs if isinstance(docs, Snapshot) else snapshot(docs, **options)
        one = panel(title)
        return look(one.view(made.limited(one.feeds)))

    return seen


@pytest.fixture(name="look")
def look_fixture() -> Callable[[Any], Seen]:
    """Look at a component."""
    return look
