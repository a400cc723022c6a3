"""Atomic changes to the users file, for the command line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from muntin.access.names import good_name
from muntin.access.private_files import locked, write_private
from muntin.access.users import UserRecord, read_users
from muntin.errors import ConfigError
from muntin.settings.parsing import hint


@contextlib.contextmanager
def editing(path: Path) -> Iterator[dict[str, UserRecord]]:
    """Yield the users in a file for changes, written at the end unless the block raises."""
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
    """Return a valid role; raise ConfigError for any other text."""
    if not 0 < len(role) <= 64 or not role.isprintable() or set(role) & set(" ,"):
        raise ConfigError([f"{role[:64]!r} is not a role: use a word without spaces and commas"])
    return role


def write_users(path: Path, users: Mapping[str, tuple[str, Iterable[str]]]) -> None:
    """Add users to a file: password and roles by name; raise ConfigError if it is not possible."""
    from muntin.access.passwords import Passwords

    hashing = Passwords()
    with editing(path) as found:
        for name, (password, roles) in users.items():
            given = tuple(good_role(role) for role in roles)
            found[good_name(name)] = UserRecord(hashing.hash(password), given)
