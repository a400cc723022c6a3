"""What the tests of access share: users to change, and a door to knock at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from muntin import Viewer
from muntin.access import Access, Credentials
from muntin.access.audit import Audit
from muntin.access.limiter import Limiter
from muntin.access.passwords import Passwords
from muntin.access.roles import Hook, RoleCache
from muntin.access.sessions import SessionRecord, Sessions
from muntin.access.signing import Signer
from muntin.access.users import Users
from muntin.settings import AccessConfig, Secret
from muntin.testing import FakeClock

HOME = "192.0.2.7"

SECRET = "a secret of more than thirty-two characters"
ANNA, OLGA = "anna has a long password", "olga has another password"


class Book:
    """The users file, to be changed under a running server."""

    def __init__(self, path: Path, passwords: Passwords) -> None:
        self.path, self._passwords = path, passwords
        self.users: dict[str, dict[str, Any]] = {}

    def put(self, name: str, password: str, *roles: str, **more: Any) -> None:
        hashed = self._passwords.hash(password)
        self.users[name] = {"password": hashed, "roles": list(roles), **more}
        self.write()

    def write(self, text: str | None = None) -> None:
        self.path.write_text(json.dumps({"users": self.users}) if text is None else text)
        self.path.chmod(0o600)


class Door:
    """Access in mode "users", and its audit."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder, self.clock = folder, clock
        self.opened: list[Access] = []

    def open(
        self, passwords: Passwords, hook: Hook | None = None, *, secret: str = SECRET, **more: Any
    ) -> Access:
        config = AccessConfig(
            mode="users", secret=Secret(secret), users=str(self.folder / "users.json"), **more
        )
        access = Access(
            config,
            Signer(secret, self.clock),
            users=Users(self.folder / "users.json"),
            passwords=passwords,
            plugin_roles=RoleCache(hook, self.clock),
            limiter=Limiter(self.clock),
            audit=Audit(str(self.folder / "audit.log"), self.clock),
        )
        self.opened.append(access)
        return access

    def audit(self) -> list[dict[str, Any]]:
        for access in self.opened:
            access.audit.close()
        return [json.loads(line) for line in (self.folder / "audit.log").read_text().splitlines()]


def came(access: Access, cookie: str) -> str:
    """Return the name of the viewer a cookie belongs to, empty for none."""
    session = access.identify(Credentials(HOME, cookie=cookie))
    return session.viewer.name if session else ""


def sessions(clock: FakeClock, life: float = 100.0, idle: float = 10.0) -> Sessions:
    """Return a book of sessions with short lives."""

    def viewer_of(record: SessionRecord) -> Viewer:
        return Viewer(record.name, record.roles, record.claims)

    return Sessions(Signer(SECRET, clock), viewer_of, life, idle)
