"""Where readings come from: a source runs on a thread of its own and publishes what it sees."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from muntin.feeds import Feed
from muntin.state import Reading

#: A source hands over readings through this; it may be called from any thread.
Publish = Callable[..., object]


class Source(Protocol):
    """Reads feeds from somewhere and publishes readings until told to stop."""

    #: Where it reads from, for people: an absolute path or a URL without secrets.
    location: str

    def run(
        self,
        feeds: Sequence[Feed[Any]],
        publish: Callable[..., object],
        stop: threading.Event,
    ) -> None:
        """Publish a reading of every feed, then each change, until `stop` is set.

        Call ``publish(*readings)`` once with a reading of every feed at first (absent ones as
        ``missing``), so that the store knows that it is loaded. What is wrong with a document is
        part of its reading; raise only when the source itself cannot go on.
        """
        ...


__all__ = ["Publish", "Reading", "Source"]
