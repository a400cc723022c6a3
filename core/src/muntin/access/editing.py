"""Changes to the users file, for the command line: each is whole, and none is lost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from muntin.access.private import locked, write_private
from muntin.access.users import UserRecord, read_users
from muntin.errors import ConfigError
from muntin.tables import hint


@contextlib.contextmanager
def editing(path: Path) -> Iterator[dict[str, UserRecord]]:
    """Give the users in a file to change; they are written at the end, unless something raises."""
    try:
        with locked(path):
            users = dict(read_users(path)) if path.exists() else {}
            yield users
            document = {"users": {name: users[name].as_json() for name in sorted(users)}}
            write_private(path, json.dumps(document, indent=2) + "\n")
    except OSError as error:
        raise ConfigError(
            [f"the users file {path} cannot be written: {error.strerror or error}"]
        ) from error


def known(users: dict[str, UserRecord], name: str) -> UserRecord:
    """Return a user's record; raise ConfigError if there is no such user."""
    if name not in users:
        raise ConfigError([f"there is no user {name!r}{hint(name, users)}"])
    return users[name]


def good_role(role: str) -> str:
    """Return a role as it may stand in the file; raise ConfigError if it may not."""
    if not 0 < len(role) <= 64 or not role.isprintable() or set(role) & set(" ,"):
        raise ConfigError([f"{role[:64]!r} is no role: a word without spaces and commas"])
    return role
