"""The feed ``nav_log``: the NAV of the whole fund over time, as far back as the log reaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from muntin import Feed, Node

NAME = "nav_log"
_VALUES = ("nav", "total_equity", "equity", "nav_usd")

#: When, and how much.
Point = tuple[datetime, float]


def parse_nav_log(raw: Any) -> tuple[Point, ...]:
    """Return the usable points in order of time.

    A NAV of zero is none: the producer writes it while the exchange does not answer.
    """
    found = {}
    for row in Node(raw, NAME).rows():
        at, nav = row.time("t", "ts", "time").value, row.number(*_VALUES, unit="usd").value
        if at is not None and nav:
            found[at] = nav
    return tuple(sorted(found.items()))


#: The document as every plugin that reads it describes it, so that they share one reading.
NAV_LOG = Feed(
    NAME,
    parse_nav_log,
    path="../nav_log.json",
    as_of=("[-1].t", "[-1].ts"),
    late_after=270,
    stale_after=900,
    example=[
        {"t": 1764101700.0, "nav": 10410.0, "unrealized_pnl": 0.0},
        {"t": 1764144900.0, "nav": 10460.0, "unrealized_pnl": 0.0},
        {"t": 1764188088.0, "nav": 10500.0, "unrealized_pnl": 0.0},
    ],
    producer="executor",
    doc="The NAV over time, as the executor logged it.",
    optional=True,
    root=list,
)
