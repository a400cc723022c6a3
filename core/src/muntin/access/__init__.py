"""Access control: who is asking, what they may see, and a record of it. Knows no web server."""

from __future__ import annotations

from muntin.access.access import Access
from muntin.access.errors import ProviderError
from muntin.access.identity import CALLBACK, Ask, Begun, Login, Session
from muntin.access.opening import access_problems, open_access
from muntin.access.policy import Key, Policy, key_of
from muntin.access.roles import hook_of
from muntin.access.urls import is_loopback, local_path

__all__ = [
    "CALLBACK",
    "Access",
    "Ask",
    "Begun",
    "Key",
    "Login",
    "Policy",
    "ProviderError",
    "Session",
    "access_problems",
    "hook_of",
    "is_loopback",
    "key_of",
    "local_path",
    "open_access",
]
