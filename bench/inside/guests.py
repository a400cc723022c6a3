"""Makes a site on which people sign in, and signs them in; runs with Muntin's own Python.

``python guests.py FOLDER COUNT`` writes settings, users and sessions, and prints a cookie each.
"""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path

from argon2 import PasswordHasher

from muntin.access import open_access
from muntin.settings import load_config

#: Like those of `muntin users`, but made in a moment: the bench is no measure of argon2.
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def settle(folder: Path, count: int) -> list[str]:
    """Return the cookies of as many people, whose sessions a server of these settings knows."""
    password = secrets.token_urlsafe(24)
    record = {"password": _QUICK.hash(password), "roles": ["investor"]}
    names = [f"guest{number}" for number in range(count)]
    folder.chmod(0o700)
    users = folder / "users.json"
    users.touch(mode=0o600)
    users.write_text(json.dumps({"users": dict.fromkeys(names, record)}))
    secret, settings = folder / "secret", folder / "muntin.toml"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(48))
    settings.write_text(
        f'[access]\nmode = "users"\nsecret = {{ file = "{secret}" }}\n'
        'sessions = "sessions"\naudit = "audit.log"\n'
    )
    access = open_access(load_config(settings).access, address="127.0.0.1")
    access.start()
    cookies = [access.login(name, password, "127.0.0.1").cookie for name in names]
    access.stop()
    return cookies


if __name__ == "__main__":
    print(*settle(Path(sys.argv[1]), int(sys.argv[2])), sep="\n")
