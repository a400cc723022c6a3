"""Feeds: the name of a state document, how to read it, and how old it may get."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.state.fields import parse_time
from muntin.state.nodes import Node, lookup

T = TypeVar("T")

#: Where a document's own time is looked for, in this order, unless its feed says otherwise.
TIME_PATHS = (
    "updated_ts",
    "updated_at",
    "updated",
    "generated_ts",
    "ts",
    "timestamp",
    "time",
    "t",
)

#: The forms of documents that a feed may name, with the endings of such files.
FORMS = {
    "json": (".json",),
    "arrow": (".arrow", ".feather", ".ipc"),
    "csv": (".csv",),
    "parquet": (".parquet",),
    "text": (".txt",),
    "toml": (".toml",),
}

#: The forms that become data frames.
FRAMES = frozenset({"arrow", "csv", "parquet"})

#: What two feeds of one name must agree on, for they are one document.
DOCUMENT = ("path", "decode", "as_of", "written", "late_after", "stale_after", "root")

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True, eq=False)
class Feed(Generic[T]):
    """A state document: its name, its parser, its time and its age limits.

    `parse` takes the raw document (JSON unless `decode` says otherwise) and returns a frozen, typed
    value. It raises `MalformedFeed` for a wrong shape and `EmptyFeed` if the producer itself says
    that it has no data. Ages are in seconds and follow from how often the producer writes.
    """

    name: str
    parse: Callable[[Any], T]
    #: Where a source finds it, relative to the source's root; ``<name>.json`` unless given.
    path: str = ""
    #: How its bytes are decoded: ``json``, ``csv``, ``toml``, ``parquet``, ``arrow``, ``text``, or
    #: a function from bytes. Unless given, the ending of `path` decides, and JSON is the rest. CSV,
    #: Parquet and Arrow become a pandas DataFrame.
    decode: str | Callable[[bytes], Any] = field(default="", kw_only=True, repr=False)
    #: JSON paths of the time of observation, the first usable one counts.
    as_of: tuple[str, ...] = TIME_PATHS
    #: JSON paths of the time of writing, for a document whose writer copies older content and
    #: stamps it with its own time. The older of both times counts.
    written: tuple[str, ...] = ()
    late_after: float = 180.0
    stale_after: float = 600.0
    #: A small raw document that parses, for tests, conformance and `muntin check`.
    example: Any = None
    #: Who writes it, for the table of feeds.
    producer: str = ""
    doc: str = ""
    #: A missing optional feed does not affect the page's status.
    optional: bool = False
    #: Type of the root of a JSON document.
    root: type = dict
    #: Takes the previous good value and the new one, and returns the value to keep.
    merge: Callable[[T, T], T] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"feed name {self.name!r}: use lower-case letters, digits, '_', '-' and '.'"
            )
        if not 0 < self.late_after <= self.stale_after:
            raise ValueError(f"feed {self.name!r}: late_after must lie in (0, stale_after]")
        if not isinstance(self.decode, str) and not callable(self.decode):
            raise TypeError(f"feed {self.name!r}: decode is a name or a function of bytes")
        if isinstance(self.decode, str) and self.decode not in {"", *FORMS}:
            raise ValueError(
                f"feed {self.name!r}: decode {self.decode!r} is none of {', '.join(FORMS)};"
                " give a function for any other form"
            )
        if not self.path:
            ending = FORMS[self.form][0] if isinstance(self.decode, str) else ".json"
            object.__setattr__(self, "path", f"{self.name}{ending}")
        if self.form not in {"json", "toml"}:
            self._adapt()

    def _adapt(self) -> None:
        """Adapt what is said of JSON: a frame's time stands in its last row."""
        if self.root is dict:
            object.__setattr__(self, "root", str if self.form == "text" else object)
        if self.as_of is TIME_PATHS and self.form in FRAMES:
            object.__setattr__(self, "as_of", tuple(f"[-1].{path}" for path in TIME_PATHS))

    @property
    def form(self) -> str:
        """The form of the document, ``json`` for most; ``custom`` with a function of its own."""
        if not isinstance(self.decode, str):
            return "custom"
        ending = f".{self.path.rpartition('.')[2].lower()}"
        return self.decode or next((name for name, e in FORMS.items() if ending in e), "json")

    def read(self, raw: Any) -> T:
        """Return the parsed value of a raw document; raise MalformedFeed or EmptyFeed."""
        Node(raw, self.name).require(self.root)
        if self.root is dict and not raw:
            raise EmptyFeed("the producer published an empty document")
        return self.parse(raw)

    def observed(self, raw: Any) -> datetime | None:
        """Return the time of the document's content; None if it holds no usable one.

        It is the older of the times at `as_of` and `written`.
        """
        times = [_first_time(raw, paths) for paths in (self.as_of, self.written)]
        return min((time for time in times if time is not None), default=None)

    def same_document(self, other: Feed[Any]) -> bool:
        """Return True if both describe one document in the same way (parsers may differ)."""
        return all(getattr(self, name) == getattr(other, name) for name in DOCUMENT)


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
