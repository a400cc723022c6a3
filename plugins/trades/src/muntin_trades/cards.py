"""The panels: results, what earned them, and the trades themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC

from muntin import Field, Snapshot
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Row,
    Stack,
    Table,
    Tone,
    feed_warnings,
    join,
    line,
    metrics,
    note,
    row,
    stack,
    table,
    text_of,
)
from muntin_trades.chart import chart
from muntin_trades.groups import Group, by, spoken
from muntin_trades.ledger import LEDGER, Ledger, Trade
from muntin_trades.results import MATURE, Results, results_of

#: Two sums that differ by more than this part of a cent for each trade are both named.
_ROUNDING = 0.006
#: Trades up to which the table is as long as they are.
_INLINE = 100
_NET = "What all closed trades earned, after fees. Open positions are not in it."
_FACTOR = "All that was won over all that was lost. Above 1 the trades earned money."
_FALL = "The largest fall of the summed results from the highest point that they had before."

#: What trades are told apart by.
_BY: tuple[tuple[str, Callable[[Trade], Field[str]]], ...] = (
    ("Reason for the exit", lambda trade: spoken(trade.reason)),
    ("Side", lambda trade: trade.side),
    ("Strategy", lambda trade: spoken(trade.strategy)),
    ("Regime at the entry", lambda trade: spoken(trade.regime)),
)

_TRADES = (
    Column("closed", "Closed, UTC", numeric=False),
    Column("symbol", "Symbol", numeric=False),
    Column("side", "Side", numeric=False),
    Column("held", "Held for", wide_only=True),
    Column("quantity", "Quantity", wide_only=True),
    Column("entry", "Entry", wide_only=True),
    Column("exit", "Exit", wide_only=True),
    Column("gross", "Gross", unit="USD", signed=True, wide_only=True),
    Column("fees", "Fees", unit="USD", wide_only=True),
    Column("net", "Net", unit="USD", signed=True),
    Column("reason", "Reason for the exit", numeric=False, wide_only=True),
)


def results_card(snapshot: Snapshot) -> Stack:
    """Return what all trades earned together, with the line of their sum."""
    ledger = snapshot[LEDGER]
    found = results_of(ledger.trades)
    return stack(
        metrics(
            Metric("trades_net", "Net result", found.net, signed=True, meaning=_NET),
            Metric("trades_gross", "Before fees", found.gross, signed=True),
            Metric("trades_fees", "Fees", found.fees),
            Metric("trades_count", "Closed trades", found.count),
        ),
        metrics(
            _rate("trades_hit_rate", "Won", found.hit_rate),
            Metric("trades_mean_win", "Mean gain", found.mean_win),
            Metric("trades_mean_loss", "Mean loss", found.mean_loss),
            _rate("trades_factor", "Profit factor", found.profit_factor, _FACTOR),
            Metric("trades_fall", "Deepest fall", found.deepest_fall, meaning=_FALL),
        ),
        _span(ledger),
        chart(ledger.trades, found.net),
        *(note(text, "warn") for text in _remarks(ledger, found)),
        *feed_warnings(snapshot, LEDGER),
    )


def _rate(name: str, text: str, field: Field[float], meaning: str = "") -> Metric:
    """Return a metric; a dash has its reason below it."""
    return Metric(name, text, field, meaning=meaning, note="" if field.ok else field.problem)


def _span(ledger: Ledger) -> object:
    """Return when the first and the last of the trades were closed."""
    dated = [trade.closed for trade in ledger.trades if trade.closed.ok]
    if not dated:
        return None
    return line(Metric("trades_first", "From", dated[0]), Metric("trades_last", "to", dated[-1]))


def _remarks(ledger: Ledger, found: Results) -> Iterator[str]:
    """Yield what does not fit together in the document."""
    said, summed = ledger.net, found.net
    if said.value is not None and summed.value is not None:
        close = 0.01 + _ROUNDING * (found.count.value or 0)
        if abs(said.value - summed.value) > close:
            yield (
                f"The document's own total ({said.path}) is {text_of(said, signed=True)} USD, its"
                f" trades sum to {text_of(summed, signed=True)} USD."
            )
    unknown = len(ledger.trades) - (found.count.value or 0)
    if unknown:
        yield f"{unknown} of {len(ledger.trades)} trades have no result and are not counted."
    if ledger.rejected:
        yield f"Left out: {ledger.rejected} entries without a symbol or a result."


def symbols_card(snapshot: Snapshot) -> Stack:
    """Return the result by symbol."""
    groups = by(snapshot[LEDGER].trades, lambda trade: trade.symbol)
    return stack(_groups("Symbol", groups), note(_immature(groups)))


def groups_card(snapshot: Snapshot) -> Stack:
    """Return the result by reason for the exit, side, strategy and regime, where these differ."""
    trades = snapshot[LEDGER].trades
    grouped = [(name, by(trades, what)) for name, what in _BY]
    shown = [(name, groups) for name, groups in grouped if len(groups) > 1]
    if not shown:
        return stack(note("All trades have the same side, strategy, regime and reason."))
    tables = (_groups(name, groups) for name, groups in shown)
    return stack(*tables, note(_immature([one for _, groups in shown for one in groups])))


def _groups(name: str, groups: tuple[Group, ...]) -> Table:
    columns = (
        Column("group", name, numeric=False),
        Column("net", "Net", unit="USD", signed=True),
        Column("n", "n"),
        Column("mean", "A trade", unit="USD", signed=True),
        Column("won", "Won"),
    )
    return table(columns, map(_group, groups), empty="No closed trades.")


def _group(one: Group) -> Row:
    found = one.results
    tone: Tone = "" if found.mature else "none"
    muted = "" if found.mature else f"{found.count.value or 0} of {MATURE} trades"
    return row(
        one.key, one.label, Cell(found.net), found.count, Cell(found.mean, tone), found.hit_rate,
        muted=muted,
    )  # fmt: skip


def _immature(groups: Iterable[Group]) -> str:
    few = [one for one in groups if not one.results.mature]
    if not few:
        return ""
    names = [one.label.value or "unnamed" for one in few]
    named = join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    return f"Greyed, for fewer than {MATURE} trades say little: {named}."


def trades_card(snapshot: Snapshot) -> Table:
    """Return every trade, the newest first."""
    trades = snapshot[LEDGER].trades
    return table(_TRADES, map(_trade, reversed(trades)), empty="No closed trades.", inline=_INLINE)


def _trade(trade: Trade) -> Row:
    return row(
        trade.id, _day(trade), trade.symbol, _side(trade.side), _held(trade), trade.quantity,
        trade.entry_price, trade.exit_price, trade.gross, trade.fees, trade.net,
        spoken(trade.reason),
    )  # fmt: skip


def _day(trade: Trade) -> Cell:
    at = trade.closed.value
    return Cell(trade.closed, text="" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}")


def _held(trade: Trade) -> Field[float]:
    """Return the seconds from the first fill to the last one."""
    began, ended = trade.opened.value, trade.closed.value
    known = began is not None and ended is not None and ended >= began
    seconds = (ended - began).total_seconds() if known and began and ended else None
    return trade.closed.derive(seconds, "exit − entry", unit="seconds")


def _side(side: Field[str]) -> Cell:
    word = (side.value or "").upper()
    shape = {"LONG": "▲ LONG", "SHORT": "▼ SHORT"}.get(word, "")
    return Cell(side, "none", chip=side.ok, text=shape)
