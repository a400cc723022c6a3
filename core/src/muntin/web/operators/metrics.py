"""``/metrics``: the server's figures for Prometheus, whose library is loaded with this module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from muntin.web.operators.lists import processes

if TYPE_CHECKING:
    from muntin.web.app import App


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
        viewers = GaugeMetricFamily("muntin_viewers", "Open connections.", labels=["page"])
        names = ("updates", "encodes", "bytes", "seconds")
        words = ("Updates drawn.", "Updates encoded.", "Bytes encoded.", "Seconds spent drawing.")
        families = {
            name: CounterMetricFamily(f"muntin_stage_{name}", text, labels=["page"])
            for name, text in zip(names, words, strict=True)
        }
        sent = CounterMetricFamily("muntin_relay_messages", "Messages sent.", labels=["page"])
        dropped = CounterMetricFamily("muntin_relay_dropped", "Readers too slow.", labels=["page"])
        skipped = CounterMetricFamily(
            "muntin_relay_skipped", "Updates that slow readers missed, and caught up on later.",
            labels=["page"],
        )  # fmt: skip
        cut = CounterMetricFamily(
            "muntin_relay_cut", "Connections closed for what they sent.", labels=["page"]
        )
        fan_out = CounterMetricFamily(
            "muntin_relay_seconds", "Seconds of fan-out.", labels=["page"]
        )
        running = GaugeMetricFamily(
            "muntin_stage_running_seconds", "Age of the view that runs.", labels=["page"]
        )
        for label, variants in self.app.variants.by_label().items():
            relays = [variant.relay for variant in variants]
            stages = [variant.stage for variant in variants]
            viewers.add_metric([label], sum(len(relay.viewers) for relay in relays))
            for name, family in families.items():
                family.add_metric([label], sum(getattr(one.figures, name) for one in stages))
            sent.add_metric([label], sum(relay.counts.sent for relay in relays))
            dropped.add_metric([label], sum(relay.counts.dropped for relay in relays))
            skipped.add_metric([label], sum(relay.counts.skipped for relay in relays))
            cut.add_metric([label], sum(relay.counts.cut for relay in relays))
            fan_out.add_metric([label], sum(relay.counts.fan_out_seconds for relay in relays))
            running.add_metric([label], max(stage.running[1] for stage in stages))
        yield from (viewers, *families.values(), sent, dropped, skipped, cut, fan_out, running)
        yield from self._loop()
        yield from self._feeds()

    def _loop(self) -> Any:
        longest = GaugeMetricFamily(
            "muntin_loop_block_seconds", "Longest hold of an event loop in the last minute.",
            labels=["process"],
        )  # fmt: skip
        worst = GaugeMetricFamily(
            "muntin_loop_block_worst_seconds", "Longest hold of an event loop since the start.",
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
                worst.add_metric([process.name], process.worst)
                blocks.add_metric([process.name], process.blocks)
        yield from (longest, worst, blocks, viewers)

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
