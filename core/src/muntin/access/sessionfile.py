"""Sessions that survive a restart: their records in a file, signed and private."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog

from muntin.access.private_files import read_regular, remove_private, write_private
from muntin.access.sessions import SessionRecord, Sessions
from muntin.access.signing import Signer
from muntin.access.throttled_log import ThrottledLog
from muntin.settings.access import AccessConfig

log = structlog.get_logger("muntin.access")

#: Bytes of the file at most, and seconds between two writes that only add sessions.
MAX_BYTES, APART = 32 * 1024 * 1024, 5.0


class SessionFile:
    """Reads and saves all session records; without a path it does neither. Safe for threads.

    A session that has ended must not come back after a crash. If the file cannot be rewritten
    without it, the file is removed: after a restart everybody signs in again.
    """

    def __init__(
        self, config: AccessConfig, signer: Signer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path, self._signer, self._clock = config.sessions, signer, clock
        # Sessions of another mode or provider do not count.
        self._purpose = f"sessions {config.mode} {config.oidc.issuer}"
        self._throttled = ThrottledLog("muntin.access", clock)
        self._lock = threading.Lock()
        #: `Sessions.changes` and `Sessions.ends` as of the file's contents.
        self._changes = self._ends = 0
        self._tried_at = float("-inf")
        self._lines: dict[str, str] = {}

    def read(self) -> list[SessionRecord]:
        """Return the records of an earlier run, none if the file is not as we left it."""
        if not self._path:
            return []
        try:
            raw, _ = read_regular(Path(self._path), MAX_BYTES)
        except FileNotFoundError:
            return []
        except OSError as error:
            log.warning("sessions cannot be read", path=self._path, problem=error.strerror)
            return []
        try:
            text = self._signer.open(self._purpose, raw.decode("utf-8", "replace")) or ""
            return [_record(one) for one in json.loads(text)]
        except (ValueError, TypeError, LookupError, RecursionError):
            # Of another secret or version, or altered.
            log.warning("saved sessions are not valid; users sign in again", path=self._path)
            return []

    def save(self, sessions: Sessions, *, at_once: bool = False) -> bool:
        """Write the sessions if they have changed; new ones alone may wait a few seconds.

        Returns False if the file still holds a session that has ended.
        """
        if not self._path:
            return True
        with self._lock:  # threads that waited here find the work done for them
            changes, ends = sessions.changes, sessions.ends
            rested = self._clock() - self._tried_at >= APART
            if ends != self._ends or (changes != self._changes and (at_once or rested)):
                self._write(sessions, changes, ends)
            return ends == self._ends

    def _write(self, sessions: Sessions, changes: int, ends: int) -> None:
        self._tried_at = self._clock()
        try:
            write_private(Path(self._path), self._signer.seal(self._purpose, self._text(sessions)))
            self._changes, self._ends = changes, ends
        except OSError as error:
            self._throttled.warning(
                "sessions cannot be saved; trying again", path=self._path, problem=error.strerror
            )
            if ends != self._ends:
                self._remove(ends)

    def _remove(self, ends: int) -> None:
        try:
            remove_private(Path(self._path))
            self._ends = ends
            self._throttled.warning(
                "saved sessions removed, because they include one that has ended", path=self._path
            )
        except OSError as error:
            self._throttled.warning(
                "a session that has ended cannot be removed from disk; trying again",
                path=self._path,
                problem=error.strerror,
            )

    def _text(self, sessions: Sessions) -> str:
        """Return all records as JSON; each is encoded once, because there may be thousands."""
        known = self._lines
        self._lines = {one.id: known.get(one.id) or _json(one) for one in sessions.records()}
        return f"[{', '.join(self._lines.values())}]"


def _json(record: SessionRecord) -> str:
    values = {one.name: getattr(record, one.name) for one in fields(record)}
    return json.dumps({**values, "roles": sorted(record.roles), "claims": dict(record.claims)})


def _record(raw: dict[str, Any]) -> SessionRecord:
    claims = MappingProxyType(dict(raw["claims"]))
    record = SessionRecord(**{**raw, "roles": frozenset(raw["roles"]), "claims": claims})
    texts = (record.id, record.name, record.stamp, *record.roles)
    if not all(isinstance(one, str) for one in texts) or not isinstance(
        record.created, (int, float)
    ):
        raise TypeError("not a session record")
    return record
