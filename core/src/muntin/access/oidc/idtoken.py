"""The id_token: whose it is, once everything in it has been checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from muntin.access.errors import RefusedError

#: Signatures that count: by keys of which the provider alone has the private half. Not "none",
#: and not HS256, whose key would be the client's own secret.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
    "EdDSA",
)  # fmt: skip

#: Seconds by which the provider's clock may differ from ours.
LEEWAY = 60

#: Characters of a token at most.
MAX_TOKEN = 64 * 1024

Keys = Callable[[bool], KeySet]


def check_id_token(
    text: object, keys: Keys, *, issuer: str, client: str, nonce: str, now: float
) -> dict[str, Any]:
    """Return the claims of an id_token; raise RefusedError with the reason unless all fits.

    `keys` returns the provider's keys; with True it asks the provider again.
    """
    if not isinstance(text, str) or len(text) > MAX_TOKEN:
        raise RefusedError("no-id-token")
    claims = _signed(text, keys)
    registry = jwt.JWTClaimsRegistry(
        now=int(now), leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True}, exp={"essential": True}, iat={"essential": True},
    )  # fmt: skip
    try:
        registry.validate(claims)
    except ClaimError as error:
        raise RefusedError(f"id-token-{error.error.replace('_', '-')}: {error.claim}") from None
    _meant_for(claims, client)
    return claims


def _signed(text: str, keys: Keys) -> dict[str, Any]:
    """Return the claims if the signature fits; a key that is not known is asked for once."""
    for anew in (False, True):
        try:
            return dict(jwt.decode(text, keys(anew), algorithms=list(ALGORITHMS)).claims)
        except (InvalidKeyIdError, BadSignatureError):
            continue
        except (JoseError, ValueError, TypeError, RecursionError):
            raise RefusedError("id-token-unreadable") from None
    raise RefusedError("id-token-signature")


def _meant_for(claims: dict[str, Any], client: str) -> None:
    """Refuse a token that was made out to another client, though it names us too."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise RefusedError("id-token-azp")
