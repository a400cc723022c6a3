"""The ``[access]`` table: who may come in, how they prove who they are, and what is kept of it.

::

    [access]
    mode = "users"  # open, users, oidc or proxy
    secret = { env = "MUNTIN_SECRET" }  # signs cookies and tokens; at least 32 characters
    users = "users.json"  # kept by `muntin users`

Types are checked here; what is missing for a mode is told by `muntin.access`, which knows the
address too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from muntin.settings.parsing import Limits
from muntin.settings.secrets import Secret

#: Where users are kept unless the settings say otherwise, beside ``muntin.toml``.
USERS = "users.json"

Word = Annotated[str, Limits(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """The ``[access.oidc]`` table: an OpenID Connect provider, found by discovery."""

    #: As the provider writes it; ``/.well-known/openid-configuration`` stands below it.
    issuer: str = ""
    #: What the provider calls this app.
    client_id: str = ""
    #: None for a public client, which proves itself by PKCE alone.
    client_secret: Secret | None = None
    #: Where browsers reach this app: ``https://fund.example``.
    redirect_url: str = ""
    #: What is asked of the provider; ``openid`` always is.
    scopes: tuple[Word, ...] = ("openid", "profile", "email")
    #: The claim that names a person.
    name_claim: Literal["preferred_username", "email", "sub"] = "preferred_username"
    #: The claim that holds groups or roles; dots lead inside: ``realm_access.roles``.
    roles_claim: Word = "roles"
    #: Our roles by the provider's word; where it is empty, the provider's words are our roles.
    role_map: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)
    #: Seconds that the provider may take to answer.
    timeout: Annotated[float, Limits(ge=0.1, le=60.0)] = 5.0


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """The ``[access.proxy]`` table: a proxy that has already asked who is there."""

    #: Only headers on connections from these addresses are believed; networks such as
    #: 10.0.0.0/28 too. Left out: 127.0.0.1 in mode "proxy", none in other modes.
    addresses: tuple[Word, ...] | None = None
    #: The header with the name of whoever asks.
    user_header: Word = "X-Forwarded-User"
    #: The header with their roles, separated by commas.
    roles_header: Word = "X-Forwarded-Groups"
    #: Our roles by the proxy's word; where it is empty, the proxy's words are our roles.
    role_map: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccessConfig:
    """The ``[access]`` table: no control at all unless a mode is named."""

    #: How people prove who they are; ``open``: nobody has to.
    mode: Literal["open", "users", "oidc", "proxy"] = "open"
    #: Serve without access control on an address that others reach.
    insecure: bool = False
    #: Signs cookies and tokens; whoever has it can make any session.
    secret: Secret | None = None
    #: The file of users, ``users.json`` beside this one where it is not named.
    users: str = ""
    #: A file in which sessions outlive a restart; "" for memory only.
    sessions: str = ""
    #: How long a session lives at most.
    hours: Annotated[float, Limits(ge=0.01, le=8760.0)] = 12.0
    #: How long a session lives with no page open.
    idle_minutes: Annotated[float, Limits(ge=0.1, le=525600.0)] = 120.0
    #: Roles that may open ``/-/`` and ``/metrics``.
    operators: tuple[Word, ...] = ("operator",)
    #: A bearer token that opens ``/metrics``, for a scraper that cannot sign in.
    metrics_token: Secret | None = None
    #: Host names under which this app may be asked, besides addresses and ``localhost``.
    hosts: tuple[Word, ...] = ()
    #: Origins that may show these pages in a frame.
    frame_ancestors: tuple[Word, ...] = ()
    #: Where the audit goes: a file, ``-`` for standard output, or "" for nowhere.
    audit: str = "-"
    #: The provider, for mode ``oidc``.
    oidc: OidcConfig = field(default_factory=OidcConfig)
    #: The proxy in front, for mode ``proxy`` and for the addresses of those behind it.
    proxy: ProxyConfig = field(default_factory=ProxyConfig)


def beside(config: AccessConfig, file: Path) -> AccessConfig:
    """Return the settings with their paths absolute, as they are from the settings file."""

    def absolute(name: str) -> str:
        return str(file.absolute().parent / Path(name).expanduser()) if name else ""

    return replace(
        config,
        users=absolute(config.users or (USERS if config.mode == "users" else "")),
        sessions=absolute(config.sessions),
        audit=config.audit if config.audit == "-" else absolute(config.audit),
    )
