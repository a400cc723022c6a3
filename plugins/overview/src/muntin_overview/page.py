"""The page: which panels it has, how wide they are, and which documents they read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from muntin import Page, Panel, hookimpl
from muntin_overview.cards import aum_card, nav_card, status_card
from muntin_overview.exposure import exposure_card
from muntin_overview.flows import FLOWS
from muntin_overview.grades import WORDS
from muntin_overview.holdings import holdings_card
from muntin_overview.kpis import KPIS
from muntin_overview.nav import NAV
from muntin_overview.nav_line import SCRIPT
from muntin_overview.nav_log import NAV_LOG
from muntin_overview.nav_state import NAV_STATE
from muntin_overview.open_positions import positions_card
from muntin_overview.positions import POSITIONS, POSITIONS_STATE
from muntin_overview.risk import risk_card


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in this plugin's section of muntin.toml."""

    #: Slices of the donut before the rest becomes "Other (n)".
    max_slices: int = 6

    #: Code of a second currency for NAV and AUM, at the rate of the KPIs; "" for none.
    currency: str = "ZAR"

    def __post_init__(self) -> None:
        if not re.fullmatch("[A-Za-z]{3}|", self.currency):
            raise ValueError("currency is a code of three letters, such as ZAR, or empty")
        if not 1 <= self.max_slices <= 12:
            raise ValueError("max_slices must lie between 1 and 12")


#: Roles that may open the page.
AUDIENCE = frozenset({"investor", "operator"})


@hookimpl
def muntin_pages(settings: Settings) -> tuple[Page, ...]:
    """Return the Overview page."""
    return (Page("overview", "Overview", panels(settings), order=10, audience=AUDIENCE),)


def panels(settings: Settings) -> tuple[Panel, ...]:
    """Return the panels row by row; each can do without any of its feeds."""
    return (
        Panel(
            "Net asset value",
            partial(nav_card, currency=settings.currency),
            wants=(NAV, NAV_STATE, NAV_LOG, FLOWS, KPIS),
            width=4,
            scripts=(SCRIPT,),
        ),
        Panel(
            "Assets under management",
            partial(aum_card, currency=settings.currency),
            wants=(NAV, KPIS),
            width=4,
        ),
        Panel("Status", status_card, wants=(KPIS, NAV_STATE), width=4, words=WORDS),
        Panel(
            "AUM by holding",
            partial(holdings_card, max_slices=settings.max_slices),
            wants=(NAV,),
            width=8,
        ),
        Panel("Risk and router", risk_card, wants=(KPIS, NAV_STATE), width=4, words=WORDS),
        Panel("Exposure", exposure_card, wants=(POSITIONS_STATE, POSITIONS, NAV)),
        Panel("Positions", positions_card, wants=(POSITIONS_STATE, POSITIONS, NAV), width=12),
    )
