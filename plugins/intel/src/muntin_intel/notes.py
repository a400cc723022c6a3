"""Sentences about the documents themselves: what is not there, immature or left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muntin import Feed, Snapshot
from muntin.ui import Note, join, note, status_text
from muntin_intel.stats import MATURE, Stat


def absent(snapshot: Snapshot, feed: Feed[Any], what: str) -> Note | None:
    """Return why something a panel can do without is not there, None if its document is."""
    if snapshot.reading(feed).has_value:
        return None
    return note(f"{what} unknown: {status_text(snapshot, feed)}.")


def immature(stats: Iterable[Stat]) -> str:
    """Return the sentence that says which groups are greyed, and why."""
    names = [_sized(stat) for stat in stats if not stat.mature]
    if not names:
        return ""
    return f"Greyed as immature, fewer than {MATURE} trades: {join(names)}."


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
