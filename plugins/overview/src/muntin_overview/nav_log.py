"""The feed ``nav_log``: the executor's own log of the NAV, which may reach further back."""

from __future__ import annotations

from typing import Any

from muntin import Feed, Field, Node
from muntin_overview.nav_state import Point, parse_points

NAME = "nav_log"


def parse_nav_log(raw: Any) -> Field[tuple[Point, ...]]:
    """Return the points of the log in order of time."""
    return parse_points(Node(raw, NAME), "")


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
