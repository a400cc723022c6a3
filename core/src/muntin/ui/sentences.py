"""Sentences below a panel's figures: what is wrong with its documents, names in a row, counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muntin.feeds import Feed
from muntin.state import MEANING, Snapshot, Status
from muntin.ui.components import Note, Tone
from muntin.ui.format import moment

_FINE = frozenset({Status.LIVE, Status.LATE})


def note(text: str, tone: Tone = "none") -> Note | None:
    """Return a sentence as a note, quiet unless it has a tone; None for no text."""
    return Note(text, tone) if text else None


def why(snapshot: Snapshot, feed: Feed[Any]) -> str:
    """Return the state of a document, after its name: ``nav.json: too old to be current``."""
    return f"{feed.path.rpartition('/')[2]}: {MEANING[snapshot.status(feed)]}"


def trouble(snapshot: Snapshot, *feeds: Feed[Any]) -> tuple[Note, ...]:
    """Return a note on each document that is shown though it is old, undated or broken.

    One that is not shown has no value at all; see `why`.
    """
    return tuple(
        Note(f"{why(snapshot, feed)}.{_since(snapshot, feed)}", "warn")
        for feed in feeds
        if snapshot.reading(feed).has_value and snapshot.status(feed) not in _FINE
    )


def _since(snapshot: Snapshot, feed: Feed[Any]) -> str:
    as_of = snapshot.reading(feed).as_of
    return f" Its figures are of {moment(as_of)}." if as_of else ""


def listed(names: Iterable[str], most: int = 8) -> str:
    """Return names as a phrase: ``A, B and 3 more``."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def several(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 row``, ``1,116 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
