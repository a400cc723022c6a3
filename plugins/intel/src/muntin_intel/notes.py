"""Sentences about the documents themselves: what is old or broken, and what is only in one."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from muntin import Feed, Snapshot, Status
from muntin.ui import Note, moment
from muntin_intel._read import listed
from muntin_intel.stats import MATURE, Stat

_TROUBLE = MappingProxyType(
    {
        Status.UNDATED: "its age is unknown",
        Status.SKEWED: "its time lies in the future",
        Status.EMPTY: "its producer now publishes nothing",
        Status.STALE: "too old to be current",
        Status.MISSING: "never seen",
        Status.MALFORMED: "it now has the wrong shape",
        Status.UNREADABLE: "it cannot be read now",
    }
)


def note(text: str, tone: str = "") -> Note | None:
    """Return a sentence as a note, None where there is nothing to say."""
    if not text:
        return None
    return Note(text, "warn") if tone == "warn" else Note(text, "none")


def trouble(snapshot: Snapshot, *feeds: Feed[Any]) -> tuple[Note, ...]:
    """Return a note on each document shown that is old, undated or broken."""
    return tuple(
        Note(_sentence(snapshot, feed), "warn")
        for feed in feeds
        if snapshot.reading(feed).has_value and snapshot.status(feed) in _TROUBLE
    )


def _sentence(snapshot: Snapshot, feed: Feed[Any]) -> str:
    as_of = snapshot.reading(feed).as_of
    since = f" Its figures are of {moment(as_of)}." if as_of else ""
    return f"{feed.path}: {_TROUBLE[snapshot.status(feed)]}.{since}"


def absent(snapshot: Snapshot, feed: Feed[Any], what: str) -> Note | None:
    """Return why something a panel can do without is not there, None if its document is."""
    if snapshot.reading(feed).has_value:
        return None
    return note(f"{what} unknown: {feed.path}: {_TROUBLE.get(snapshot.status(feed), 'no value')}.")


def immature(stats: Iterable[Stat]) -> str:
    """Return the sentence that says which groups are greyed, and why."""
    names = [_sized(stat) for stat in stats if not stat.mature]
    if not names:
        return ""
    return f"Greyed as immature, fewer than {MATURE} trades: {listed(names)}."


def _sized(stat: Stat) -> str:
    count = stat.count.value
    if count is not None and count >= MATURE:
        return f"{stat.label.value} (by its producer’s word)"
    return f"{stat.label.value} ({'n unknown' if count is None else f'n {count:.0f}'})"


def rejected(count: int, what: str) -> str:
    """Return the sentence on entries that were left out."""
    if not count:
        return ""
    return f"Left out: {count} {what} without a name, without figures or named twice."
