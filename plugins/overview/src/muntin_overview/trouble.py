"""Why a document shows nothing, in words for viewers: none of a parser's or a machine's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from muntin import Feed, Snapshot, Status

_WORDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.EMPTY: "its producer publishes nothing",
        Status.MISSING: "never seen",
        Status.MALFORMED: "it has the wrong shape",
        Status.UNREADABLE: "it cannot be read",
    }
)


def trouble(snapshot: Snapshot, feed: Feed[Any]) -> str:
    """Return what is wrong with a document, after its name: ``nav.json: it cannot be read``."""
    return f"{feed.path}: {_WORDS.get(snapshot.status(feed), 'no data')}"
