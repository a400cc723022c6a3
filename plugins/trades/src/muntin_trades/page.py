"""The page: which panels it has, how wide they are, and which document they read."""

from __future__ import annotations

from dataclasses import dataclass

from muntin import Page, Panel, hookimpl
from muntin_trades.cards import groups_card, results_card, symbols_card, trades_card
from muntin_trades.ledger import LEDGER


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set in this plugin's section of muntin.toml."""

    #: Slug of another page that shows the results too, such as "overview"; "" for none.
    results_on: str = ""


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


@hookimpl
def muntin_panels(settings: Settings) -> tuple[Panel, ...]:
    """Return the results for the page that the settings name; only operators see them there."""
    if not settings.results_on:
        return ()
    return (
        Panel(
            "Results of closed trades",
            results_card,
            needs=(LEDGER,),
            page=settings.results_on,
            audience=OPERATORS,
            optional=True,
        ),
    )
