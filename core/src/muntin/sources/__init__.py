"""Where readings come from: the interface of a source, and what every source needs once.

A source is any object with `location` and `run`; most need no more than `poll`::

    class BookSource:
        def __init__(self, url, settings):
            self.location = redacted(url)

        def place(self, feed):
            return f"key {feed.name}"

        def run(self, feeds, publish, stop):
            poll(feeds, self.fetch, publish, stop, interval=1.0, place=self.place)

        def fetch(self, feed, version):
            data = ...  # bytes; raise FetchError("why") if they cannot be had
            return None if data is None else Fetched(data)

A plugin offers it with the hook `muntin_sources`, as a `SourceKind`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from muntin.hookspecs import SourceKind
from muntin.sources.backoff import Backoff
from muntin.sources.decoding import Undecodable, decode
from muntin.sources.doubt import Doubt
from muntin.sources.files.reading import LIMIT
from muntin.sources.polled import Fetch, Fetched, FetchError
from muntin.sources.polling import Plan, Poller, poll
from muntin.sources.readings import Reporter, read
from muntin.sources.redaction import redacted
from muntin.sources.stopping import Stop
from muntin.state.snapshots import Reading, Status, failed
from muntin.state.source import Placed, Publish, Source, Target

if TYPE_CHECKING:
    from muntin.sources.files.directory import DirectorySource
    from muntin.sources.files.watching import Watch

__all__ = [
    "LIMIT",
    "Backoff",
    "DirectorySource",
    "Doubt",
    "Fetch",
    "FetchError",
    "Fetched",
    "Placed",
    "Plan",
    "Poller",
    "Publish",
    "Reading",
    "Reporter",
    "Source",
    "SourceKind",
    "Status",
    "Stop",
    "Target",
    "Undecodable",
    "Watch",
    "decode",
    "failed",
    "poll",
    "read",
    "redacted",
]

#: What watches the file system, by its module: loaded only when it is asked for.
_LATE = {"DirectorySource": "directory", "Watch": "watching"}


def __getattr__(name: str) -> Any:
    """Load what is heavy only when it is asked for."""
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"muntin.sources.files.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
