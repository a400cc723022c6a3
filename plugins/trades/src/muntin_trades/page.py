"""The page: which panels it has, how wide they are, and which document they read."""

from __future__ import annotations

from muntin import Page, Panel, hookimpl
from muntin_trades.cards import groups_card, results_card, symbols_card, trades_card
from muntin_trades.ledger import LEDGER

PANELS = (
    Panel("Results", results_card, needs=(LEDGER,), optional=True),
    Panel("By symbol", symbols_card, needs=(LEDGER,), width=6, optional=True),
    Panel("What else earned it", groups_card, needs=(LEDGER,), width=6, optional=True),
    Panel("Closed trades", trades_card, needs=(LEDGER,), optional=True),
)

#: Roles that may open the page: it shows how the fund is run.
OPERATORS = frozenset({"operator"})


@hookimpl
def muntin_pages() -> tuple[Page, ...]:
    """Return the Trades page."""
    return (Page("trades", "Trades", PANELS, order=35, audience=OPERATORS),)
