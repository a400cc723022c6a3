"""The interfaces of whatever brings state documents in, or takes copies of them out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from muntin.state.feeds import Feed

#: A source hands over readings through this; it may be called from any thread.
Publish = Callable[..., object]


class Source(Protocol):
    """Reads feeds from somewhere and publishes readings until it is stopped.

    A source may also have a method ``place(feed) -> str``: where it looks for a feed, in the
    fewest words that let an operator find it (a file's name, ``key fund:nav``). See `Placed`.
    """

    @property
    def location(self) -> str:
        """Where it reads from, for people: an absolute path or a URL without secrets."""
        ...

    def run(
        self,
        feeds: Sequence[Feed[Any]],
        publish: Callable[..., object],
        stop: threading.Event,
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set.

        The first call of ``publish(*readings)`` has a reading of every feed (absent ones as
        ``missing``), so that the store knows that it is loaded. What is wrong with a document is
        part of its reading; raise only when the source itself cannot go on.
        """
        ...


@runtime_checkable
class Placed(Protocol):
    """A source that can name where it looks for a feed."""

    def place(self, feed: Feed[Any]) -> str:
        """Return where a feed's document is, in few words and without secrets."""
        ...


class Target(Protocol):
    """Takes copies of documents: what `muntin mirror` writes to."""

    @property
    def location(self) -> str:
        """Where it writes to, for people."""
        ...

    def read(self, feed: Feed[Any]) -> bytes | None:
        """Return the document as it is now, None if there is none; raise OSError if unknown."""
        ...

    def write(self, feed: Feed[Any], data: bytes, modified_at: datetime | None) -> None:
        """Replace a feed's document, all of it or nothing; raise OSError if that fails."""
        ...

    def close(self) -> None:
        """Release what is held open."""
        ...


def place_of(source: object, feed: Feed[Any]) -> str:
    """Return where a source looks for a feed; the feed's name for one that does not say."""
    return source.place(feed) if isinstance(source, Placed) else feed.name
