"""The feed ``pipeline_v6_shadow_head``: the last decisions of the shadow pipeline, counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node
from muntin_pipeline.decision import Decision, parse_decision

NAME = "pipeline_v6_shadow_head"
HEARTBEAT = 600.0


@dataclass(frozen=True, slots=True)
class Head:
    """Verdicts counted over the producer's window, and the last decision if it gives one."""

    total: Field[int]
    allowed: Field[int]
    vetoed: Field[int]
    last: Decision | None = None
    #: Why there is no last decision.
    problem: str = ""

    @property
    def adds_up(self) -> bool:
        """False if allowed and vetoed do not make the total."""
        parts = (self.allowed.value, self.vetoed.value, self.total.value)
        return None in parts or (parts[0] or 0) + (parts[1] or 0) == parts[2]


def parse_head(raw: Any) -> Head:
    """Return the document as a value; one of its producers never gives a last decision (F65)."""
    node = Node(raw, NAME)
    if not node.has("total", "allowed", "vetoed", "last_decision"):
        raise MalformedFeed("total", "the document counts no decisions")
    last = node.at("last_decision")
    if isinstance(last.raw, dict) and last.raw:
        decision, problem = parse_decision(last), ""
    else:
        decision = None
        problem = "has the wrong shape" if last.raw else "is not given by this producer"
    return Head(_total(node), node.count("allowed"), node.count("vetoed"), decision, problem)


def _total(node: Node) -> Field[int]:
    total, parts = node.count("total"), (node.count("allowed"), node.count("vetoed"))
    if total.raw or not all(part.ok for part in parts):
        return total
    return total.derive(sum(part.value or 0 for part in parts), "allowed plus vetoed")


def keep_decision(previous: Head, new: Head) -> Head:
    """Return the new head, with the previous one's last decision where it has none (F65)."""
    if new.last is not None or previous.last is None:
        return new
    return replace(new, last=previous.last.carry())


EXAMPLE = {
    "generated_ts": 1764187800.0,
    "total": 50,
    "allowed": 38,
    "vetoed": 12,
    "last_decision": {
        "symbol": "BTCUSDT",
        "intent": {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "qty": 0.002,
            "quote_notional": 180.0,
            "leverage": 4.0,
            "price": 90000.0,
        },
        "risk_decision": {
            "allowed": True,
            "clamped_qty": 0.002,
            "reasons": [],
            "hit_caps": {},
            "diagnostics": {"gate": "risk_limits", "thresholds": {}, "observations": {}},
        },
        "sizing": {"screener_gross_usd": 180.0, "sized_gross_usd": 180.0},
        "timestamp": 1764187800.0,
        "size_decision": {"gross_usd": 180.0, "qty": 0.002},
        "router_decision": {
            "policy": {"maker_first": True, "taker_bias": "prefer_maker", "quality": "good"},
            "offset_bps": 1.5,
        },
    },
}

HEAD = Feed(
    NAME,
    parse_head,
    as_of=("generated_ts", "updated_ts", "ts"),
    late_after=2 * HEARTBEAT + 30,
    stale_after=5 * HEARTBEAT,
    example=EXAMPLE,
    producer="executor, shadow daemon",
    doc="The last decisions of the shadow pipeline, counted, and the very last one.",
    optional=True,
    merge=keep_decision,
)
