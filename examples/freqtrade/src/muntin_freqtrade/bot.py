"""The feed ``freqtrade_bot``: what the bot is, and whether it is at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import Feed, Field, Node
from muntin_freqtrade._read import AGES

NAME = "freqtrade_bot"


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot's own word on itself."""

    name: Field[str]
    #: ``running``, ``paused``, ``stopped``, ...
    state: Field[str]
    dry_run: Field[bool]
    strategy: Field[str]
    exchange: Field[str]
    trading_mode: Field[str]
    version: Field[str]
    most_trades: Field[float]
    last_loop: Field[datetime]


def parse_bot(raw: Any) -> Bot:
    """Return the document as a value."""
    node = Node(raw, NAME)
    return Bot(
        name=node.text("bot_name"),
        state=node.text("state"),
        dry_run=node.flag("dry_run"),
        strategy=node.text("strategy"),
        exchange=node.text("exchange"),
        trading_mode=node.text("trading_mode"),
        version=node.text("version"),
        most_trades=node.number("max_open_trades", unit="count"),
        last_loop=node.time("health.last_process_ts"),
    )


EXAMPLE = {
    "version": "2025.10", "api_version": 2.4, "dry_run": True, "trading_mode": "spot",
    "short_allowed": False, "stake_currency": "USDT", "stake_amount": "100",
    "max_open_trades": 5, "exchange": "binance", "strategy": "Sample", "bot_name": "freqtrade",
    "state": "running", "runmode": "dry_run", "health": {"last_process_ts": 1764188088},
    "updated_ts": 1764188088,
}  # fmt: skip

BOT = Feed(NAME, parse_bot, example=EXAMPLE, doc="GET /api/v1/show_config and health.", **AGES)
