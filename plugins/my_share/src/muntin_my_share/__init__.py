"""My share: what the viewer holds of a fund with a register of units, and nothing of others."""

from __future__ import annotations

from muntin_my_share.allocation import allocate
from muntin_my_share.nav import NAV
from muntin_my_share.page import muntin_pages
from muntin_my_share.register import INVESTORS, Flow, Holder, Register
from muntin_my_share.returns import Rate, money_weighted
from muntin_my_share.roles import Settings, muntin_roles
from muntin_my_share.share import Share, share_of

__all__ = [
    "INVESTORS",
    "NAV",
    "Flow",
    "Holder",
    "Rate",
    "Register",
    "Settings",
    "Share",
    "allocate",
    "money_weighted",
    "muntin_pages",
    "muntin_roles",
    "share_of",
]
