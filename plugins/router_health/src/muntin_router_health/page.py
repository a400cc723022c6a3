"""The page: which panels it has, how wide they are, and which documents they read."""

from __future__ import annotations

from muntin import Page, Panel, hookimpl
from muntin_router_health.fills_card import fills_card, latency_card, slippage_card
from muntin_router_health.grades import WORDS
from muntin_router_health.health import ROUTER_HEALTH
from muntin_router_health.orders import ORDER_METRICS
from muntin_router_health.quality_card import quality_card
from muntin_router_health.suggestions import SUGGESTIONS
from muntin_router_health.suggestions_card import suggestions_card
from muntin_router_health.symbols_card import symbols_card

PANELS = (
    Panel("Quality", quality_card, needs=(ROUTER_HEALTH,), width=5, optional=True, words=WORDS),
    Panel("Orders, last 24 h", fills_card, needs=(ORDER_METRICS,), width=7, optional=True),
    Panel("Symbols", symbols_card, needs=(ROUTER_HEALTH,), width=12, optional=True, words=WORDS),
    Panel("Slippage, last 24 h", slippage_card, needs=(ORDER_METRICS,), width=6, optional=True),
    Panel("Latency, last 24 h", latency_card, needs=(ORDER_METRICS,), width=6, optional=True),
    Panel("Policy suggestions", suggestions_card, needs=(SUGGESTIONS,), width=12, optional=True),
)


#: Roles that may open the page: it shows how the fund is run.
OPERATORS = frozenset({"operator"})


@hookimpl
def muntin_pages() -> tuple[Page, ...]:
    """Return the Router health page."""
    return (Page("router-health", "Router health", PANELS, order=30, audience=OPERATORS),)
