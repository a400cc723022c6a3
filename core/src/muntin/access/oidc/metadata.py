"""What a provider says of itself, found by discovery and kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OctKey, import_key

from muntin.access.errors import ProviderError
from muntin.access.oidc.http import fetch
from muntin.access.urls import is_secure
from muntin.settings.access import OidcConfig

T = TypeVar("T")

#: Seconds that answers are kept, and between two attempts after one that failed, or for new keys.
KEPT, APART = 3600.0, 5.0

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The addresses of a provider; each is https, or on this machine."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str
    #: How the client proves itself at the token endpoint.
    auth_methods: tuple[str, ...]


def read_metadata(document: Mapping[str, Any], issuer: str) -> Metadata:
    """Return what a discovery document says; raise ProviderError if it is not the issuer's own."""
    said = document.get("issuer")
    if said != issuer:
        raise ProviderError(
            f"the provider calls itself {str(said)[:200]!r}; set access.oidc.issuer to just that"
            " if this is the right one"
        )
    methods = document.get("token_endpoint_auth_methods_supported")
    return Metadata(
        issuer,
        _address(document, "authorization_endpoint"),
        _address(document, "token_endpoint"),
        _address(document, "jwks_uri"),
        _address(document, "userinfo_endpoint") if "userinfo_endpoint" in document else "",
        tuple(str(one) for one in methods) if isinstance(methods, list) else (),
    )


def _address(document: Mapping[str, Any], name: str) -> str:
    url = document.get(name)
    if not is_secure(url):
        raise ProviderError(f"the provider's {name} is no https:// address")
    return str(url)


def read_keys(document: Mapping[str, Any]) -> KeySet:
    """Return the public keys of a set that can check signatures; others are passed over."""
    listed = document.get("keys")
    found = [_key(one) for one in listed[:50]] if isinstance(listed, list) else []
    keys = [one for one in found if one is not None]
    if not keys:
        raise ProviderError("the provider shows no key that can check a signature")
    return KeySet(keys)


def _key(raw: Any) -> Key | None:
    if not isinstance(raw, dict) or raw.get("use", "sig") != "sig":
        return None
    try:
        key = import_key(raw)
    except (JoseError, ValueError, TypeError):
        return None  # of a kind that we do not know
    # A symmetric key that everybody can read signs nothing.
    return None if isinstance(key, OctKey) else key


class Directory:
    """The provider's metadata and keys; asked when needed, one thread at a time."""

    def __init__(self, config: OidcConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock = config, clock
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None
        self._metadata_at = self._keys_at = float("-inf")
        self._failure: tuple[float, ProviderError] | None = None

    def metadata(self) -> Metadata:
        """Return the provider's metadata; raise ProviderError if it does not tell."""
        with self._lock:
            if self._metadata is None or self._clock() - self._metadata_at > KEPT:
                self._discover()
            assert self._metadata is not None  # noqa: S101  # or _discover has raised
            return self._metadata

    def _discover(self) -> None:
        issuer = self._config.issuer
        try:
            document = self._ask(issuer.rstrip("/") + WELL_KNOWN)
            self._metadata = self._judged(lambda: read_metadata(document, issuer))
            self._metadata_at = self._clock()
        except ProviderError:
            if self._metadata is None:  # what it said an hour ago will do until it answers
                raise

    def keys(self, *, anew: bool = False) -> KeySet:
        """Return the provider's keys; `anew` asks again, for it may have new ones."""
        address = self.metadata().keys
        with self._lock:
            age = self._clock() - self._keys_at
            if self._keys is None or age > (APART if anew else KEPT):
                document = self._ask(address)
                self._keys = self._judged(lambda: read_keys(document))
                self._keys_at = self._clock()
            return self._keys

    def _ask(self, url: str) -> Mapping[str, Any]:
        """Return the answer; one that failed is not asked again for some seconds.

        So a provider that is down costs one thread its patience, not each thread in turn.
        """
        if self._failure is not None and self._clock() - self._failure[0] < APART:
            raise ProviderError(str(self._failure[1]))
        return self._judged(lambda: fetch(url, self._config.timeout))

    def _judged(self, work: Callable[[], T]) -> T:
        try:
            found = work()
        except ProviderError as error:
            self._failure = (self._clock(), error)
            raise
        self._failure = None
        return found
