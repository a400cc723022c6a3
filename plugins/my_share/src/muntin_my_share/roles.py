"""Roles: who holds units may open the page, where the settings say so."""

from __future__ import annotations

from dataclasses import dataclass

from muntin import Viewer, hookimpl
from muntin_my_share.holder import claimed_holder


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in this plugin's section of muntin.toml."""

    #: Role of all whose sign-in carries the claim ``holder``, such as "investor"; "" for none.
    #: Providers often tell who somebody is, and nothing of roles.
    holder_role: str = ""


@hookimpl
def muntin_roles(user: Viewer, settings: Settings) -> tuple[str, ...]:
    """Return the role of holders for a user who is one."""
    return (settings.holder_role,) if settings.holder_role and claimed_holder(user) else ()
