"""Hosts and origins: under which names this server may be asked, and by whose pages.

A browser that was led here under a foreign name (DNS rebinding) says so in ``Host``; a page of
another place that opens a connection says so in ``Origin``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

#: A name or an IPv4 address, or an IPv6 address in brackets, and perhaps a port.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?")


def host_name(text: str) -> str:
    """Return the name in a ``Host`` header in lower case, without its port; "" if it is none."""
    found = _HOST.fullmatch(text)
    return found[1].lower().strip("[]").removesuffix(".") if found else ""


def is_address(name: str) -> bool:
    """Return True for an IP address: nobody can have a name of theirs lead to it."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that this server answers to: addresses, ``localhost``, and those it is given."""

    names: frozenset[str] = frozenset()
    #: Answer to every name.
    every: bool = False

    @classmethod
    def of(cls, names: Iterable[str], *, every: bool = False) -> Hosts:
        """Return the hosts of settings, in which case, port and scheme do not matter."""
        bare = (urlsplit(name).netloc if "://" in name else name for name in names)
        return cls(frozenset(filter(None, map(host_name, bare))), every=every)

    def know(self, host: str) -> bool:
        """Return True if a request with this ``Host`` may be answered."""
        name = host_name(host)
        known = name == "localhost" or name in self.names or is_address(name)
        return bool(name) and (self.every or known)


def same_origin(origin: str | None, host: str) -> bool:
    """Return True if an ``Origin`` is a page of this very host and port.

    ``null``, which sandboxed pages send, is nobody's.
    """
    if origin is None:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:  # such as http://[
        return False
    plain = not (parts.path or parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and plain and parts.netloc.lower() == host.lower()
