"""Snapshots made by hand, for calling a view in a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from muntin.state.feeds import Feed
from muntin.state.snapshots import SKEW, Reading, Snapshot, Status, failed, read
from muntin.testing.clock import START

#: What a reading made by `reading` says of its fault; viewers must never see it.
PROBLEM = "made faulty by the test kit, for operators only"


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
    top-level keys replaced, ``snapshot({FEED: raw, ...})`` whole documents (of a log: a list of
    rows); a value may also be a ready `Reading`. With `age` every reading's time is that many
    seconds before `now`.
    """
    moment = _moment(now)
    if feeds is None:
        feeds = {}
    elif isinstance(feeds, Feed):
        feeds = {feeds: changed(feeds, raw)}
    readings = (_reading(feed, value, moment, age) for feed, value in feeds.items())
    return Snapshot({reading.feed.name: reading for reading in readings}, moment, 1)


def changed(feed: Feed[Any], raw: Mapping[str, Any]) -> Any:
    """Return the feed's example with top-level keys replaced; raise TypeError where it has none."""
    if not raw:
        return feed.example
    if not isinstance(feed.example, Mapping):
        raise TypeError(
            f"the example of {feed.name!r} is no JSON object, so {min(raw)}= replaces nothing;"
            " pass the document as a whole: snapshot({FEED: raw})"
        )
    return {**feed.example, **raw}


def reading(
    feed: Feed[Any],
    status: Status = Status.LIVE,
    raw: Any = None,
    *,
    now: datetime | float = START,
    kept: bool = False,
) -> Reading:
    """Return a reading of a raw document, by default the example, that has this status at `now`.

    A faulty one has no value, or with `kept` the document as its last good value. Raises
    ValueError where a feed can never have the status, such as ``late`` if it is stale at once.
    """
    moment = _moment(now)
    good = read(feed, feed.example if raw is None else raw, moment)
    if status in {Status.EMPTY, Status.MISSING, Status.MALFORMED, Status.UNREADABLE}:
        bad = failed(feed, status, PROBLEM, moment)
        return replace(bad, value=good.value, raw=good.raw, as_of=moment) if kept else bad
    made = replace(good, as_of=_time(feed, status, moment))
    if made.status(moment) is not status:
        raise ValueError(f"feed {feed.name!r} with this document is never {status}")
    return made


def _time(feed: Feed[Any], status: Status, now: datetime) -> datetime | None:
    if status is Status.UNDATED:
        return None
    ages = {
        Status.LIVE: 0.0,
        Status.LATE: (feed.late_after + feed.stale_after) / 2,
        Status.STALE: feed.stale_after + 1.0,
        Status.SKEWED: -2 * SKEW.total_seconds(),
    }
    try:
        return now - timedelta(seconds=ages[status])
    except OverflowError:
        return now


def _moment(now: datetime | float) -> datetime:
    return now if isinstance(now, datetime) else datetime.fromtimestamp(now, UTC)


def _reading(feed: Feed[Any], value: Any, now: datetime, age: float | None) -> Reading:
    made = value if isinstance(value, Reading) else read(feed, value, now)
    if age is None or made.fault is not None:
        return made
    return replace(made, as_of=now - timedelta(seconds=age))
