"""Passwords: stored as argon2id, compared in the same time whether a name exists or not."""

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

#: Characters of a password; longer ones are refused before they are hashed.
SHORTEST, LONGEST = 12, 512

#: Passwords compared at a time: each takes 64 MiB of memory meanwhile.
AT_ONCE = 2

#: Seconds that an attempt waits for its turn.
PATIENCE = 5.0

#: KiB and rounds that a hash in the users file may require; ours are 65,536 and 3.
_MOST_MEMORY, _MOST_ROUNDS = 1_048_576, 100


class Busy(Exception):
    """Too many passwords are being compared; try again in a few seconds."""


class Passwords:
    """Hashes and compares passwords, a few at a time."""

    def __init__(self, hasher: PasswordHasher | None = None, patience: float = PATIENCE) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._patience = patience
        self._dummy = _dummy_hash(self._hasher)

    def hash(self, password: str) -> str:
        """Return the argon2id hash of a new password; raise ConfigError if it is too weak."""
        password = unicodedata.normalize("NFC", password)
        if len(password) < SHORTEST:
            raise ConfigError([f"the password is too short: use at least {SHORTEST} characters"])
        if len(password) > LONGEST:
            raise ConfigError([f"the password is too long: use at most {LONGEST} characters"])
        if len(set(password)) < 5 or not password.isprintable():
            raise ConfigError(["the password is too simple: use a sentence of your own"])
        return self._hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Return True if a password matches a hash; None stands for a user who does not exist."""
        if len(password) > LONGEST:
            password, kept = "", None
        password = unicodedata.normalize("NFC", password)  # keyboards differ in how they write ë
        if not self._turns.acquire(timeout=self._patience):
            raise Busy
        try:
            found = self._hasher.verify(kept or self._dummy, password.encode("utf-8", "replace"))
        except (Argon2Error, InvalidHashError):
            return False
        finally:
            self._turns.release()
        return found and kept is not None


def _dummy_hash(hasher: PasswordHasher) -> str:
    """Return a hash for users who do not exist: compared in the same time, and never equal."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode("ascii")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


def is_hash(text: str) -> bool:
    """Return True if a text is an argon2id hash of bounded cost."""
    try:
        found = extract_parameters(text)
    except InvalidHashError:
        return False
    modest = found.memory_cost <= _MOST_MEMORY and found.time_cost <= _MOST_ROUNDS
    return found.type is Type.ID and modest and found.hash_len >= 16 and found.salt_len >= 8
