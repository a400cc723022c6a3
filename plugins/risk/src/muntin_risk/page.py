"""The page: which panels it has, how wide they are, and which documents they read."""

from __future__ import annotations

from typing import Any

from muntin import Page, Panel, hookimpl
from muntin_risk.cards import engine_card, limits_card, mode_card, regime_card, symbols_card
from muntin_risk.engine import ENGINE, PROBE, UNIVERSE
from muntin_risk.grades import WORDS
from muntin_risk.pressure import PRESSURE
from muntin_risk.risk import RISK

PANELS = (
    Panel("Risk mode", mode_card, needs=(RISK,), width=7, optional=True, words=WORDS),
    Panel("Limits", limits_card, needs=(RISK,), width=5, optional=True),
    Panel("Risk by symbol", symbols_card, needs=(RISK,), width=7, optional=True, words=WORDS),
    Panel(
        "Engine",
        engine_card,
        wants=(ENGINE, PROBE, UNIVERSE),
        width=5,
        optional=True,
        words=WORDS,
    ),
    Panel("Market regime", regime_card, needs=(PRESSURE,), optional=True, words=WORDS),
)

#: Roles that may open the page: it shows how the fund is run.
OPERATORS = frozenset({"operator"})


@hookimpl
def muntin_pages(settings: Any) -> tuple[Page, ...]:
    """Return the Risk page."""
    del settings
    return (Page("risk", "Risk", PANELS, order=25, audience=OPERATORS),)
