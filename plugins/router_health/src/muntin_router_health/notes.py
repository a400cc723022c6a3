"""Sentences about the documents themselves: what is old or broken."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from muntin import Feed, Snapshot, Status
from muntin.ui import Note, moment

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


def note(text: str, *, warn: bool = False) -> Note | None:
    """Return a sentence as a note, None where there is nothing to say."""
    return Note(text, "warn" if warn else "none") if text else None


def trouble(snapshot: Snapshot, feed: Feed[Any]) -> tuple[Note, ...]:
    """Return a note if the document shown is old, undated or broken."""
    status = snapshot.status(feed)
    if status not in _TROUBLE:
        return ()
    as_of = snapshot.reading(feed).as_of
    since = f" Its figures are of {moment(as_of)}." if as_of else ""
    return (Note(f"{feed.name}: {_TROUBLE[status]}.{since}", "warn"),)
