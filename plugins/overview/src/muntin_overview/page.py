"""The page: which panels it has, how wide they are, and which documents they read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from muntin import Page, Panel, hookimpl
from muntin_overview.cards import aum_card, nav_card, status_card
from muntin_overview.holdings import holdings_card
from muntin_overview.kpis import KPIS
from muntin_overview.nav import NAV
from muntin_overview.nav_state import NAV_STATE
from muntin_overview.open_positions import positions_card
from muntin_overview.positions import POSITIONS, POSITIONS_STATE
from muntin_overview.risk import risk_card


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in this plugin's section of muntin.toml."""

    #: Slices of the donut before the rest becomes "Other (n)".
    max_slices: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.max_slices <= 12:
            raise ValueError("max_slices must lie between 1 and 12")


#: Roles that may open the page.
AUDIENCE = frozenset({"investor", "operator"})


@hookimpl
def muntin_pages(settings: Any) -> tuple[Page, ...]:
    """Return the Overview page."""
    chosen = settings if isinstance(settings, Settings) else Settings()
    return (Page("overview", "Overview", panels(chosen), order=10, audience=AUDIENCE),)


def panels(settings: Settings) -> tuple[Panel, ...]:
    """Return the panels row by row; each can do without any of its feeds."""
    return (
        Panel("Net asset value", nav_card, wants=(NAV, NAV_STATE), width=4),
        Panel("Assets under management", aum_card, wants=(NAV,), width=4),
        Panel("Status", status_card, wants=(KPIS, NAV_STATE), width=4),
        Panel(
            "AUM by holding",
            partial(holdings_card, max_slices=settings.max_slices),
            wants=(NAV,),
            width=7,
        ),
        Panel("Risk and router", risk_card, wants=(KPIS, NAV_STATE), width=5),
        Panel("Positions", positions_card, wants=(POSITIONS_STATE, POSITIONS, NAV), width=12),
    )
