"""The page "Trading bot": its panels, each a pure function of the bot's documents."""

from __future__ import annotations

from typing import Any

from muntin import Field, Page, Panel, Snapshot, hookimpl
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Note,
    Row,
    Stack,
    Table,
    label,
    line,
    metrics,
    row,
    stack,
    table,
)
from muntin_freqtrade.balance import BALANCE, Balance, Coin
from muntin_freqtrade.bot import BOT, Bot
from muntin_freqtrade.profit import PROFIT
from muntin_freqtrade.trades import TRADES, Trade

_DRY = "Dry run: the wallet and every trade are simulated."


@hookimpl
def muntin_pages() -> tuple[Page, ...]:
    """Return the bot's page."""
    panels = (
        Panel("Account", account, needs=(BALANCE,), width=4),
        Panel("Profit", profit, needs=(PROFIT,), wants=(BALANCE,), width=4),
        Panel("Bot", bot, needs=(BOT,), width=4),
        Panel("Open trades", trades, needs=(TRADES,), wants=(BOT,), width=12),
        Panel("Coins", coins, needs=(BALANCE,), width=12),
    )
    return (Page("freqtrade", "Trading bot", panels, order=20),)


def account(snapshot: Snapshot) -> Stack:
    """Return what the account is worth."""
    found = snapshot[BALANCE]
    return stack(
        Metric("bot_total", "Total", found.total, 2, big=True, note=f"in {found.stake}"),
        line(Metric("bot_change", "since the start", found.change, 2, signed=True)),
        metrics(
            Metric("bot_own", f"The bot's own, {found.stake}", found.bot, 2),
            Metric("bot_start", f"At the start, {found.stake}", found.starting, 2),
            *_fiat(found),
        ),
        Note(f"Without a price, so not in the total: {_names(found)}.") if found.unpriced else None,
    )


def _fiat(found: Balance) -> tuple[Metric, ...]:
    if not found.fiat:
        return ()
    return (Metric("bot_fiat", f"Total, {found.fiat[:12]}", found.value, 2),)


def _names(found: Balance) -> str:
    more = len(found.unpriced) - 10
    return ", ".join(found.unpriced[:10]) + (f" and {more} more" if more > 0 else "")


def profit(snapshot: Snapshot) -> Stack:
    """Return what the bot has earned."""
    found, held = snapshot[PROFIT], snapshot.get(BALANCE, None)
    stake = held.stake if held else "stake"
    return stack(
        Metric(
            "profit_all", "Profit", found.all, 2, big=True, signed=True,
            note=f"in {stake}, open trades included",
        ),
        metrics(
            Metric("profit_closed", f"Closed trades, {stake}", found.closed, 2, signed=True),
            Metric("closed_trades", "Closed of all trades", found.closed_trades, note=_of(found)),
            Metric("win_rate", "Won", found.win_rate),
            Metric("profit_factor", "Won over lost", found.factor, 2),
            Metric("expectancy", f"Per trade, {stake}", found.expectancy, 2, signed=True),
            Metric("max_drawdown", "Worst fall", found.drawdown, 2, prefix="\u2212"),
        ),
        line(Metric("profit_since", "since", found.since)),
    )  # fmt: skip


def _of(found: Any) -> str:
    return f"of {found.trades.value:,.0f}" if found.trades.ok else ""


def bot(snapshot: Snapshot) -> Stack:
    """Return what the bot is, and whether it is at work."""
    found = snapshot[BOT]
    tone: Any = {"running": "good", "stopped": "bad"}.get(found.state.value or "", "warn")
    return stack(
        metrics(
            Metric("bot_state", "State", found.state, chip=True, tone=tone),
            Metric("bot_mode", "Run mode", _mode(found), chip=True),
            Metric("bot_strategy", "Strategy", found.strategy),
            Metric("bot_exchange", "Exchange", found.exchange),
            Metric("bot_trading", "Trading mode", found.trading_mode),
            Metric("bot_version", "Version", found.version),
        ),
        line(Metric("bot_loop", "Last loop", found.last_loop)),
        Note(_DRY) if found.dry_run.value else None,
    )


def _mode(found: Bot) -> Field[str]:
    dry = found.dry_run
    if dry.value is None:
        return dry.derive(None, "")
    return dry.derive("dry run" if dry.value else "live", "dry_run")


# ------------------------------------------------------------------ tables

_TRADES = (
    Column("pair", "Pair", numeric=False),
    Column("side", "Side", numeric=False),
    Column("amount", "Amount"),
    Column("open", "Opened at", wide_only=True),
    Column("current", "Now at", wide_only=True),
    Column("stop", "Stop", wide_only=True),
    Column("share", "Profit", 2, signed=True),
    Column("profit", "Amount earned", 2, signed=True),
    Column("opened", "Since", numeric=False, wide_only=True),
)


def trades(snapshot: Snapshot) -> Stack:
    """Return the open trades, or in words that there are none."""
    found, most = snapshot[TRADES], snapshot.get(BOT, None)
    left = found.rejected
    return stack(
        line(Metric("open_trades", "Open", _count(len(found.rows)), note=_slots(most))),
        table(
            _TRADES,
            [_trade(one) for one in found.rows],
            empty="No open trades.",
            caption="Prices and amounts earned are in the currency that the pair is quoted in.",
        ),
        Note(f"Entries that cannot be read: {left}.") if left else None,
    )


def _count(value: int) -> Field[float]:
    return Field(None, "count", TRADES.name, "trades").derive(value, "entries of the list")


def _slots(found: Bot | None) -> str:
    most = found.most_trades.value if found else None
    return f"of {most:,.0f} at most" if most is not None and most > 0 else ""


def _trade(one: Trade) -> Row:
    tone: Any = {"LONG": "good", "SHORT": "bad"}.get(one.side.value or "", "none")
    return row(
        one.key,
        one.pair,
        Cell(one.side, tone, chip=one.side.ok),
        one.amount,
        one.opened_at,
        one.current,
        one.stop,
        one.share,
        one.profit,
        one.opened,
        muted="its first order is not filled yet" if one.waiting else "",
    )


_COINS = (
    Column("coin", "Coin", numeric=False),
    Column("amount", "Amount"),
    Column("free", "Free", wide_only=True),
    Column("used", "In orders and trades", wide_only=True),
    Column("worth", "Worth", 2),
    Column("share", "Share", 1),
)


def coins(snapshot: Snapshot) -> Table:
    """Return the coins, the largest first."""
    found = snapshot[BALANCE]
    ordered = sorted(found.coins, key=lambda one: -(one.worth.value or 0.0))
    return table(
        _COINS,
        [_coin(one, found) for one in ordered],
        empty="The account holds nothing.",
        caption=f"Worth in {found.stake}, as the bot prices it.",
    )


def _coin(one: Coin, found: Balance) -> Row:
    worth, total = one.worth.value, found.total.value
    share = worth / total if worth is not None and total else None
    part = one.worth.derive(share, "worth over the total", unit="fraction")
    name = label(f"{one.name.value} (position)") if one.position else one.name
    return row(one.key, name, one.amount, one.free, one.used, one.worth, part)
