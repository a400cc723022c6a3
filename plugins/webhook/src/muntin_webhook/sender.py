"""Delivering events: in order, on a thread of its own, until the other side takes them."""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import requests

from muntin import Event
from muntin.sources import Backoff
from muntin_webhook.message import body_of, headers_of
from muntin_webhook.settings import Settings

log = logging.getLogger("muntin.webhook")

#: Events that may wait.
LIMIT = 1000
#: Seconds of the first pause and of the longest.
FIRST, LONGEST = 1.0, 60.0
#: Answers of the kind 4xx after which another attempt may succeed.
_LATER = frozenset({408, 429})


class Refused(Exception):
    """The other side does not want the event; another attempt would change nothing."""


class Undelivered(Exception):
    """The event was not taken this time."""


class Sender:
    """A queue of events and the thread that posts them."""

    def __init__(
        self,
        settings: Settings,
        limit: int = LIMIT,
        backoff: Callable[[], Backoff] = lambda: Backoff(FIRST, LONGEST),
    ) -> None:
        if settings.url is None:
            raise ValueError("a sender needs a url")
        self._url = settings.url
        self._settings = settings
        self._backoff = backoff
        self._queue: queue.Queue[Event] = queue.Queue(limit)
        #: Events that found the queue full, or were given up or refused.
        self.dropped = 0
        self._full = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self, timeout: float = 1.0) -> None:
        """Stop after the attempt at hand; what waits is lost."""
        self._stop.set()
        self._thread.join(timeout)

    def put(self, event: Event) -> None:
        """Take an event; returns at once, and drops the event if too many wait."""
        try:
            self._queue.put_nowait(event)
            self._full = False
        except queue.Full:
            self.dropped += 1
            if not self._full:
                log.warning("webhook: %d events wait; new ones are dropped", self._queue.maxsize)
            self._full = True

    def _run(self) -> None:
        with requests.Session() as session:
            while not self._stop.is_set():
                try:
                    event = self._queue.get(timeout=0.2)
                except queue.Empty:
                    continue
                self._deliver(session, event)

    def _deliver(self, session: requests.Session, event: Event) -> None:
        """Post an event until it is taken, refused, or has waited too long."""
        name, body, backoff = f"msg_{uuid.uuid4().hex}", body_of(event), self._backoff()
        end = time.monotonic() + self._settings.give_up
        while not self._stop.is_set():
            try:
                self._post(session, name, body)
                return
            except Refused as error:
                self._give_up(event, str(error))
                return
            except Undelivered as error:
                pause = backoff.pause()
                if time.monotonic() + pause > end:
                    self._give_up(event, str(error))
                    return
                if backoff.failures == 1:
                    log.warning("webhook: %s; it is tried again", error)
                self._stop.wait(pause)

    def _post(self, session: requests.Session, name: str, body: bytes) -> None:
        headers = headers_of(name, datetime.now(UTC), body, self._settings.secret)
        try:
            # The answer's body is not read: only its status counts, and it may be endless.
            with session.post(
                self._url.reveal(),
                data=body,
                headers=headers,
                timeout=self._settings.timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            # Its text names the address, which may hold a token.
            raise Undelivered(f"no answer ({type(error).__name__})") from None
        if 400 <= status < 500 and status not in _LATER:
            raise Refused(f"answered {status}")
        if not 200 <= status < 300:
            raise Undelivered(f"answered {status}")

    def _give_up(self, event: Event, why: str) -> None:
        self.dropped += 1
        log.warning("webhook: %s %s is given up: %s", event.kind, event.subject, why)
