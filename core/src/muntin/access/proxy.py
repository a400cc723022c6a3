"""Proxy mode: a proxy in front has asked who is there, and says so in headers."""

from __future__ import annotations

import ipaddress

from muntin.access.identity import Ask
from muntin.access.names import outside_name
from muntin.settings.access import ProxyConfig

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Roles believed of one request, and characters of their header, at most.
MAX_ROLES, MAX_HEADER = 100, 8000


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
        if "," in name:  # two headers made one: whose word is it?
            return None
        return (name, self._granted(ask.headers.get(self._roles, ""))) if name else None

    def _vouches(self, address: str) -> bool:
        try:
            peer = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        peer = getattr(peer, "ipv4_mapped", None) or peer
        return any(peer in network for network in self._networks)

    def _granted(self, text: str) -> frozenset[str]:
        # A header that stands twice holds a newline; one cut short would end in another role.
        if not text.isprintable() or len(text) > MAX_HEADER:
            return frozenset()
        said = [one.strip() for one in text.split(",")][:MAX_ROLES]
        if not self._map:
            return frozenset(one for one in said if one)
        return frozenset(role for one in said for role in self._map.get(one, ()))
