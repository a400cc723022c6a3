"""Proxy mode: a proxy in front has asked who is there, and says so in headers."""

from __future__ import annotations

import ipaddress

from muntin.access.identity import Ask
from muntin.access.names import outside_name
from muntin.settings.access import ProxyConfig

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Roles believed of one request, at most.
MAX_ROLES = 100


def networks(config: ProxyConfig) -> tuple[Network, ...]:
    """Return the networks of the proxy; raise ValueError if one is none."""
    return tuple(ipaddress.ip_network(one) for one in config.addresses)


class Proxy:
    """Reads who is there from headers, and only from those that the proxy itself sent."""

    def __init__(self, config: ProxyConfig) -> None:
        self._networks = networks(config)
        self._user, self._roles = config.user_header.lower(), config.roles_header.lower()
        self._map = config.role_map

    def identity(self, ask: Ask) -> tuple[str, frozenset[str]] | None:
        """Return the name and roles of whoever is asking, None if the proxy does not vouch."""
        if not self._vouches(ask.address):
            return None
        name = outside_name(ask.headers.get(self._user, ""))
        return (name, self._granted(ask.headers.get(self._roles, ""))) if name else None

    def _vouches(self, address: str) -> bool:
        try:
            peer = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self._networks)

    def _granted(self, text: str) -> frozenset[str]:
        said = [one.strip() for one in text[:8000].split(",")][:MAX_ROLES]
        if not self._map:
            return frozenset(one for one in said if one)
        return frozenset(role for one in said for role in self._map.get(one, ()))
