"""Access control: users, sessions, permissions and the audit. Independent of the web server."""

from __future__ import annotations

from muntin.access.authentication import Access
from muntin.access.editing import write_users
from muntin.access.errors import ProviderError
from muntin.access.identity import CALLBACK, Credentials, Login, LoginRedirect, Session
from muntin.access.opening import access_problems, open_access
from muntin.access.policy import Key, Policy, key_of
from muntin.access.roles import hook_of
from muntin.access.urls import is_loopback, local_path

__all__ = [
    "CALLBACK",
    "Access",
    "Credentials",
    "Key",
    "Login",
    "LoginRedirect",
    "Policy",
    "ProviderError",
    "Session",
    "access_problems",
    "hook_of",
    "is_loopback",
    "key_of",
    "local_path",
    "open_access",
    "write_users",
]
