"""The stream of changes: read on where it was left, and known when it has been lost."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import redis

#: The field of an entry that names a feed.
FIELD = b"feed"

#: Milliseconds that one wait blocks, so that a stop is noticed, and entries read at once.
_BLOCK, _COUNT = 250, 500

_START = b"0-0"


class Stream:
    """Waits for entries of a stream; ``None`` says that some may have been missed."""

    def __init__(self, client: redis.Redis, name: str) -> None:
        self._client = client
        self._name = name
        self._last = _START
        self._connected = False

    def begin(self) -> None:
        """Start at the stream's end: all documents are read after this."""
        from redis.exceptions import RedisError

        try:
            self._last = self._end()
            self._connected = True
        except RedisError:
            self._connected = False

    def wait(self, seconds: float, stop: threading.Event) -> tuple[str, ...] | None:
        """Return the feeds named within `seconds`; None where everything must be read again."""
        from redis.exceptions import RedisError

        until = time.monotonic() + seconds
        try:
            if not self._connected:
                return self._resume(seconds, stop)
            while not stop.is_set() and (left := until - time.monotonic()) > 0:
                found = self._read(block=max(1, min(_BLOCK, int(left * 1000))))
                if found:
                    return found
            return ()
        except RedisError:
            # The next fetch fails as well, and says why.
            self._connected = False
            return None

    def _resume(self, seconds: float, stop: threading.Event) -> tuple[str, ...] | None:
        """Return what was missed while the connection was away, None if that cannot be known."""
        if stop.wait(min(seconds, 1.0)):
            return ()
        lost = self._lost()
        if lost:
            self._last = self._end()
        self._connected = True
        return None if lost else self._read(block=None)

    def _read(self, block: int | None) -> tuple[str, ...]:
        found: Any = self._client.xread({self._name: self._last}, count=_COUNT, block=block)
        # RESP2 returns pairs, RESP3 a mapping of lists.
        streams = found.items() if isinstance(found, dict) else found or ()
        entries = [entry for _, batch in streams for entry in _flat(batch)]
        if not entries:
            return ()
        self._last = entries[-1][0]
        named = (fields.get(FIELD) for _, fields in entries if fields)
        return tuple({name.decode("utf-8", "replace") for name in named if name})

    def _lost(self) -> bool:
        """Return True if entries after the last one read are gone, or the stream was replaced."""
        if self._last == _START:
            return True
        if _number(self._end()) < _number(self._last):
            return True
        first: Any = self._client.xrange(self._name, count=1)
        return bool(first) and _number(first[0][0]) > _number(self._last)

    def _end(self) -> bytes:
        last: Any = self._client.xrevrange(self._name, count=1)
        return last[0][0] if last else _START


def _flat(batch: Any) -> list[Any]:
    return batch[0] if batch and isinstance(batch[0], list) else batch


def _number(identifier: bytes) -> tuple[int, int]:
    time_part, _, counter = identifier.partition(b"-")
    return int(time_part), int(counter or 0)
