"""The feed ``flows``: deposits into the fund and withdrawals from it, where they are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import Feed, MalformedFeed, Node

NAME = "flows"
_LISTS = ("flows", "items", "rows")
_OUT = frozenset({"out", "withdrawal", "withdraw", "redemption", "distribution"})


@dataclass(frozen=True, slots=True)
class Flow:
    """A payment into the fund, positive, or out of it."""

    at: datetime
    amount: float


def parse_flows(raw: Any) -> tuple[Flow, ...]:
    """Return the payments in order of time; raise MalformedFeed if one of them cannot be read.

    A payment that was passed over would turn up as a gain or a loss.
    """
    node = Node(raw, NAME)
    place = node.at(*_LISTS).require(list)
    return tuple(sorted((_flow(row) for row in place.rows()), key=lambda flow: flow.at))


def _flow(row: Node) -> Flow:
    at, amount = row.time("ts", "t", "date", "time"), row.number("amount_usd", "amount", "usd")
    if at.value is None or amount.value is None:
        bad = at if at.value is None else amount
        raise MalformedFeed(bad.path, bad.problem)
    kind = (row.text("kind", "type").value or "").casefold()
    out = kind in _OUT and amount.value > 0
    return Flow(at.value, -amount.value if out else amount.value)


FLOWS = Feed(
    NAME,
    parse_flows,
    late_after=7 * 86_400,
    stale_after=30 * 86_400,
    example={
        "updated_ts": 1764180000.0,
        "flows": [{"ts": "2025-11-20T09:00:00Z", "amount": 500.0, "kind": "deposit"}],
    },
    producer="operator",
    doc="Deposits into the fund and withdrawals from it, in USD.",
    optional=True,
)
