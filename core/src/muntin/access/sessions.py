"""Sessions: who is here, for how long, and with which roles at this moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from muntin.access.identity import Session
from muntin.access.signing import Signer, handle_of, new_id
from muntin.viewers import Viewer

#: Sessions at a time, of all and of one user; beyond these the one unused for longest ends.
LIMIT, LIMIT_OF_USER = 20_000, 50


@dataclass(frozen=True, slots=True)
class Stay:
    """What is kept of a login; from it and the user's standing comes the session."""

    id: str
    name: str
    #: Roles and claims that came with the login: from a provider or a proxy.
    roles: frozenset[str]
    claims: Mapping[str, Any]
    created: float
    #: Changes with the user's password; a stay with another stamp is over.
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a user now."""

    roles: frozenset[str]
    claims: Mapping[str, Any]


@dataclass(slots=True)
class _Entry:
    stay: Stay
    seen: float
    session: Session


class Sessions:
    """Every session by its handle; safe for threads, and each question takes the same short time.

    `standing` says what is true of a stay's user now, None if the stay must end.
    """

    def __init__(
        self, signer: Signer, standing: Callable[[Stay], Standing | None], life: float, idle: float
    ) -> None:
        self._signer, self._standing = signer, standing
        self._life, self._idle = life, idle
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.RLock()
        #: Counts the changes that a file of sessions must follow.
        self.changes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def open(self, name: str, roles: frozenset[str], claims: Mapping[str, Any], stamp: str) -> str:
        """Return the cookie of a new session; its id was never seen by anybody before."""
        identity = new_id()
        self._add(Stay(handle_of(identity), name, roles, claims, self._signer.clock(), stamp))
        return self._signer.seal("session", identity)

    def enter(self, name: str, roles: frozenset[str]) -> Session | None:
        """Return the session of somebody whom a proxy vouches for, with the roles it tells now."""
        handle = handle_of(self._signer.sign("proxy", name, *sorted(roles)))
        with self._lock:
            found = self.get(handle)
            if found is None:
                self.end_user(name)
                self._add(Stay(handle, name, roles, {}, self._signer.clock()))
            return found or self.get(handle)

    def restore(self, stays: Iterable[Stay]) -> None:
        """Take in stays of an earlier run; those that are over go with the next sweep."""
        with self._lock:
            for stay in list(stays)[:LIMIT]:
                self._put(stay)

    def of_cookie(self, cookie: str) -> Session | None:
        """Return the session that a cookie opens, None if it is not ours or no longer good."""
        identity = self._signer.open("session", cookie) if cookie else None
        return self.get(handle_of(identity)) if identity else None

    def get(self, handle: str) -> Session | None:
        """Return a session with its user's roles of now, None if it is over."""
        with self._lock:
            entry = self._entries.get(handle)
            standing = self._now(entry) if entry is not None else None
            if entry is None or standing is None:
                self.end(handle)
                return None
            entry.seen = self._signer.clock()
            viewer = entry.session.viewer
            if viewer.roles != standing.roles or viewer.claims is not standing.claims:
                entry.session = self._session(entry.stay, standing)
            return entry.session

    def end(self, handle: str) -> str:
        """End a session and return whose it was, "" if there is none."""
        with self._lock:
            entry = self._entries.pop(handle, None)
            self.changes += entry is not None
            return entry.stay.name if entry else ""

    def end_user(self, name: str) -> int:
        """End every session of a user and return how many there were."""
        with self._lock:
            own = [one.stay.id for one in self._entries.values() if one.stay.name == name]
            return sum(bool(self.end(handle)) for handle in own)

    def sweep(self, *, everybody: bool = False) -> None:
        """End what has lasted long enough, so that nothing piles up.

        With `everybody`, end also what its user's standing ends, before anybody asks for it.
        """
        with self._lock:
            for entry in list(self._entries.values()):
                if self._over(entry) or (everybody and self._standing(entry.stay) is None):
                    self.end(entry.stay.id)

    def stays(self, seen_within: float | None = None) -> tuple[Stay, ...]:
        """Return what is kept of all sessions, or of those used within so many seconds."""
        with self._lock:
            now = self._signer.clock()
            return tuple(
                entry.stay for entry in self._entries.values()
                if seen_within is None or now - entry.seen <= seen_within
            )  # fmt: skip

    def _now(self, entry: _Entry) -> Standing | None:
        return None if self._over(entry) else self._standing(entry.stay)

    def _over(self, entry: _Entry) -> bool:
        now = self._signer.clock()
        return now >= entry.session.expires or now - entry.seen >= self._idle

    def _session(self, stay: Stay, standing: Standing) -> Session:
        viewer = Viewer(stay.name, standing.roles, standing.claims)
        csrf = self._signer.sign("csrf", stay.id)
        return Session(stay.id, viewer, stay.created + self._life, csrf)

    def _add(self, stay: Stay) -> None:
        with self._lock:
            self._put(stay)
            own = [one for one in self._entries.values() if one.stay.name == stay.name]
            for crowd, limit in ((own, LIMIT_OF_USER), (list(self._entries.values()), LIMIT)):
                if len(crowd) > limit:
                    self.end(min(crowd, key=lambda one: one.seen).stay.id)

    def _put(self, stay: Stay) -> None:
        session = self._session(stay, Standing(frozenset(), {}))
        self._entries[stay.id] = _Entry(stay, self._signer.clock(), session)
        self.changes += 1
