"""The panel on vetoes: how many of each reason, as bars and as a table."""

from __future__ import annotations

from muntin import Snapshot
from muntin.ui import (
    Column,
    Embed,
    Metric,
    Note,
    Row,
    Stack,
    Table,
    label,
    metrics,
    row,
    side_by_side,
    stack,
    table,
)
from muntin_pipeline.charts import reason_bars
from muntin_pipeline.reasons import meaning_of
from muntin_pipeline.rows import Span, absence, counted
from muntin_pipeline.vetoes import VETOES, Tally, tally

#: Reasons in the table before the rest becomes one row.
MOST = 12


def veto_card(snapshot: Snapshot) -> Stack | Note:
    """Return the vetoes of the last 24 hours by reason; one sentence where there are none."""
    gone = absence(snapshot, VETOES, "vetoes to count", "It begins with the first veto.")
    if gone is not None:
        return gone
    span = Span(snapshot.now, snapshot[VETOES])
    found = tally(span.entries)
    if not found:
        return stack(span.nothing("veto"), *span.notes())
    shown = folded(found)
    return stack(
        _total(span),
        side_by_side(_table(shown, span, len(span.entries)), _chart(shown, span)),
        *span.notes(),
    )


def folded(found: tuple[Tally, ...]) -> tuple[Tally, ...]:
    """Return at most MOST tallies; those left over are joined in a last one."""
    if len(found) <= MOST:
        return found
    rest = found[MOST - 1 :]
    joined = Tally(
        "",
        f"other ({len(rest)})",
        sum(item.number for item in rest),
        max(item.last for item in rest),
    )
    return (*found[: MOST - 1], joined)


def _total(span: Span) -> Stack:
    number = len(span.entries)
    field = counted(number, VETOES, "[*]", f"rows {span.words}")
    return stack(metrics(Metric("veto_count", "Vetoes, 24 h", field, words=span.at_least(number))))


def _table(shown: tuple[Tally, ...], span: Span, total: int) -> Table:
    number = "Vetoes" if span.window.complete else "Vetoes, at least"
    columns = (
        Column("reason", "Reason", numeric=False),
        Column("meaning", "What it means", numeric=False, wide_only=True),
        Column("number", number, 0),
        Column("share", "Share", 1),
        Column("last", "Last (UTC)", numeric=False, wide_only=True),
    )
    return table(columns, [_row(item, total) for item in shown])


def _row(item: Tally, total: int) -> Row:
    number = counted(item.number, VETOES, "[*].veto_reason", f"rows with {item.reason or 'others'}")
    share = number.derive(item.number / total, "of the vetoes counted", unit="fraction")
    last = label(f"{item.last:%d %b %H:%M}")
    return row(item.reason, label(item.label), label(meaning_of(item.reason)), number, share, last)


def _chart(shown: tuple[Tally, ...], span: Span) -> Embed:
    most = ", ".join(f"{item.label} {item.number:,}" for item in shown)
    return Embed(
        reason_bars(shown), f"Vetoes by reason {span.words}: {most}", 40 + 34 * max(3, len(shown))
    )
