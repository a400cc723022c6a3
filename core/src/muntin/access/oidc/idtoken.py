"""Checks an id_token and returns its claims."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from muntin.access.errors import RefusedError
from muntin.access.signing import same, text_of

#: Algorithms that are accepted: those for which only the provider has the private key. Not "none",
#: and not HS256, whose key is the client's own secret.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)

#: Seconds by which the provider's clock may differ from ours.
LEEWAY = 60

#: Characters of a token at most.
MAX_TOKEN = 64 * 1024

#: Hashes of ``at_hash`` by the end of the algorithm's name (OpenID Connect Core, 3.1.3.6); that of
#: Ed25519 is the hash it is built on.
_HASHES = {"256": "sha256", "384": "sha384", "512": "sha512"}
_ED25519_HASH = "sha512"

Keys = Callable[[bool], KeySet]


def check_id_token(
    text: object,
    keys: Keys,
    *,
    issuer: str,
    client: str,
    nonce: str,
    access_token: object,
    now: float,
) -> dict[str, Any]:
    """Return the claims of an id_token; raise RefusedError if any check fails.

    `keys` returns the provider's keys; with True it asks the provider again. `access_token` is
    what came with the id_token, which may hold its hash.
    """
    if not isinstance(text, str) or len(text) > MAX_TOKEN:
        raise RefusedError("no-id-token")
    token = _signed(text, keys)
    claims = dict(token.claims)
    registry = jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(claims)
    except ClaimError as error:
        raise RefusedError(f"id-token-{error.error.replace('_', '-')}: {error.claim}") from None
    _check_party(claims, client)
    _check_access_token(claims, str(token.header["alg"]), access_token)
    return claims


def _signed(text: str, keys: Keys) -> jwt.Token:
    """Return a token whose signature is valid; an unknown key is fetched once."""
    for again in (False, True):
        try:
            return jwt.decode(text, keys(again), algorithms=list(ALGORITHMS))
        except (InvalidKeyIdError, BadSignatureError):
            continue
        except (JoseError, ValueError, TypeError, RecursionError):
            raise RefusedError("id-token-unreadable") from None
    raise RefusedError("id-token-signature")


def _check_party(claims: dict[str, Any], client: str) -> None:
    """Refuse a token that was issued to another client, even if its audience includes us."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise RefusedError("id-token-azp")


def _check_access_token(claims: dict[str, Any], algorithm: str, access_token: object) -> None:
    """Refuse an access token that was put in the place of the one the id_token names."""
    if "at_hash" in claims:
        expected = half_hash(str(access_token or ""), algorithm)
        if not isinstance(claims["at_hash"], str) or not same(claims["at_hash"], expected):
            raise RefusedError("id-token-at-hash")


def half_hash(text: str, algorithm: str) -> str:
    """Return the left half of a text's hash, by the hash of a signature algorithm."""
    name = _HASHES.get(algorithm[-3:], _ED25519_HASH)
    digest = hashlib.new(name, text.encode()).digest()
    return text_of(digest[: len(digest) // 2])
