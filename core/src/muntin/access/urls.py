"""Addresses: which are this machine's, which are safe to ask, and which lead nowhere else."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def local_path(text: str) -> str:
    """Return `text` if it is a path on this server, else ``/``: nobody is sent elsewhere.

    Browsers read backslashes as slashes, leave out tabs and newlines, and take two slashes for
    the start of a host name; so none of these may stand there.
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
    """Return the parts of an http or https URL with a host, None if it is none or has a user."""
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
    """Return True for a URL that nobody on the way can read: https, or on this machine."""
    parts = split_url(text)
    return parts is not None and (parts.scheme == "https" or is_loopback(parts.hostname or ""))


def _printable(text: str) -> bool:
    return all("!" <= one <= "~" and one != "\\" for one in text)
