"""For tests of sources: the place they read from, and a run that waits for what they publish."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from muntin.sources.stopping import Stop
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading, Status
from muntin.state.source import Source
from muntin.state.store import Store

#: Seconds to wait for what is to come, unless a test has a bound of its own; a machine may be slow.
PATIENCE = 30.0


class SourceBackend:
    """The place that a source reads from, as the conformance tests put documents there.

    Subclass it, and return one from a fixture named `backend`.
    """

    #: A password or key that `source` is given; it must show up nowhere.
    secret = ""

    def source(self) -> Source:
        """Return a new source that reads from here, with intervals as short as it allows."""
        raise NotImplementedError

    def put(self, feed: Feed[Any], data: bytes) -> None:
        """Replace a feed's document."""
        raise NotImplementedError

    def remove(self, feed: Feed[Any]) -> None:
        """Remove a feed's document."""
        raise NotImplementedError

    def cut(self) -> None:
        """Make everything unreachable; without this the tests of outages are skipped."""
        raise NotImplementedError

    def mend(self) -> None:
        """Make everything reachable again, with the documents that were there."""
        raise NotImplementedError


class SourceRun:
    """A source at work on a thread of its own, into a real store; use it in a `with` statement."""

    def __init__(
        self, source: Source, feeds: Sequence[Feed[Any]], clock: Callable[[], float] = time.time
    ) -> None:
        self.store = Store(feeds, clock)
        #: Everything that was published, call by call.
        self.batches: list[tuple[Reading, ...]] = []
        #: What the source raised, if it did.
        self.error: BaseException | None = None
        self._feeds = feeds
        self._source = source
        self._stop = Stop()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="source", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self.stop(5.0):
            raise AssertionError("the source does not stop")

    def _run(self) -> None:
        try:
            self._source.run(self._feeds, self._publish, self._stop)
        except BaseException as error:  # noqa: BLE001  # boundary: a source is other people's code
            self.error = error
            with self._news:
                self._news.notify_all()

    def _publish(self, *readings: Reading) -> None:
        with self._news:
            self.store.publish(*readings)
            self.batches.append(readings)
            self._news.notify_all()

    def until(self, ready: Callable[[SourceRun], bool], timeout: float = PATIENCE) -> None:
        """Wait until `ready` holds, asked after each publication; fail with what there is."""
        with self._news:
            held = self._news.wait_for(lambda: self.error or ready(self), timeout)
        if self.error is not None:
            raise AssertionError(f"the source raised {self.error!r}") from self.error
        readings = self.store.snapshot.readings.values()
        said = [(one.feed.name, one.value, str(one.fault), one.problem) for one in readings]
        assert held, f"not within {timeout:g} s; known are {said}"

    def until_value(self, feed: Feed[Any], value: Any, timeout: float = PATIENCE) -> Reading:
        """Wait until a feed is well and has a value, and return its reading."""

        def ready(_: SourceRun) -> bool:
            found = self.reading(feed)
            return found.fault is None and bool(found.value == value)

        self.until(ready, timeout)
        return self.reading(feed)

    def until_fault(self, feed: Feed[Any], *faults: Status, timeout: float = PATIENCE) -> Reading:
        """Wait until a feed has one of these faults, any if none is named; return its reading."""

        def ready(run: SourceRun) -> bool:
            fault = self.reading(feed).fault
            return bool(run.batches) and fault is not None and (not faults or fault in faults)

        self.until(ready, timeout)
        return self.reading(feed)

    def reading(self, feed: Feed[Any]) -> Reading:
        """Return what is known of a feed."""
        return self.store.snapshot.reading(feed)

    def published(self, feed: Feed[Any]) -> list[Reading]:
        """Return every reading of a feed that was published."""
        return [one for batch in self.batches for one in batch if one.feed is feed]

    def stop(self, timeout: float) -> bool:
        """Ask the source to stop; return True if it did within `timeout` seconds."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()
