"""Turns a provider's claims into a name, roles, and the claims that views may read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from muntin.access.errors import RefusedError
from muntin.access.names import outside_name
from muntin.settings.access import OidcConfig

#: Claims about the token rather than the person.
_MECHANICS = frozenset(
    {
        "acr",
        "amr",
        "aud",
        "at_hash",
        "auth_time",
        "azp",
        "c_hash",
        "exp",
        "iat",
        "jti",
        "nbf",
        "nonce",
        "s_hash",
        "sid",
        "typ",
    }
)

#: Kept if all claims together are too large.
_FEW = ("iss", "sub", "email", "email_verified", "name", "preferred_username")

#: Characters of one user's claims, roles of one user, and characters of one role, at most.
MAX_CLAIMS, MAX_ROLES, MAX_ROLE = 16_384, 200, 200


def name_of(claims: Mapping[str, Any], config: OidcConfig) -> str:
    """Return the name of a user; raise RefusedError if the provider states no valid one."""
    which = config.name_claim
    if which == "email" and claims.get("email_verified") is not True:
        raise RefusedError("email-not-verified")
    # Subjects are case-sensitive by definition; names and addresses are not.
    name = outside_name(claims.get(which), fold=which != "sub")
    if not name:
        raise RefusedError(f"no-{which.replace('_', '-')}")
    return name


def roles_of(claims: Mapping[str, Any], config: OidcConfig) -> frozenset[str]:
    """Return a user's roles: by the map, or the provider's own words without one."""
    said = frozenset(_words(_at(claims, config.roles_claim)))
    if not config.role_map:
        return said
    return frozenset(role for word in said for role in config.role_map.get(word, ()))


def kept(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims for views and plugins: those about the user, bounded in size."""
    found = {name: value for name, value in claims.items() if name not in _MECHANICS}
    if len(json.dumps(found)) <= MAX_CLAIMS:
        return found
    return {name: str(found[name])[:MAX_ROLE] for name in _FEW if name in found}


def has_all(claims: Mapping[str, Any], config: OidcConfig) -> bool:
    """Return True if name and roles are there, so that userinfo need not be asked."""
    return config.name_claim in claims and _at(claims, config.roles_claim) is not None


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """Return the value of a claim: by its whole name, or by a dotted path."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _words(value: Any) -> Iterator[str]:
    listed = value.split() if isinstance(value, str) else value
    for one in listed[:MAX_ROLES] if isinstance(listed, list) else ():
        if isinstance(one, str) and 0 < len(one) <= MAX_ROLE:
            yield one
