"""The state of the site for operators: feeds, plugins, panels and the server's own figures."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from muntin.live.scene import PanelState
from muntin.ui.format import iso

if TYPE_CHECKING:
    from muntin.web.app import App


def feeds(app: App) -> list[dict[str, Any]]:
    """Return every feed: status, age, thresholds, producer, problem, size and parse time."""
    snapshot = app.site.store.snapshot
    rows = []
    for name, reading in snapshot.readings.items():
        feed, age = reading.feed, reading.age(snapshot.now)
        rows.append({
            "name": name, "path": feed.path, "status": str(reading.status(snapshot.now)),
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


def _panels(app: App, slug: str) -> list[dict[str, Any]]:
    stage = app.stages.get(slug)
    if stage is None or stage.shown is None:
        return []
    running, seconds = stage.running
    return [
        {
            "page": slug, "panel": name, "drawn": state.drawn, "waiting": state.waiting,
            "faults": state.faults, "fault": None if state.fault is None else state.fault.ref,
            "since": None if state.fault is None else iso(state.fault.since),
            "error": None if state.fault is None else state.fault.summary,
            "unknown_words": unknown_words(state),
            "running_seconds": round(seconds, 3) if name == running else 0.0,
        }
        for name, state in stage.shown.panels.items()
    ]  # fmt: skip


def unknown_words(state: PanelState) -> list[str]:
    """Return the status words a panel shows that the table of words does not know."""
    leaves = (dict(leaf.attrs) for leaf in state.fragment.leaves.values())
    return sorted({attrs["data-unknown"] for attrs in leaves if "data-unknown" in attrs})


@dataclass(frozen=True, slots=True)
class Process:
    """A process that sends to viewers; None where its event loop is not measured."""

    name: str
    state: str
    viewers: int
    longest: float | None = None
    blocks: int = 0


def processes(app: App) -> list[Process]:
    """Return this process and its relay processes."""
    hands = () if app.pool is None else app.pool.hands
    away = [
        Process(
            hand.name, "active" if hand.up.is_set() else "broken", len(hand.viewers),
            hand.longest, hand.blocks,
        )
        for hand in hands
    ]  # fmt: skip
    here = sum(len(relay.viewers) for relay in app.relays.values()) - sum(p.viewers for p in away)
    pulse = app.pulse
    if pulse is None:
        return [Process("main", "active", here), *away]
    return [Process("main", "active", here, pulse.longest(), pulse.blocks), *away]


def metrics(app: App) -> bytes:
    """Return the server's figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Collector(app))
    return generate_latest(registry)


class _Collector:
    """Reads the figures at the moment they are asked for; nothing is counted twice."""

    def __init__(self, app: App) -> None:
        self.app = app

    def collect(self) -> Any:
        """Yield one family a figure."""
        relays = self.app.relays
        viewers = GaugeMetricFamily("muntin_viewers", "Open connections.", labels=["page"])
        names = ("updates", "encodes", "bytes", "seconds")
        words = ("Updates drawn.", "Updates encoded.", "Bytes encoded.", "Seconds spent drawing.")
        families = {
            name: CounterMetricFamily(f"muntin_stage_{name}", text, labels=["page"])
            for name, text in zip(names, words, strict=True)
        }
        sent = CounterMetricFamily("muntin_relay_messages", "Messages sent.", labels=["page"])
        dropped = CounterMetricFamily("muntin_relay_dropped", "Readers too slow.", labels=["page"])
        fan_out = CounterMetricFamily(
            "muntin_relay_seconds", "Seconds of fan-out.", labels=["page"]
        )
        running = GaugeMetricFamily(
            "muntin_stage_running_seconds", "Age of the view that runs.", labels=["page"]
        )
        for slug, relay in relays.items():
            viewers.add_metric([slug], len(relay.viewers))
            for name, family in families.items():
                family.add_metric([slug], getattr(relay.stage.figures, name))
            sent.add_metric([slug], relay.counts.sent)
            dropped.add_metric([slug], relay.counts.dropped)
            fan_out.add_metric([slug], relay.counts.fan_out_seconds)
            running.add_metric([slug], relay.stage.running[1])
        yield from (viewers, *families.values(), sent, dropped, fan_out, running)
        yield from self._loop()
        yield from self._feeds()

    def _loop(self) -> Any:
        longest = GaugeMetricFamily(
            "muntin_loop_block_seconds", "Longest hold of an event loop in the last minute.",
            labels=["process"],
        )  # fmt: skip
        blocks = CounterMetricFamily(
            "muntin_loop_blocks", "Times an event loop was held for more than 20 ms.",
            labels=["process"],
        )  # fmt: skip
        viewers = GaugeMetricFamily(
            "muntin_process_viewers", "Viewers that a process sends to.", labels=["process"]
        )
        for process in processes(self.app):
            viewers.add_metric([process.name], process.viewers)
            if process.longest is not None:
                longest.add_metric([process.name], process.longest)
                blocks.add_metric([process.name], process.blocks)
        yield from (longest, blocks, viewers)

    def _feeds(self) -> Any:
        snapshot = self.app.site.store.snapshot
        status = GaugeMetricFamily(
            "muntin_feed_status", "0 live to 8 unreadable.", labels=["feed", "status"]
        )
        age = GaugeMetricFamily(
            "muntin_feed_age_seconds", "Age of the newest good value.", labels=["feed"]
        )
        for name, reading in snapshot.readings.items():
            judged = reading.status(snapshot.now)
            status.add_metric([name, str(judged)], judged.rank)
            known = reading.age(snapshot.now)
            if known is not None:
                age.add_metric([name], known.total_seconds())
        yield from (status, age)


def dump(rows: list[dict[str, Any]]) -> str:
    """Return rows as JSON; what is not finite becomes null."""
    plain = [
        {key: None if _infinite(value) else value for key, value in row.items()} for row in rows
    ]
    return json.dumps(plain, indent=1, default=str, allow_nan=False)


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
