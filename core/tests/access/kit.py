"""What the tests of access share: users to change, and a door to knock at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from muntin.access import Access
from muntin.access.audit import Audit
from muntin.access.limiter import Limiter
from muntin.access.passwords import Passwords
from muntin.access.roles import Granted, Hook
from muntin.access.signing import Signer
from muntin.access.users import Users
from muntin.settings import AccessConfig, Secret
from muntin.testing import FakeClock

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
            config, Signer(secret, self.clock),
            users=Users(self.folder / "users.json"), passwords=passwords,
            granted=Granted(hook, self.clock), limiter=Limiter(self.clock),
            audit=Audit(str(self.folder / "audit.log"), self.clock),
        )  # fmt: skip
        self.opened.append(access)
        return access

    def audit(self) -> list[dict[str, Any]]:
        for access in self.opened:
            access.audit.close()
        return [json.loads(line) for line in (self.folder / "audit.log").read_text().splitlines()]
