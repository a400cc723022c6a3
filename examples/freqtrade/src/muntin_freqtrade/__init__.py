"""Muntin on a freqtrade bot: a source of its REST API, a page of its own, and the Overview."""

from __future__ import annotations

from muntin_freqtrade.balance import BALANCE, Balance
from muntin_freqtrade.bot import BOT, Bot
from muntin_freqtrade.page import muntin_pages
from muntin_freqtrade.profit import PROFIT, Profit
from muntin_freqtrade.source import ROUTES, muntin_sources
from muntin_freqtrade.trades import TRADES, Trade, Trades

__all__ = [
    "BALANCE",
    "BOT",
    "PROFIT",
    "ROUTES",
    "TRADES",
    "Balance",
    "Bot",
    "Profit",
    "Trade",
    "Trades",
    "muntin_pages",
    "muntin_sources",
]
