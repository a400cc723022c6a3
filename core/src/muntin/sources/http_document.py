"""One document of an HTTP source: what was last seen of it, and when it is asked for again."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from muntin.sources.decode import Undecodable, decode
from muntin.sources.http_client import Answer
from muntin.sources.http_problems import Trouble
from muntin.state import Status

#: Seconds between two requests for a document that cannot be had; the pauses double up to it.
LONGEST_PAUSE = 30.0

#: Seconds after which a document that is no JSON is asked for once more before that is said: the
#: server may have read a file that was being written.
AGAIN = 0.25


class Client(Protocol):
    """Asks for a document."""

    def get(self, url: str, validators: Mapping[str, str]) -> Answer:
        """Return what the server answers, or raise Trouble."""


class Document:
    """One URL, asked for when it is `due`; `raw` is its JSON, or `trouble` says why there is none.

    Pauses grow with every failure, and are spread so that many clients do not return together.
    """

    def __init__(
        self, url: str, interval: float, spread: Callable[[], float] = random.random
    ) -> None:
        self.url = url
        self.due = -math.inf
        self.raw: Any = None
        self.trouble: Trouble | None = None
        #: Counts what is new: another content, another trouble, or the end of one.
        self.version = 0
        self.size = 0
        self.modified_at: datetime | None = None
        self._interval = interval
        self._spread = spread
        self._validators: Mapping[str, str] = {}
        self._digest = b""
        self._failures = 0
        self._doubtful = False

    def ask(self, client: Client, now: float) -> Trouble | None:
        """Ask for the document and set when to do so next; return what is wrong, if anything."""
        try:
            self._take(client.get(self.url, self._validators))
        except Trouble as trouble:
            self.fail(trouble, now)
            return trouble
        except Undecodable as error:
            self._doubt(error, now)
            return self.trouble
        self._good(now)
        return None

    def fail(self, trouble: Trouble, now: float) -> None:
        """Take note that there is no document, for a reason of its own or of the whole server."""
        self._failures += 1
        self._validators = {}
        self._tell(trouble)
        usual = self._interval * 2 ** min(self._failures - 1, 20)
        longest = max(LONGEST_PAUSE, self._interval)
        pause = self._interval if trouble.status is Status.MISSING else min(usual, longest)
        self.due = now + max(trouble.wait, pause * (0.75 + 0.5 * self._spread()))

    def _take(self, answer: Answer) -> None:
        """Decode what is new; raise Undecodable if it is no document."""
        if answer.data is None:
            return
        digest = hashlib.blake2b(answer.data, digest_size=16).digest()
        if digest != self._digest:
            raw = decode(answer.data)
            self._digest, self.raw = digest, raw
            self.size, self.modified_at = len(answer.data), _moment(answer.modified)
            self.version += 1
        self._validators = answer.validators

    def _good(self, now: float) -> None:
        self._failures = 0
        self._doubtful = False
        if self.trouble is not None:
            self.trouble = None
            self.version += 1
        self.due = now + self._interval

    def _doubt(self, error: Undecodable, now: float) -> None:
        self._validators = {}
        if not self._doubtful:
            self._doubtful = True
            self.due = now + min(AGAIN, self._interval)
            return
        status = Status.EMPTY if error.empty else Status.UNREADABLE
        self.fail(Trouble(self.url, error.problem, status), now)

    def _tell(self, trouble: Trouble) -> None:
        told = self.trouble
        if told is None or (told.status, told.problem) != (trouble.status, trouble.problem):
            self.version += 1
        self.trouble = trouble

    @property
    def failing(self) -> bool:
        """True if the last request for it failed; that there is none is an answer."""
        return self.trouble is not None and self.trouble.status is not Status.MISSING

    @property
    def came(self) -> bool:
        """True if it was there at any time."""
        return bool(self._digest)

    @property
    def in_doubt(self) -> bool:
        """True while nothing can be said of the document yet: never asked for, or torn once."""
        return self.trouble is None and not self._digest


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
