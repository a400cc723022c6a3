"""The page: which panels it has, how wide they are, and which documents they read."""

from __future__ import annotations

from muntin import Page, Panel, hookimpl
from muntin_intel.allocation_card import allocation_card
from muntin_intel.expectancy import EXPECTANCY
from muntin_intel.expectancy_card import expectancy_card
from muntin_intel.hours_card import hours_card
from muntin_intel.regimes_card import regimes_card
from muntin_intel.score_card import score_card
from muntin_intel.scores import SCORES
from muntin_intel.suggestions import SUGGESTIONS

PANELS = (
    Panel(
        "Symbol scores", score_card, needs=(SCORES,), wants=(EXPECTANCY,), width=6, optional=True
    ),
    Panel(
        "Expectancy", expectancy_card, needs=(EXPECTANCY,), wants=(SCORES,), width=6, optional=True
    ),
    Panel("Hours of the day", hours_card, needs=(EXPECTANCY,), width=7, optional=True),
    Panel("Regimes", regimes_card, needs=(EXPECTANCY,), width=5, optional=True),
    Panel(
        "Allocator suggestions",
        allocation_card,
        needs=(SUGGESTIONS,),
        wants=(SCORES,),
        width=12,
        optional=True,
    ),
)


#: Roles that may open the page: it shows how the fund is run.
OPERATORS = frozenset({"operator"})


@hookimpl
def muntin_pages() -> tuple[Page, ...]:
    """Return the Intel page."""
    return (Page("intel", "Intel", PANELS, order=40, audience=OPERATORS),)
