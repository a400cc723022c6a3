"""Several sources in one app: which feed is read from which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from muntin.sources.redaction import redacted
from muntin.state.feeds import Feed
from muntin.state.source import Source, place_of

#: The name of the source that takes every feed no other one claims.
MAIN = "state"


@dataclass(frozen=True, slots=True)
class RoutedSource:
    """A source with its name and the feeds that are read from it."""

    name: str
    source: Source
    feeds: tuple[Feed[Any], ...]

    @property
    def places(self) -> Mapping[str, str]:
        """Where each of its feeds is, by the feed's name."""
        return {feed.name: redacted(place_of(self.source, feed)) for feed in self.feeds}


def route(
    feeds: Iterable[Feed[Any]], patterns: Mapping[str, Sequence[str]]
) -> dict[str, tuple[Feed[Any], ...]]:
    """Return the feeds of each source by its name, those that no pattern matches under `MAIN`.

    `patterns` are feed names and shell patterns (``quant_*``) by source. A name goes before a
    pattern, and of two patterns the source that stands first wins.
    """
    found: dict[str, list[Feed[Any]]] = {name: [] for name in (*patterns, MAIN)}
    for feed in feeds:
        found[_owner(feed.name, patterns)].append(feed)
    return {name: tuple(mine) for name, mine in found.items()}


def _owner(feed: str, patterns: Mapping[str, Sequence[str]]) -> str:
    for name, mine in patterns.items():
        if feed in mine:
            return name
    for name, mine in patterns.items():
        if any(fnmatchcase(feed, pattern) for pattern in mine):
            return name
    return MAIN


def named_like(source: str) -> tuple[str, ...]:
    """Return the patterns of a source whose feeds are not listed: those that carry its name."""
    return source, f"{source}_*", f"{source}-*", f"{source}.*"
