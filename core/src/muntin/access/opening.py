"""Builds `Access` from settings; reports everything they lack before anything listens."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from muntin.access.audit import Audit
from muntin.access.authentication import Access
from muntin.access.clocks import Clock, steady_clock
from muntin.access.passwords import Passwords
from muntin.access.proxy import networks
from muntin.access.roles import Hook, RoleCache
from muntin.access.signing import Signer, new_id
from muntin.access.urls import is_loopback, is_secure, split_url
from muntin.access.users import Users, read_users
from muntin.errors import ConfigError
from muntin.settings.access import USERS, AccessConfig

if TYPE_CHECKING:
    from muntin.access.oidc.provider import Provider

#: Characters of the secret, and of the token for a scraper, at least.
SECRET_LENGTH, TOKEN_LENGTH = 32, 16


def open_access(
    config: AccessConfig,
    *,
    address: str,
    roles: Hook | None = None,
    clock: Clock | None = None,
    steady: Clock | None = None,
) -> Access:
    """Return the access control of an app that listens on `address`, not yet started.

    `roles` asks the plugins. `clock` gives epoch seconds for the audit and for a provider's tokens,
    `steady` for sessions; both default to the machine's own, `steady` to `clock` where that is
    given. Raises ConfigError with everything that is missing or contradictory.
    """
    problems = list(access_problems(config, address))
    if problems:
        raise ConfigError(problems)
    wall, steady = clock or time.time, steady or clock or steady_clock()
    signer = Signer(config.secret.reveal() if config.secret else new_id(), steady)
    by_name = config.mode == "users"
    quiet = config.mode == "open" and config.audit == "-"  # without names there is nothing to say
    return Access(
        config,
        signer,
        users=Users(Path(config.users or USERS)) if by_name else None,
        passwords=Passwords() if by_name else None,
        provider=_provider(config, signer, wall),
        plugin_roles=RoleCache(roles),
        audit=Audit("" if quiet else config.audit, wall),
    )


def _provider(config: AccessConfig, signer: Signer, clock: Clock) -> Provider | None:
    if config.mode != "oidc":
        return None
    from muntin.access.oidc.provider import Provider

    return Provider(config.oidc, signer, clock=clock)


def access_problems(config: AccessConfig, address: str) -> Iterator[str]:
    """Yield a sentence for everything that prevents serving on `address`."""
    if config.metrics_token is not None and len(config.metrics_token.reveal()) < TOKEN_LENGTH:
        yield f"access.metrics_token: is too short: it needs at least {TOKEN_LENGTH} characters"
    try:
        networks(config.proxy.addresses or ())
    except ValueError as error:
        yield f"access.proxy.addresses: {error}"
    if config.mode == "open":
        if not is_loopback(address) and not config.insecure:
            yield (
                f"{address} can be reached by others, and access is open to everybody: set"
                ' access.mode to "users", "oidc" or "proxy", or access.insecure = true'
            )
        return
    yield from _secret_problems(config)
    yield from _folder_problems(config)
    yield from {"users": _users_problems, "oidc": _oidc_problems, "proxy": _proxy_problems}[
        config.mode
    ](config)


def _secret_problems(config: AccessConfig) -> Iterator[str]:
    if config.secret is None:
        yield (
            f'access.secret: mode "{config.mode}" needs one: {{ env = "NAME" }} or'
            f' {{ file = "/path" }} of at least {SECRET_LENGTH} characters'
        )
    elif len(config.secret.reveal()) < SECRET_LENGTH:
        yield f"access.secret: is too short: it needs at least {SECRET_LENGTH} characters"


def _folder_problems(config: AccessConfig) -> Iterator[str]:
    for name, path in (("sessions", config.sessions), ("audit", config.audit)):
        if path not in {"", "-"} and not Path(path).parent.is_dir():
            yield f"access.{name}: there is no folder {Path(path).parent}"
    if Path(config.sessions).exists() and config.sessions and not Path(config.sessions).is_file():
        yield f"access.sessions: {config.sessions} is not a file"


def _users_problems(config: AccessConfig) -> Iterator[str]:
    try:
        read_users(Path(config.users or USERS))
    except ConfigError as error:
        yield from (f"access.users: {problem}" for problem in error.problems)


def _oidc_problems(config: AccessConfig) -> Iterator[str]:
    if not all(importlib.util.find_spec(name) for name in ("authlib", "joserfc")):
        yield "access.mode: \"oidc\" needs more libraries: pip install 'muntin[oidc]'"
    for name in ("issuer", "client_id", "redirect_url"):
        if not getattr(config.oidc, name):
            yield f'access.oidc.{name}: mode "oidc" needs it'
    for name in ("issuer", "redirect_url"):
        url = getattr(config.oidc, name)
        if url and not (is_secure(url) and "?" not in url):
            yield f"access.oidc.{name}: must be an https:// address (http:// on loopback only)"
    back = split_url(config.oidc.redirect_url)
    if back is not None and back.path not in {"", "/"}:
        yield "access.oidc.redirect_url: must be an address without a path"


def _proxy_problems(config: AccessConfig) -> Iterator[str]:
    if config.proxy.addresses == ():
        yield 'access.proxy.addresses: mode "proxy" needs the address of the proxy'
