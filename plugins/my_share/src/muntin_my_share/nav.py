"""The feed ``nav``, as far as a share of the fund needs it: what the whole fund is worth."""

from __future__ import annotations

from typing import Any

from muntin import EmptyFeed, Feed, Field, MalformedFeed, Node

#: Where the NAV stands, by version of the producer; the first one that is there counts.
PATHS = (
    "nav_total",
    "nav_usd",
    "nav",
    "nav_usdt",
    "nav_detail.total_nav",
    "nav_detail.nav_usd",
    "nav_detail.nav",
)


def parse_nav(raw: Any) -> Field[float]:
    """Return the NAV; one of zero for want of an exchange is no value."""
    node = Node(raw, "nav")
    if not node.has(*PATHS, "aum", "nav_detail"):
        raise MalformedFeed("nav_usd", "the document holds neither a NAV nor an AUM")
    nav = node.number(*PATHS, unit="usd")
    source = node.text("nav_detail.source", "breakdown.source").value or ""
    fresh = node.flag("nav_detail.fresh", "breakdown.sources_ok").value
    if not nav.value and (source.casefold() == "unavailable" or fresh is False):
        raise EmptyFeed("the exchange was unavailable, so the producer published no NAV")
    return nav


#: The document as every plugin that reads it describes it, so that they share one reading.
NAV = Feed(
    "nav",
    parse_nav,
    as_of=("updated_ts", "updated_at", "updated", "ts", "timestamp"),
    late_after=180,
    stale_after=600,
    example={
        "nav_usd": 10500.0,
        "updated_ts": 1764188088.0,
        "nav_detail": {"source": "live", "fresh": True},
    },
    producer="executor",
    doc="Net asset value of the fund.",
)
