"""Feeds: the name of a state document, how to read it, and how old it may get."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.fields import parse_time
from muntin.nodes import Node, lookup

T = TypeVar("T")

#: Where a document's own time is looked for unless its feed says otherwise, in this order.
TIME_PATHS = (
    "updated_ts", "updated_at", "updated", "generated_ts", "ts", "timestamp", "time", "t",
    "last_rebuild_ts", "nav.updated_at",
)  # fmt: skip

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, eq=False)
class Feed(Generic[T]):
    """A state document: its name, its parser, its time and the ages it may reach.

    `parse` takes the raw JSON and returns a frozen, typed value; it raises `MalformedFeed` for a
    wrong shape and `EmptyFeed` where the producer itself says that it has no data. Ages are in
    seconds and come from the writer's real period.
    """

    name: str
    parse: Callable[[Any], T]
    #: Where a source finds it, relative to its root; ``<name>.json`` unless given.
    path: str = ""
    #: JSON paths of the time of observation, first usable one wins.
    as_of: tuple[str, ...] = TIME_PATHS
    #: JSON paths of the time of writing, where a mirror stamps its own; the older of both counts.
    written: tuple[str, ...] = ()
    late_after: float = 180.0
    stale_after: float = 600.0
    #: A small raw document that parses; tests, conformance and `muntin check` use it.
    example: Any = None
    #: Who writes it, for the table of feeds.
    producer: str = ""
    doc: str = ""
    #: An absent optional feed worries nobody.
    optional: bool = False
    #: JSON type of the root.
    root: type = dict
    #: Called with the previous good value and the new one; returns the value to keep.
    merge: Callable[[T, T], T] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"feed name {self.name!r}: use lower-case letters, digits, '_', '-' and '.'"
            )
        if not 0 < self.late_after <= self.stale_after:
            raise ValueError(f"feed {self.name!r}: late_after must lie in (0, stale_after]")
        if not self.path:
            object.__setattr__(self, "path", f"{self.name}.json")

    def read(self, raw: Any) -> T:
        """Return the parsed value of a raw document; raise MalformedFeed or EmptyFeed."""
        Node(raw, self.name).require(self.root)
        if not raw and self.root is dict:
            raise EmptyFeed("the producer published an empty document")
        return self.parse(raw)

    def observed(self, raw: Any) -> datetime | None:
        """Return the time the document's content was observed, None if it holds no usable one.

        Where the feed also declares `written`, the older of the two counts.
        """
        times = [_first_time(raw, paths) for paths in (self.as_of, self.written)]
        return min((time for time in times if time is not None), default=None)

    def same_document(self, other: Feed[Any]) -> bool:
        """Return True if both describe one document in the same way (parsers may differ)."""
        mine = (self.path, self.as_of, self.written, self.late_after, self.stale_after, self.root)
        return mine == (
            other.path, other.as_of, other.written, other.late_after, other.stale_after, other.root
        )  # fmt: skip


def _first_time(raw: Any, paths: tuple[str, ...]) -> datetime | None:
    for path in paths:
        found = lookup(raw, path)
        if found is not None:
            try:
                return parse_time(found)
            except ValueError:
                continue
    return None


def parse_example(feed: Feed[T], changes: Mapping[str, Any] | None = None) -> T:
    """Return the feed's example as a typed value, with top-level keys replaced by `changes`."""
    if feed.example is None:
        raise MalformedFeed("$", f"feed {feed.name!r} has no example")
    return feed.read({**feed.example, **changes} if changes else feed.example)
