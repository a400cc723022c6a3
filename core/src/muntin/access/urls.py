"""Checks of URLs and addresses: on this server, on this machine, or encrypted."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def local_path(text: str) -> str:
    """Return `text` if it is a path on this server, else ``/``, so no redirect leads elsewhere.

    Browsers read backslashes as slashes, ignore tabs and newlines, and take two slashes for the
    start of a host name; a path with any of these is refused.
    """
    plain = text.startswith("/") and not text.startswith("//") and len(text) <= 2000
    return text if plain and _printable(text) else "/"


def is_loopback(address: str) -> bool:
    """Return True if only this machine can reach an address."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def split_url(text: object) -> SplitResult | None:
    """Return the parts of an http or https URL; None for others, and for one with a user name."""
    if not isinstance(text, str) or len(text) > 2000 or not _printable(text):
        return None
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return (
        parts if named and "@" not in parts.netloc and parts.scheme in {"http", "https"} else None
    )


def is_secure(text: object) -> bool:
    """Return True for a URL whose traffic cannot be read on its way: https, or this machine."""
    parts = split_url(text)
    return parts is not None and (parts.scheme == "https" or is_loopback(parts.hostname or ""))


def _printable(text: str) -> bool:
    return all("!" <= one <= "~" and one != "\\" for one in text)
