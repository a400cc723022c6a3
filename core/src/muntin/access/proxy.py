"""Proxy mode: a proxy in front has authenticated the user and says so in headers."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable

from muntin.access.identity import Credentials
from muntin.access.names import outside_name
from muntin.access.throttled_log import ThrottledLog
from muntin.settings.access import AccessConfig, ProxyConfig

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Roles in one header, and characters of a header, at most.
MAX_ROLES, MAX_HEADER = 100, 8000

#: What proxies join several values with; a user name that holds one may be two names.
SEPARATORS = frozenset(",;")


def networks(addresses: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks that these texts name; raise ValueError if one is not a network."""
    return tuple(ipaddress.ip_network(one) for one in addresses)


class TrustedPeers:
    """The proxies whose headers are believed, by the address of the connection."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self._networks = networks(addresses)

    def __contains__(self, address: str) -> bool:
        if not self._networks:
            return False
        try:
            peer = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self._networks)

    def client_of(self, credentials: Credentials) -> str:
        """Return the client's address: the peer's own, or what a trusted proxy says of its peer.

        Only the last address counts, which that proxy has added: earlier entries are
        client-supplied. A header that stands twice does not say which entry is the last.
        """
        values = credentials.headers.get("x-forwarded-for", ())
        if len(values) != 1 or credentials.address not in self:
            return credentials.address
        last = values[0].rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(last.partition("%")[0]))
        except ValueError:
            return credentials.address


class Proxy:
    """Reads name and roles from the headers of a trusted proxy.

    A request whose headers can be read in two ways has no identity.
    """

    def __init__(
        self, config: ProxyConfig, peers: TrustedPeers, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._peers, self._log = peers, ThrottledLog("muntin.access", clock)
        self._user, self._roles = config.user_header.lower(), config.roles_header.lower()
        self._map = config.role_map

    def identity(self, credentials: Credentials) -> tuple[str, frozenset[str]] | None:
        """Return the name and roles of a user, None if the proxy does not vouch for one."""
        if credentials.address not in self._peers:
            return None
        try:
            name = _single(credentials, self._user)
            if SEPARATORS & set(name):
                raise ValueError(f"{self._user} holds a separator")
            name, roles = outside_name(name), self._granted(_single(credentials, self._roles))
        except ValueError as error:
            self._log.warning("headers of the proxy are refused", problem=str(error))
            return None
        return (name, roles) if name else None

    def _granted(self, text: str) -> frozenset[str]:
        words = [one.strip() for one in text.split(",")]
        if len(words) > MAX_ROLES:
            raise ValueError(f"{self._roles} names more than {MAX_ROLES} roles")
        if not self._map:
            return frozenset(word for word in words if word)
        return frozenset(role for word in words for role in self._map.get(word, ()))


def _single(credentials: Credentials, name: str) -> str:
    """Return the value of a header, "" without one; raise ValueError if it is not one plain text.

    Headers are bytes that arrive as Latin-1. What is not UTF-8 is refused, because two names
    could then have the same spelling.
    """
    values = credentials.headers.get(name, ("",))
    if len(values) != 1:
        raise ValueError(f"{name} is sent {len(values)} times")
    try:
        text = values[0].encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise ValueError(f"{name} is not UTF-8") from None
    if not text.isprintable():
        raise ValueError(f"{name} holds a character that does not print")
    if len(text) > MAX_HEADER:
        raise ValueError(f"{name} is longer than {MAX_HEADER} characters")
    return text


def trusted_peers(config: AccessConfig) -> TrustedPeers:
    """Return the proxies that the settings name; in mode "proxy", this machine if they name none.

    In other modes no proxy is trusted by default: any client on this machine could forge the
    address that the login limit counts and the audit shows.
    """
    named = config.proxy.addresses
    if named is None:
        named = ("127.0.0.1",) if config.mode == "proxy" else ()
    return TrustedPeers(named)
