"""Signed texts: only this server can make them, and no one can alter them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable

#: Characters of a signature: 32 bytes in base64 without padding.
_LENGTH = 43

#: Characters of a token at most.
MAX_TOKEN = 100

#: Seconds for which a token opens a socket.
TOKEN_LIFE = 600.0


def text_of(raw: bytes) -> str:
    """Return bytes as letters, digits, ``-`` and ``_``: safe in cookies, URLs and headers."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def new_id() -> str:
    """Return 256 random bits as text."""
    return text_of(secrets.token_bytes(32))


def handle_of(identity: str) -> str:
    """Return the id of a session: a hash, from which the cookie cannot be derived."""
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()[:40]


def same(one: str, other: str) -> bool:
    """Return True if two texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


class Signer:
    """Signs with one secret; a signature is valid for one purpose."""

    __slots__ = ("_key", "clock")

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.blake2b(secret.encode("utf-8", "replace"), person=b"muntin").digest()
        self.clock = clock

    def sign(self, purpose: str, *parts: str) -> str:
        """Return the signature of these parts for a purpose."""
        # JSON keeps the parts apart: ("ab", "c") is not ("a", "bc").
        text = json.dumps([purpose, *parts]).encode("utf-8")
        return text_of(hmac.digest(self._key, text, "sha256"))

    def seal(self, purpose: str, text: str) -> str:
        """Return `text` followed by its signature."""
        return f"{text}.{self.sign(purpose, text)}"

    def open(self, purpose: str, sealed: str) -> str | None:
        """Return the text that was sealed for this purpose, None for anything else."""
        text, _, signature = sealed.rpartition(".")
        return text if same(signature, self.sign(purpose, text)) else None

    def token(self, session: str, slug: str, key: Iterable[str]) -> str:
        """Return a token for a session, a page and a set of panels, valid for ten minutes."""
        return self._token(f"{int(self.clock() + TOKEN_LIFE):x}", session, slug, key)

    def check_token(self, text: str, session: str, slug: str, key: Iterable[str]) -> bool:
        """Return True if `token` made this text of the same arguments and it has not expired."""
        if len(text) > MAX_TOKEN:
            return False
        until = text[: max(0, len(text) - _LENGTH - 1)]
        if not same(text, self._token(until, session, slug, key)):
            return False
        return self.clock() < int(until, 16)  # ours, as the signature shows

    def _token(self, until: str, session: str, slug: str, key: Iterable[str]) -> str:
        return f"{until}-{self.sign('token', until, session, slug, *sorted(key))}"
