"""URLs as they may be printed."""

from __future__ import annotations

_LONGEST = 300


def redacted(url: str) -> str:
    """Return a URL without user, password, query and fragment, and not too long to print."""
    scheme, found, rest = url.partition("://")
    if not found:
        return _short(url)
    place = rest.partition("?")[0].partition("#")[0]
    host, slash, path = place.partition("/")
    if "@" not in host and _is_cut_password(host) and "@" in path:
        host, slash, path = path.rpartition("@")[2].partition("/")
    return _short(f"{scheme}://{host.rpartition('@')[2]}{slash}{path}")


def _is_cut_password(host: str) -> bool:
    """Return True if what looks like a host is a user with the start of an unescaped password."""
    _, colon, port = host.rpartition(":")
    return bool(colon) and not port.isdecimal() and not host.endswith("]")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
