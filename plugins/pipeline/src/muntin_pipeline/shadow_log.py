"""The feed ``pipeline_v6_shadow``: a log of every decision of the shadow pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from muntin import Entry, MalformedFeed, Node, log
from muntin_pipeline.rows import DAY

NAME = "pipeline_v6_shadow"
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: whether the decision was allowed; a heartbeat repeats an earlier one."""

    allowed: bool
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Hour:
    """Decisions of one hour."""

    start: datetime
    allowed: int = 0
    vetoed: int = 0


def parse_verdict(row: dict[str, Any]) -> Verdict | None:
    """Return a row as a verdict, None for a row of another kind."""
    node = Node(row, NAME)
    if not node.has("risk_decision"):
        return None
    allowed = node.flag("risk_decision.allowed")
    if allowed.value is None:
        raise MalformedFeed(allowed.path, "the row does not say whether it was allowed")
    return Verdict(allowed.value, node.flag("heartbeat").value is True)


def by_hour(entries: Iterable[Entry[Verdict]], start: datetime, end: datetime) -> tuple[Hour, ...]:
    """Return the decisions per clock hour (UTC) from `start` to `end`, empty hours included."""
    first, counts = _floor(start), dict[datetime, list[int]]()
    for step in range(int((_floor(end) - first) / timedelta(hours=1)) + 1):
        counts[first + timedelta(hours=step)] = [0, 0]
    for entry in entries:
        counts[_floor(entry.at)][not entry.value.allowed] += 1
    return tuple(Hour(hour, *both) for hour, both in counts.items())


def _floor(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


EXAMPLE = [
    {
        "symbol": symbol,
        "intent": {"symbol": symbol, "side": "BUY", "qty": 1.0},
        "risk_decision": {"allowed": not reasons, "reasons": reasons},
        "timestamp": at,
    }
    for symbol, at, reasons in (
        ("BTCUSDT", 1764150000.0, []),
        ("ETHUSDT", 1764172800.0, ["symbol_cap"]),
        ("SOLUSDT", 1764180000.0, []),
        ("BTCUSDT", 1764187800.0, []),
    )
]

SHADOW = log(
    NAME,
    parse_verdict,
    path="../pipeline_v6_shadow.jsonl",
    also=("pipeline_v6_shadow.jsonl", "../logs/pipeline_v6_shadow.jsonl"),
    window=DAY,
    at=("timestamp", "ts"),
    late_after=6 * _HOUR,
    stale_after=24 * _HOUR,
    example=EXAMPLE,
    producer="executor",
    doc="Decisions of the shadow pipeline, one a line.",
    optional=True,
)
