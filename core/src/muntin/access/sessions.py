"""Sessions: who is signed in, for how long, and with which roles now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from muntin.access.identity import Session
from muntin.access.signing import Signer, handle_of, new_id
from muntin.pages import Viewer

#: Sessions of all users and of one user, at most; beyond that the least recently used one ends.
LIMIT, LIMIT_OF_USER = 20_000, 50


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What is saved of a session: everything but what is looked up afresh for each request."""

    id: str
    name: str
    #: Roles and claims that came with the sign-in, from a provider or a proxy.
    roles: frozenset[str]
    claims: Mapping[str, Any]
    created: float
    #: Changes when all earlier sessions of the user end; one with another stamp is over.
    stamp: str = ""


@dataclass(slots=True)
class _Entry:
    record: SessionRecord
    seen: float
    session: Session


class Sessions:
    """All sessions by their id. Safe for threads; every lookup takes the same short time.

    `viewer_of` returns the user of a record with the roles and claims of now, None if the session
    must end.
    """

    def __init__(
        self,
        signer: Signer,
        viewer_of: Callable[[SessionRecord], Viewer | None],
        life: float,
        idle: float,
    ) -> None:
        self._signer, self._viewer_of = signer, viewer_of
        self._life, self._idle = life, idle
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.RLock()
        #: Counts the changes that a file of sessions must follow, and those that end a session.
        self.changes = self.ends = 0

    def __len__(self) -> int:
        return len(self._entries)

    def create(
        self, name: str, roles: frozenset[str], claims: Mapping[str, Any], stamp: str
    ) -> str:
        """Return the cookie of a new session, whose random value no one has seen before."""
        value = new_id()
        self._add(SessionRecord(handle_of(value), name, roles, claims, self._signer.clock(), stamp))
        return self._signer.seal("session", value)

    def of_proxy_user(self, name: str, roles: frozenset[str]) -> Session | None:
        """Return the session of a user whom a proxy names, with the roles it states now.

        Other roles than before end the user's earlier sessions.
        """
        handle = handle_of(self._signer.sign("proxy", name, *sorted(roles)))
        with self._lock:
            found = self.get(handle)
            if found is None:
                self.end_user(name)
                self._add(SessionRecord(handle, name, roles, {}, self._signer.clock()))
            return found or self.get(handle)

    def restore(self, records: Iterable[SessionRecord]) -> None:
        """Add the sessions of an earlier run, except those that are over."""
        with self._lock:
            now = self._signer.clock()
            for record in list(records)[:LIMIT]:
                # The wall clock may have been set back while no server ran.
                self._put(replace(record, created=min(record.created, now)))
            self.sweep(everybody=True)

    def of_cookie(self, cookie: str) -> Session | None:
        """Return the session of a cookie, None if the cookie is not ours or the session is over."""
        value = self._signer.open("session", cookie) if cookie else None
        return self.get(handle_of(value)) if value else None

    def get(self, handle: str) -> Session | None:
        """Return a session with its user's current roles, None if it is over."""
        with self._lock:
            entry = self._entries.get(handle)
            viewer = self._current(entry) if entry is not None else None
            if entry is None or viewer is None:
                self.end(handle)
                return None
            entry.seen = self._signer.clock()
            before = entry.session.viewer
            if before.roles != viewer.roles or before.claims is not viewer.claims:
                entry.session = self._session(entry.record, viewer)
            return entry.session

    def end(self, handle: str) -> str:
        """End a session and return its user's name, "" if there is no such session."""
        with self._lock:
            entry = self._entries.pop(handle, None)
            self.changes += entry is not None
            self.ends += entry is not None
            return entry.record.name if entry else ""

    def end_user(self, name: str) -> int:
        """End every session of a user and return how many there were."""
        with self._lock:
            own = [one.record.id for one in self._entries.values() if one.record.name == name]
            return sum(bool(self.end(handle)) for handle in own)

    def sweep(self, *, everybody: bool = False) -> None:
        """End sessions that have expired, so that they do not pile up.

        With `everybody`, also end those whose user may no longer sign in.
        """
        with self._lock:
            for entry in list(self._entries.values()):
                if self._is_over(entry) or (everybody and self._viewer_of(entry.record) is None):
                    self.end(entry.record.id)

    def records(self, seen_within: float | None = None) -> tuple[SessionRecord, ...]:
        """Return the records of all sessions, or of those used within so many seconds."""
        with self._lock:
            now = self._signer.clock()
            return tuple(
                entry.record
                for entry in self._entries.values()
                if seen_within is None or now - entry.seen <= seen_within
            )

    def _current(self, entry: _Entry) -> Viewer | None:
        return None if self._is_over(entry) else self._viewer_of(entry.record)

    def _is_over(self, entry: _Entry) -> bool:
        now = self._signer.clock()
        return now >= entry.session.expires or now - entry.seen >= self._idle

    def _session(self, record: SessionRecord, viewer: Viewer) -> Session:
        csrf = self._signer.sign("csrf", record.id)
        return Session(record.id, viewer, record.created + self._life, csrf)

    def _add(self, record: SessionRecord) -> None:
        with self._lock:
            self._put(record)
            own = [one for one in self._entries.values() if one.record.name == record.name]
            for crowd, limit in ((own, LIMIT_OF_USER), (list(self._entries.values()), LIMIT)):
                if len(crowd) > limit:
                    self.end(min(crowd, key=lambda one: one.seen).record.id)

    def _put(self, record: SessionRecord) -> None:
        session = self._session(record, Viewer(record.name))
        self._entries[record.id] = _Entry(record, self._signer.clock(), session)
        self.changes += 1
