"""One document that is polled: what was last seen of it, and when it is asked for again."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin.errors import EmptyFeed, MalformedFeed, MuntinError
from muntin.sources.backoff import Backoff
from muntin.sources.decoding import Undecodable
from muntin.sources.doubt import SETTLED, Doubt
from muntin.sources.files.reading import LIMIT
from muntin.state.snapshots import Status


class FetchError(MuntinError):
    """Why a document cannot be had, in one sentence, and what that says of the others."""

    def __init__(
        self,
        problem: str,
        status: Status = Status.UNREADABLE,
        *,
        everywhere: bool = False,
        late: bool = False,
        wait: float = 0.0,
    ) -> None:
        super().__init__(problem)
        #: One sentence for a person.
        self.problem = problem
        self.status = status
        #: The other end as a whole cannot be reached: no other document can be had either.
        self.everywhere = everywhere
        #: Nothing whole came in time.
        self.late = late
        #: Seconds that the other end asks us to stay away.
        self.wait = wait

    def at(self, key: Hashable) -> FetchError:
        """Return the same error for another document, which cannot be had for the same reason."""
        del key
        return self


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it was sent; `data` is None if it is still the version that was known."""

    data: bytes | None
    #: What tells this version from others, if anything does: an ETag, a time, a revision.
    version: Any = None
    #: When it was written, as far as the other end knows.
    modified_at: datetime | None = None


#: Fetches the document of a key; the second argument is the `version` that is known, or None.
#: Returns None if there is no such document, and raises FetchError if it cannot be had.
Fetch = Callable[[Any, Any], Fetched | None]


class Document:
    """One document, fetched when it is `due`; `raw` is its value, `error` why there is none.

    Pauses grow with every failure. A document that cannot be decoded is fetched once more before
    that is believed: the other end may have read a file while it was written.
    """

    def __init__(
        self,
        key: Hashable,
        decode: Callable[[bytes], Any],
        interval: float,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        place: str = "",
    ) -> None:
        self.key = key
        self._place = place or str(key)
        self.due = -math.inf
        self.raw: Any = None
        self.error: FetchError | None = None
        #: Counts what is new: other content, another error, or the end of one.
        self.version = 0
        self.size = 0
        self.modified_at: datetime | None = None
        self._decode = decode
        self._interval = interval
        self._backoff = backoff or Backoff(interval)
        self._doubt = Doubt(min(SETTLED, interval), monotonic=monotonic)
        self._monotonic = monotonic
        self._known: Any = None
        self._digest = b""

    def fetch(self, fetch: Fetch) -> FetchError | None:
        """Fetch the document and set when to do so next; return what is wrong, if anything."""
        try:
            found = fetch(self.key, self._known)
            if found is None:
                raise FetchError(f"never seen: {self._place}", Status.MISSING)
            self._take(found)
        except FetchError as error:
            self.fail(error)
            return error
        except Undecodable as error:
            self._hold_back(error.problem, Status.EMPTY if error.empty else Status.UNREADABLE)
            return self.error
        except EmptyFeed as error:
            self._hold_back(str(error), Status.EMPTY)
            return self.error
        except MalformedFeed as error:
            self._hold_back(str(error), Status.MALFORMED)
            return self.error
        self._good()
        return None

    def fail(self, error: FetchError) -> None:
        """Note that there is no document, for a reason of its own or of the whole other end."""
        self._known = None
        told = self.error
        if told is None or (told.status, told.problem) != (error.status, error.problem):
            self.version += 1
        self.error = error
        missing = error.status is Status.MISSING
        pause = self._backoff.spread(self._interval) if missing else self._backoff.pause()
        self.due = self._monotonic() + max(error.wait, pause)

    def _take(self, found: Fetched) -> None:
        """Decode what is new; raise Undecodable if it is no document."""
        if found.data is None:
            return
        if len(found.data) > LIMIT:
            raise FetchError(f"{self._place} has more than the {LIMIT:,} bytes a document may have")
        digest = hashlib.blake2b(found.data, digest_size=16).digest()
        if digest != self._digest:
            self.raw = self._decode(found.data)
            self._digest = digest
            self.size = len(found.data)
            self.version += 1
        self.modified_at = found.modified_at
        self._known = found.version

    def _good(self) -> None:
        self._backoff.reset()
        self._doubt.clear()
        if self.error is not None:
            self.error = None
            self.version += 1
        self.due = self._monotonic() + self._interval

    def _hold_back(self, problem: str, status: Status) -> None:
        self._known = None
        if self._doubt.lasts():
            self.fail(FetchError(problem, status))
        else:
            self.due = self._monotonic() + min(SETTLED, self._interval)

    @property
    def failing(self) -> bool:
        """True if the last attempt failed; that there is none is an answer."""
        return self.error is not None and self.error.status is not Status.MISSING

    @property
    def came(self) -> bool:
        """True if it was there at any time."""
        return bool(self._digest)

    @property
    def in_doubt(self) -> bool:
        """True while nothing can be said of the document yet: never fetched, or torn once."""
        return self.error is None and not self._digest
