"""Snapshots made by hand, for calling a view in a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from muntin.feeds import Feed
from muntin.state import Reading, Snapshot, read
from muntin.testing.clock import START


def snapshot(
    feeds: Feed[Any] | Mapping[Feed[Any], Any] | None = None,
    /,
    *,
    now: datetime | float = START,
    age: float | None = None,
    **raw: Any,
) -> Snapshot:
    """Return a snapshot holding the given raw documents.

    ``snapshot(FEED)`` holds the feed's example, ``snapshot(FEED, nav=1.0)`` the example with
    top-level keys replaced, ``snapshot({FEED: raw, ...})`` whole documents; a value may also be a
    ready `Reading`. With `age` every reading's time is that many seconds before `now`.
    """
    moment = now if isinstance(now, datetime) else datetime.fromtimestamp(now, UTC)
    if feeds is None:
        feeds = {}
    elif isinstance(feeds, Feed):
        feeds = {feeds: {**feeds.example, **raw} if raw else feeds.example}
    readings = (_reading(feed, value, moment, age) for feed, value in feeds.items())
    return Snapshot({reading.feed.name: reading for reading in readings}, moment, 1)


def _reading(feed: Feed[Any], value: Any, now: datetime, age: float | None) -> Reading:
    made = value if isinstance(value, Reading) else read(feed, value, now)
    if age is None or made.fault is not None:
        return made
    return replace(made, as_of=now - timedelta(seconds=age))
