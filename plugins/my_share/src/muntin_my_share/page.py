"""The page: personal, for investors; it is drawn for each of them."""

from __future__ import annotations

from muntin import Page, Panel, hookimpl
from muntin_my_share.cards import payments_card, share_card
from muntin_my_share.nav import NAV
from muntin_my_share.nav_log import NAV_LOG
from muntin_my_share.register import INVESTORS

PANELS = (
    Panel("My share", share_card, wants=(NAV, INVESTORS)),
    Panel("My payments", payments_card, wants=(NAV, INVESTORS, NAV_LOG), optional=True),
)


@hookimpl
def muntin_pages() -> tuple[Page, ...]:
    """Return the page "My share"."""
    audience = frozenset({"investor"})
    return (Page("my-share", "My share", PANELS, 15, audience, scope="personal"),)
