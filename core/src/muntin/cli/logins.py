"""``muntin demo --login``: made-up people who may sign in, each with what is theirs to see."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from muntin.secret import Secret
from muntin.settings import Config

#: Who may sign in, and with which role; the investors stand in the simulated register of units.
PEOPLE = (("ada", "investor"), ("ben", "investor"), ("olga", "operator"))


@contextlib.contextmanager
def signing_in(config: Config, report: Callable[[str], None]) -> Iterator[Config]:
    """Give the settings of a demo that asks everybody to sign in, and report how one may.

    Names are always the same; the password and the secret are new ones, and gone at the end.
    """
    from muntin.access.editing import editing
    from muntin.access.passwords import Passwords
    from muntin.access.users import UserRecord

    password = secrets.token_urlsafe(9)
    with tempfile.TemporaryDirectory(prefix="muntin-demo-", ignore_cleanup_errors=True) as name:
        path = Path(name, "users.json")
        with editing(path) as users:
            users |= {who: UserRecord(Passwords().hash(password), (role,)) for who, role in PEOPLE}
        secret = Secret(secrets.token_urlsafe(32))
        access = replace(config.access, mode="users", users=str(path), secret=secret, sessions="")
        names = ", ".join(f"{who} ({role})" for who, role in PEOPLE)
        report(f"Sign in as {names}; the password is {password}")
        yield replace(config, access=access)
