"""The panel on decisions over time: bars per hour, and a table with the sums."""

from __future__ import annotations

from muntin import Field, Snapshot
from muntin.ui import Cell, Column, Embed, Note, Row, Stack, Table, label, plural, row, stack, table
from muntin_pipeline.charts import ALLOWED, VETOED, hour_bars
from muntin_pipeline.rows import Span, absence, counted
from muntin_pipeline.shadow_log import SHADOW, Hour, by_hour

HEIGHT = 230


def hours_card(snapshot: Snapshot) -> Stack | Note:
    """Return the decisions of the last 24 hours; one sentence where there are none."""
    gone = absence(snapshot, SHADOW, "decisions to count", "It begins with the first decision.")
    if gone is not None:
        return gone
    span = Span(snapshot.now, snapshot[SHADOW])
    made = [entry for entry in span.entries if not entry.value.heartbeat]
    repeated = len(span.entries) - len(made)
    notes = (*span.notes(), *_repeated(repeated))
    if not made:
        return stack(span.nothing("decision"), *notes)
    hours = by_hour(made, span.start, span.now)
    said = sentence(hours, span)
    return stack(Note(said), Embed(hour_bars(hours), said, HEIGHT), _sums(hours, span), *notes)


def sentence(hours: tuple[Hour, ...], span: Span) -> str:
    """Return in words what the bars show."""
    allowed, vetoed = _both(hours)
    busy = max(hours, key=lambda hour: hour.allowed + hour.vetoed)
    most = busy.allowed + busy.vetoed
    total = plural(allowed + vetoed, "decision")
    least = "" if span.window.complete else "At least "
    return (
        f"{least}{total} {span.words}: {allowed:,} allowed, {vetoed:,} vetoed. "
        f"Most in one hour: {most:,}, from {busy.start:%H:%M} UTC."
    )


def _both(hours: tuple[Hour, ...]) -> tuple[int, int]:
    return sum(hour.allowed for hour in hours), sum(hour.vetoed for hour in hours)


def _sums(hours: tuple[Hour, ...], span: Span) -> Table:
    """Return the table of verdicts; its colours are those of the bars."""
    allowed, vetoed = _both(hours)
    total = allowed + vetoed
    columns = (
        Column("verdict", "Verdict", numeric=False),
        Column("decisions", "Decisions" if span.window.complete else "Decisions, at least", 0),
        Column("share", "Share", 1),
        Column("last_hours", "In the last 6 h", 0, wide_only=True),
    )
    late = _both(hours[-6:])
    return table(
        columns,
        (
            _sum("Allowed", allowed, total, late[0], ALLOWED),
            _sum("Vetoed", vetoed, total, late[1], VETOED),
        ),
    )


def _sum(verdict: str, number: int, total: int, late: int, color: str) -> Row:
    field: Field[int] = counted(
        number, SHADOW, "[*].risk_decision.allowed", f"rows {verdict.lower()}"
    )
    share = field.derive(number / total, "of the decisions counted", unit="fraction")
    return row(
        verdict,
        Cell(label(verdict), swatch=color),
        field,
        share,
        field.derive(late, "rows of the last six clock hours"),
    )


def _repeated(number: int) -> tuple[Note, ...]:
    if not number:
        return ()
    rows = plural(number, "heartbeat row repeats", "heartbeat rows repeat")
    return (
        Note(
            f"{rows} an earlier decision and {'is' if number == 1 else 'are'} not counted.", "none"
        ),
    )
