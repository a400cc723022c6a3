"""A provider's metadata and keys, found by discovery and cached."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OctKey, RSAKey, import_key

from muntin.access.errors import ProviderError
from muntin.access.oidc.http import fetch
from muntin.access.urls import is_secure
from muntin.settings.access import OidcConfig

T = TypeVar("T")

#: Seconds that answers are cached, and between two requests after a failure or for new keys.
KEPT, APART = 3600.0, 5.0

#: Bits of an RSA key at least; shorter ones can be broken.
RSA_BITS = 2048

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The endpoints of a provider; each is https, or on this machine."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str
    #: True if every answer to the browser states the issuer (RFC 9207).
    states_issuer: bool
    #: How the client may authenticate at the token endpoint.
    auth_methods: tuple[str, ...]


def read_metadata(document: Mapping[str, Any], issuer: str) -> Metadata:
    """Return the metadata in a discovery document; raise ProviderError if another issuer's."""
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
        document.get("authorization_response_iss_parameter_supported") is True,
        tuple(str(one) for one in methods) if isinstance(methods, list) else (),
    )


def _address(document: Mapping[str, Any], name: str) -> str:
    url = document.get(name)
    if not is_secure(url):
        raise ProviderError(f"the provider's {name} is not an https:// address")
    return str(url)


def read_keys(document: Mapping[str, Any]) -> KeySet:
    """Return the public signature keys of a set; others are skipped."""
    listed = document.get("keys")
    found = [_key(one) for one in listed[:50]] if isinstance(listed, list) else []
    keys = [one for one in found if one is not None]
    if not keys:
        raise ProviderError("the provider publishes no key that can check a signature")
    return KeySet(keys)


def _key(raw: Any) -> Key | None:
    if not isinstance(raw, dict) or raw.get("use", "sig") != "sig":
        return None
    try:
        key = import_key(raw)
        if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS:
            return None
    except (JoseError, ValueError, TypeError):
        return None  # of an unknown kind
    # A published symmetric key can be used by anyone to sign.
    return None if isinstance(key, OctKey) else key


class Directory:
    """The provider's metadata and keys, fetched when needed, by one thread at a time."""

    def __init__(self, config: OidcConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._config, self._clock = config, clock
        self._lock = threading.Lock()
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None
        self._metadata_at = self._keys_at = float("-inf")
        self._failure: tuple[float, ProviderError] | None = None

    def metadata(self) -> Metadata:
        """Return the provider's metadata; raise ProviderError if it does not answer."""
        with self._lock:
            if self._metadata is None or self._clock() - self._metadata_at > KEPT:
                self._discover()
            assert self._metadata is not None  # noqa: S101  # otherwise _discover has raised
            return self._metadata

    def _discover(self) -> None:
        issuer = self._config.issuer
        try:
            document = self._ask(issuer.rstrip("/") + WELL_KNOWN)
            self._metadata = self._judged(lambda: read_metadata(document, issuer))
            self._metadata_at = self._clock()
        except ProviderError:
            if self._metadata is None:  # otherwise the previous metadata is used until it answers
                raise

    def keys(self, *, again: bool = False) -> KeySet:
        """Return the provider's keys; `again` fetches them once more, for there may be new ones."""
        address = self.metadata().keys
        with self._lock:
            age = self._clock() - self._keys_at
            if self._keys is None or age > (APART if again else KEPT):
                document = self._ask(address)
                self._keys = self._judged(lambda: read_keys(document))
                self._keys_at = self._clock()
            return self._keys

    def _ask(self, url: str) -> Mapping[str, Any]:
        """Return the answer; after a failure, raise its error for some seconds without asking.

        A provider that is down then delays one thread, not each thread in turn.
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
