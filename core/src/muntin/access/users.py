"""The users file: names with the hashes of their passwords, roles and claims.

::

    {"users": {"anna": {"password": "$argon2id$…", "roles": ["investor"], "claims": {}}}}

`muntin users` writes it; roles and claims may also be edited by hand. The server rereads it when it
changes. A file that is damaged, or that others may read, changes nothing: the last valid one counts
until it is repaired.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog

from muntin.access.names import good_name
from muntin.access.passwords import is_hash
from muntin.access.private_files import read_regular
from muntin.errors import ConfigError
from muntin.settings.parsing import parse_table

log = structlog.get_logger("muntin.access")

#: Bytes of a users file at most.
MAX_BYTES = 8 * 1024 * 1024

#: Problems of one file that are reported.
PROBLEMS = 20

#: Seconds after which `get` looks at the file itself if `refresh` has not.
OVERDUE = 3.0


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user: password hash, roles and claims."""

    password: str
    roles: tuple[str, ...] = ()
    disabled: bool = False
    #: Facts for views and plugins, such as ``{"holder": "H-7"}``.
    claims: Mapping[str, Any] = field(default_factory=dict)
    #: Counts how often the user was disabled: sessions from before are over for good.
    generation: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the record as the file has it."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        if not self.generation:
            del values["generation"]  # earlier releases do not know it
        return {**values, "claims": dict(self.claims)}

    def without_access(self) -> UserRecord:
        """Return the record of a user who may not sign in and whose sessions are over."""
        return replace(self, disabled=True, generation=self.generation + 1)


Records = Mapping[str, UserRecord]


@dataclass(frozen=True, slots=True)
class _File:
    users: Mapping[str, UserRecord]


def read_users(path: Path) -> Records:
    """Return the users in a file; raise ConfigError with the problems and how to fix them."""
    try:
        raw, found = read_regular(path, MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            [f"there is no users file {path}; make one with: muntin users add NAME"]
        ) from None
    except OSError as error:
        raise ConfigError([f"the users file {path} cannot be read: {error.strerror}"]) from None
    if found.st_mode & 0o077:
        raise ConfigError(
            [f"the users file {path} is open to other users of this machine: chmod 600 {path}"]
        )
    try:
        return _parse(raw)
    except ConfigError as error:
        raise ConfigError(f"the users file {path}: {one}" for one in error.problems) from None


def _parse(raw: bytes) -> Records:
    if len(raw) > MAX_BYTES:
        raise ConfigError([f"is larger than {MAX_BYTES:,} bytes"])
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ConfigError(["is damaged: it is not JSON"]) from None
    if not isinstance(document, dict):
        raise ConfigError(["is damaged: it holds no object"])
    found, problems = parse_table(_File, document)
    records = {} if found is None else found.users
    problems += [
        f"users.{name[:80]}: {why}" for name, one in records.items() for why in _wrong(name, one)
    ]
    if problems:
        raise ConfigError(problems[:PROBLEMS])
    return MappingProxyType({name: _frozen(one) for name, one in records.items()})


def _frozen(record: UserRecord) -> UserRecord:
    """Return the record with read-only claims."""
    return replace(record, claims=MappingProxyType(dict(record.claims)))


def _wrong(name: str, record: UserRecord) -> Iterator[str]:
    if not _spelled(name):
        yield "is not a name as muntin users writes it"
    if not is_hash(record.password):
        yield "password: is not an argon2id hash; use muntin users passwd"


def _spelled(name: str) -> bool:
    try:
        return good_name(name) == name
    except ConfigError:
        return False


class Users:
    """The current users of a file; `refresh` rereads it if it has changed. Safe for threads."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._looked_at = clock()
        #: Counts how often the file was reread.
        self.reads = 0
        self._signature = self._look()
        self._records = read_users(path)
        #: Why the current file is not used; "" if it is.
        self.problem = ""

    def get(self, name: str) -> UserRecord | None:
        """Return a user who may sign in, None for one who is unknown or disabled."""
        if self._clock() - self._looked_at > OVERDUE:
            self.refresh()
        record = self._records.get(name)
        return None if record is None or record.disabled else record

    def refresh(self) -> bool:
        """Reread the file if it has changed; return True if its users are now in use."""
        with self._lock:
            self._looked_at = self._clock()
            signature = self._look()
            if signature == self._signature:
                return False
            self._signature = signature
            return self._reread()

    def _reread(self) -> bool:
        try:
            self._records, self.problem = read_users(self._path), ""
        except ConfigError as error:
            self.problem = str(error)
            log.warning(
                "users file is not valid; its last valid contents are used",
                problem=str(error)[:500],
            )
            return False
        self.reads += 1
        log.info("users file reread", users=len(self._records))
        return True

    def _look(self) -> tuple[int, ...] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
