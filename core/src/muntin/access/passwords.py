"""Passwords: kept as argon2id, compared in the same time for names that exist and that do not."""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION
from argon2.profiles import RFC_9106_LOW_MEMORY

from muntin.errors import ConfigError

#: Characters of a password; what is longer is refused before any work is spent on it.
SHORTEST, LONGEST = 12, 512

#: Passwords compared at a time: each takes 64 MiB of memory for as long as it lasts.
AT_ONCE = 2

#: Seconds that an attempt waits for its turn.
PATIENCE = 5.0

#: KiB and rounds that a hash in the users file may ask for; ours are 65,536 and 3.
_MOST_MEMORY, _MOST_ROUNDS = 1_048_576, 100


class Busy(Exception):
    """Too many passwords are being compared; try again in a few seconds."""


class Passwords:
    """Makes and compares hashes of passwords; a few at a time, whatever is asked."""

    def __init__(self, hasher: PasswordHasher | None = None, patience: float = PATIENCE) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._patience = patience
        self._nobody = _of_nobody(self._hasher)

    def hash(self, password: str) -> str:
        """Return the argon2id hash of a new password; raise ConfigError if it is a poor one."""
        password = unicodedata.normalize("NFC", password)
        if len(password) < SHORTEST:
            raise ConfigError([f"the password is too short: use at least {SHORTEST} characters"])
        if len(password) > LONGEST:
            raise ConfigError([f"the password is too long: use at most {LONGEST} characters"])
        if len(set(password)) < 5 or not password.isprintable():
            raise ConfigError(["the password is too simple: use a sentence of your own"])
        return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Return True if a password is the one kept; None stands for a user who does not exist."""
        if len(password) > LONGEST:
            password, kept = "", None
        password = unicodedata.normalize("NFC", password)  # keyboards differ in how they write ë
        if not self._turns.acquire(timeout=self._patience):
            raise Busy
        try:
            found = self._hasher.verify(kept or self._nobody, password.encode("utf-8", "replace"))
        except (Argon2Error, InvalidHashError):
            return False
        finally:
            self._turns.release()
        return found and kept is not None


def _of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash to compare with for users who do not exist: it takes as long, never fits."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode("ascii")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def is_hash(text: str) -> bool:
    """Return True if a text is an argon2id hash that takes no more than reasonable work."""
    try:
        found = extract_parameters(text)
    except InvalidHashError:
        return False
    modest = found.memory_cost <= _MOST_MEMORY and found.time_cost <= _MOST_ROUNDS
    return found.type is Type.ID and modest and found.hash_len >= 16 and found.salt_len >= 8
