"""The state of the site for operators: feeds, plugins, panels and processes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from muntin.live.stage.protocols import SharedStage
from muntin.live.stage.scene import PanelState
from muntin.ui.format import iso

if TYPE_CHECKING:
    from muntin.web.app import App


def feeds(app: App) -> list[dict[str, Any]]:
    """Return every feed: status, age, thresholds, producer, problem, size and parse time."""
    snapshot = app.site.store.snapshot
    sources = {feed.name: one.name for one in app.site.sources for feed in one.feeds}
    rows = []
    for name, reading in snapshot.readings.items():
        feed, age = reading.feed, reading.age(snapshot.now)
        rows.append({
            "name": name, "path": feed.path, "place": reading.where,
            "source": sources.get(name, ""), "status": str(reading.status(snapshot.now)),
            "age": None if age is None else round(age.total_seconds(), 3),
            "as_of": iso(reading.as_of) or None,
            "late_after": feed.late_after, "stale_after": feed.stale_after,
            "producer": feed.producer, "optional": feed.optional, "problem": reading.problem,
            "has_value": reading.has_value, "size": reading.size,
            "modified_at": iso(reading.modified_at) or None,
            "parse_seconds": reading.parse_seconds, "doc": feed.doc,
        })  # fmt: skip
    return rows


def plugins(app: App) -> list[dict[str, Any]]:
    """Return every plugin with its state and reason, and its pages' panels with their faults."""
    rows = []
    for record in app.site.records:
        pages = [page for page in app.site.pages if page.slug in {p.slug for p in record.pages}]
        rows.append({
            "name": record.name, "distribution": record.distribution, "version": record.version,
            "state": str(record.state), "status": str(record.state), "reason": record.reason,
            "pages": [page.slug for page in pages],
            "panels": [panel for page in pages for panel in _panels(app, page.slug)],
        })  # fmt: skip
    return rows


def panels(app: App) -> list[dict[str, Any]]:
    """Return every panel that is being drawn, apps included, with its faults."""
    shared = [panel for page in app.site.pages for panel in _panels(app, page.slug)]
    return [*shared, *(row for slug in app.private for row in _sessions(app, slug))]


def _sessions(app: App, slug: str) -> list[dict[str, Any]]:
    """Return what has failed in viewers' own sessions of an app, a row for each fault."""
    return [
        {
            "page": slug,
            "panel": "app",
            "drawn": True,
            "waiting": False,
            "faults": 1,
            "fault": fault.ref,
            "since": iso(fault.since),
            "error": fault.summary,
            "unknown_words": [],
            "running_seconds": 0.0,
        }
        for fault in app.private[slug].faults.values()
    ]


def _panels(app: App, slug: str) -> list[dict[str, Any]]:
    """Return the panels of a shared page; of viewers' own pages those that fail, once each."""
    whole = app.stages.get(slug)
    if whole is not None:
        return list(_rows(whole))
    own = [variant.stage for variant in app.variants if variant.page.slug == slug]
    failing = {row["fault"]: row for stage in own for row in _rows(stage) if row["fault"]}
    return list(failing.values())


def _rows(stage: SharedStage) -> Iterator[dict[str, Any]]:
    if stage.shown is None:
        return
    running, seconds = stage.running
    for name, state in stage.shown.panels.items():
        yield {
            "page": stage.page.slug, "panel": name, "drawn": state.drawn, "waiting": state.waiting,
            "faults": state.faults, "fault": None if state.fault is None else state.fault.ref,
            "since": None if state.fault is None else iso(state.fault.since),
            "error": None if state.fault is None else state.fault.summary,
            "unknown_words": unknown_words(state),
            "running_seconds": round(seconds, 3) if name == running else 0.0,
        }  # fmt: skip


def unknown_words(state: PanelState) -> list[str]:
    """Return the status words a panel shows that the table of words does not know."""
    return sorted(state.fragment.values("data-unknown"))


@dataclass(frozen=True, slots=True)
class Process:
    """A process that sends to viewers; None where its event loop is not measured."""

    name: str
    state: str
    viewers: int
    #: Longest hold of the last minute and since the start, and holds of more than 20 ms.
    longest: float | None = None
    worst: float = 0.0
    blocks: int = 0


def processes(app: App) -> list[Process]:
    """Return this process and its relay processes."""
    workers = () if app.pool is None else app.pool.workers
    away = [
        Process(
            worker.name, "active" if worker.up.is_set() else "broken", len(worker.viewers),
            worker.longest, worker.worst, worker.blocks,
        )
        for worker in workers
    ]  # fmt: skip
    here = sum(len(relay.viewers) for relay in app.relays.values()) - sum(p.viewers for p in away)
    loop_monitor = app.loop_monitor
    if loop_monitor is None:
        return [Process("main", "active", here), *away]
    main = Process(
        "main", "active", here, loop_monitor.longest(), loop_monitor.worst, loop_monitor.blocks
    )
    return [main, *away]


def dump(rows: list[dict[str, Any]]) -> str:
    """Return rows as JSON; what is not finite becomes null."""
    plain = [
        {key: None if _infinite(value) else value for key, value in row.items()} for row in rows
    ]
    return json.dumps(plain, indent=1, default=str, allow_nan=False)


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
