"""``muntin demo --login``: made-up people who may sign in, each with what is theirs to see."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from muntin import Secret
from muntin.access import write_users
from muntin.settings import Config

#: Who may sign in, and with which role; the investors stand in the simulated register of units.
PEOPLE = {"ada": "investor", "ben": "investor", "olga": "operator"}


@contextmanager
def signing_in(config: Config, report: Callable[[str], None]) -> Iterator[Config]:
    """Give settings under which these people may sign in, and report how.

    Names are always the same; the password and the secret are new each time, and not kept.
    """
    password = secrets.token_urlsafe(9)
    with tempfile.TemporaryDirectory(prefix="muntin-demo-", ignore_cleanup_errors=True) as name:
        path = Path(name, "users.json")
        write_users(path, {who: (password, (role,)) for who, role in PEOPLE.items()})
        secret = Secret(secrets.token_urlsafe(32))
        access = replace(config.access, mode="users", users=str(path), secret=secret, sessions="")
        names = ", ".join(f"{who} ({role})" for who, role in PEOPLE.items())
        report(f"Sign in as {names}; the password is {password}")
        yield replace(config, access=access)


__all__ = ["PEOPLE", "signing_in"]
