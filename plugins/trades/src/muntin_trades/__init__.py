"""The Trades page of Muntin: closed trades, what they earned, and what earned it."""

from __future__ import annotations

from muntin_trades.groups import Group, by
from muntin_trades.ledger import LEDGER, Ledger, Trade
from muntin_trades.page import Settings, muntin_pages, muntin_panels
from muntin_trades.results import Results, results_of

__all__ = [
    "LEDGER",
    "Group",
    "Ledger",
    "Results",
    "Settings",
    "Trade",
    "by",
    "muntin_pages",
    "muntin_panels",
    "results_of",
]
