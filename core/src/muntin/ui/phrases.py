"""Phrases below a panel's figures: the state of its documents, lists of names, counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muntin.state.feeds import Feed
from muntin.state.snapshots import MEANING, Snapshot, Status
from muntin.ui.components import Note
from muntin.ui.format import moment

_CURRENT = frozenset({Status.LIVE, Status.LATE})


def status_text(snapshot: Snapshot, feed: Feed[Any]) -> str:
    """Return a document's name and the state it is in: ``nav.json: too old to be current``."""
    place = snapshot.reading(feed).place or feed.path.rpartition("/")[2]
    return f"{place}: {MEANING[snapshot.status(feed)]}"


def feed_warnings(snapshot: Snapshot, *feeds: Feed[Any]) -> tuple[Note, ...]:
    """Return a note for each document that is shown although it is old, undated or broken.

    Documents without a value are not shown and get no note; see `status_text`.
    """
    return tuple(
        Note(f"{status_text(snapshot, feed)}.{_since(snapshot, feed)}", "warn")
        for feed in feeds
        if snapshot.reading(feed).has_value and snapshot.status(feed) not in _CURRENT
    )


def _since(snapshot: Snapshot, feed: Feed[Any]) -> str:
    as_of = snapshot.reading(feed).as_of
    return f" Its figures are as of {moment(as_of)}." if as_of else ""


def join(names: Iterable[str], most: int = 8) -> str:
    """Return names as a phrase: ``A, B and 3 more``."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 row``, ``1,116 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
