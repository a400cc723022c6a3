"""The figures of a mirror for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from muntin.mirror import Mirror


class MirrorCollector:
    """Reads the figures when they are asked for."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror

    def collect(self) -> Any:
        """Yield one family a figure."""
        lag = GaugeMetricFamily(
            "muntin_mirror_lag_seconds",
            "Seconds that the target has been behind the source.",
            labels=["feed"],
        )
        writes = CounterMetricFamily("muntin_mirror_writes", "Documents written.", labels=["feed"])
        failures = CounterMetricFamily(
            "muntin_mirror_failures", "Attempts to write that failed.", labels=["feed"]
        )
        good = GaugeMetricFamily(
            "muntin_mirror_source_ok", "1 if the source has the document.", labels=["feed"]
        )
        for name, copy in self._mirror.copies.items():
            lag.add_metric([name], self._mirror.lag(name))
            writes.add_metric([name], copy.writes)
            failures.add_metric([name], copy.failures)
        for reading in self._mirror.readings:
            good.add_metric([reading.feed.name], float(reading.fault is None))
        yield from (lag, writes, failures, good)
