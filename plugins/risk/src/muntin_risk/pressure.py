"""The feed ``regime_pressure``: the market regime, and how close it is to a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node

NAME = "regime_pressure"


@dataclass(frozen=True, slots=True)
class Pressure:
    """The document regime_pressure.json."""

    regime: Field[str]
    confidence: Field[float]
    dwell: Field[float]
    hostility: Field[str]
    near_flips_24h: Field[int]
    near_flips_7d: Field[int]
    changes_24h: Field[int]
    changes_7d: Field[int]


def parse_pressure(raw: Any) -> Pressure:
    """Return the document as a value."""
    node = Node(raw, NAME)
    if not node.has("current", "pressure", "churn"):
        raise MalformedFeed("current", "the document names no regime")
    hours = node.number("current.dwell_time_hours", low=0)
    dwell = hours.value
    return Pressure(
        regime=node.text("current.regime"),
        confidence=node.number("current.confidence", unit="fraction", low=0, high=1),
        dwell=hours.derive(None if dwell is None else dwell * 3600, "hours", unit="seconds"),
        hostility=node.text("context.market_hostility"),
        near_flips_24h=node.count("pressure.near_flip_count_24h"),
        near_flips_7d=node.count("pressure.near_flip_count_7d"),
        changes_24h=node.count("churn.regime_changes_24h"),
        changes_7d=node.count("churn.regime_changes_7d"),
    )


PRESSURE = Feed(
    NAME,
    parse_pressure,
    late_after=270,
    stale_after=600,
    example={
        "updated_ts": 1764188070.0,
        "current": {"regime": "MEAN_REVERT", "confidence": 0.61, "dwell_time_hours": 4.75},
        "pressure": {"near_flip_count_24h": 17, "near_flip_count_7d": 96},
        "churn": {"regime_changes_24h": 3, "regime_changes_7d": 19},
        "context": {"market_hostility": "MODERATE"},
    },
    producer="sentinel",
    doc="The market regime, and how close it is to a change.",
    optional=True,
)
