"""The Trades page of Muntin: closed trades, what they earned, and what earned it."""

from __future__ import annotations

from muntin_trades.groups import Group, by
from muntin_trades.ledger import LEDGER, Ledger, Trade
from muntin_trades.page import muntin_pages
from muntin_trades.results import Results, results_of

__all__ = [
    "LEDGER",
    "Group",
    "Ledger",
    "Results",
    "Trade",
    "by",
    "muntin_pages",
    "results_of",
]
