"""The table of symbols: how each gets filled, and by which policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from muntin import Field, Presence, Snapshot
from muntin.ui import (
    RANKED,
    Cell,
    Column,
    Grade,
    Row,
    Stack,
    Table,
    Tone,
    feed_warnings,
    join,
    note,
    plural,
    row,
    stack,
    table,
)
from muntin_router_health.grades import WORDS
from muntin_router_health.health import ROUTER_HEALTH, Figure, Health, SymbolHealth


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column, and how its cell comes from a symbol."""

    column: Column
    cell: Callable[[SymbolHealth], Cell]
    #: Stands in the table even where no row ever mentions it.
    always: bool = False


def _plain(name: str) -> Callable[[SymbolHealth], Cell]:
    def cell(one: SymbolHealth) -> Cell:
        field: Field[object] = getattr(one, name)
        return Cell(field)

    return cell


def _quality(one: SymbolHealth) -> Cell:
    """Return the quality as a chip; a kind word without any figure has no colour."""
    kind = WORDS.grade_of(one.quality) in {Grade.GOOD, Grade.OK}
    tone: Tone = "none" if kind and not one.measured else ""
    return Cell(one.quality, tone, chip=one.quality.ok)


def _p95(one: SymbolHealth) -> Cell:
    return Cell(one.slippage_p95, marked=one.crossed)


def _shown(rows: tuple[SymbolHealth, ...]) -> tuple[_Shown, ...]:
    """Return the columns to show: those that no row of the document mentions stay out."""
    words = not any(isinstance(row.bias.value, float) for row in rows)
    every = (
        _Shown(Column("symbol", "Symbol", numeric=False), _plain("symbol"), always=True),
        _Shown(Column("quality", "Quality", numeric=False), _quality, always=True),
        _Shown(Column("score", "Score, 0 to 1", 3), _plain("score")),
        _Shown(Column("maker", "Maker fills", 1), _plain("maker"), always=True),
        _Shown(Column("fallback", "Fallback", 1), _plain("fallback"), always=True),
        _Shown(Column("reject", "Rejected", 1, wide_only=True), _plain("reject")),
        _Shown(
            Column("reliability", "Maker reliability", 1, wide_only=True), _plain("reliability")
        ),
        _Shown(Column("slippage_p50", "Slippage p50, bps", 2), _plain("slippage_p50")),
        _Shown(Column("slippage_p95", "Slippage p95, bps", 2), _p95),
        _Shown(Column("slippage_mean", "Mean slippage, bps", 2), _plain("slippage_mean")),
        _Shown(Column("latency", "Latency, ms", 0, wide_only=True), _plain("latency")),
        _Shown(Column("orders", "Orders", 0, wide_only=True), _plain("orders")),
        _Shown(Column("offset", "Offset, bps", 2, wide_only=True), _plain("offset")),
        _Shown(Column("bias", "Policy", numeric=not words, wide_only=True), _plain("bias")),
        _Shown(
            Column("maker_first", "Maker first", numeric=False, wide_only=True),
            _plain("maker_first"),
        ),
        _Shown(Column("value", "Value", wide_only=True), _plain("value")),
    )
    return tuple(one for one in every if one.always or _mentioned(one, rows))


#: Published as null by every version so far: a column of dashes would say nothing.
_NEVER = frozenset({"latency"})


def _mentioned(shown: _Shown, rows: tuple[SymbolHealth, ...]) -> bool:
    fields = [shown.cell(row).field for row in rows]
    if shown.column.id in _NEVER:
        return any(field.presence not in {Presence.MISSING, Presence.NULL} for field in fields)
    return any(field.presence is not Presence.MISSING for field in fields)


def symbols_card(snapshot: Snapshot) -> Stack:
    """Return the symbols, the worst first, those without any figure last and grey."""
    health = snapshot[ROUTER_HEALTH]
    return stack(
        _table(health) if health.rows or not health.figures else None,
        _other(health.figures),
        *(note(text, "warn" if warn else "none") for text, warn in _remarks(health)),
        *feed_warnings(snapshot, ROUTER_HEALTH),
    )


def _table(health: Health) -> Table:
    shown = _shown(health.rows)
    return table(
        (one.column for one in shown),
        (_row(one, shown) for one in sorted(health.rows, key=_rank)),
        empty="No symbol routed yet.",
    )


def _rank(one: SymbolHealth) -> tuple[bool, int, str]:
    """Return the order of a symbol: measured before unmeasured, then the worst first."""
    grade = WORDS.grade_of(one.quality)
    worst = -RANKED.index(grade) if grade in RANKED else 1
    return not one.measured, worst, one.symbol.value or ""


def _row(one: SymbolHealth, shown: tuple[_Shown, ...]) -> Row:
    muted = "" if one.measured else "Nothing was measured."
    key = (one.symbol.value or "").upper()
    return row(key, *(column.cell(one) for column in shown), muted=muted)


def _other(figures: tuple[Figure, ...]) -> Table | None:
    """Return a table of metric and value: numbers in one column, words in another."""
    if not figures:
        return None
    wordy = any(one.word.ok for one in figures)
    columns = [Column("metric", "Figure", numeric=False), Column("number", "Value")]
    columns += [Column("word", "Word", numeric=False)] if wordy else []
    rows = (
        row(
            str(index),
            one.name,
            one.number if not one.word.ok else Field(),
            *_word(one, wordy=wordy),
        )
        for index, one in enumerate(figures)
    )
    return table(columns, rows)


def _word(one: Figure, *, wordy: bool) -> tuple[Field[str], ...]:
    return (one.word,) if wordy else ()


def _remarks(health: Health) -> tuple[tuple[str, bool], ...]:
    return (
        (_unmeasured(health), False),
        (_latency(health), False),
        (_crossed(health), True),
        (_rejected(health), False),
    )


def _unmeasured(health: Health) -> str:
    names = [row.symbol.value or "" for row in health.rows if not row.measured]
    return f"Nothing measured: {join(names)}." if names else ""


def _latency(health: Health) -> str:
    """Return a sentence if the document has a place for the latency and never a figure in it."""
    found = {row.latency.presence for row in health.rows}
    return "Latency by symbol: not measured." if found == {Presence.NULL} else ""


def _crossed(health: Health) -> str:
    names = [row.symbol.value or "" for row in health.rows if row.crossed]
    return f"Slippage p95 below its median, which cannot be: {join(names)}." if names else ""


def _rejected(health: Health) -> str:
    if not health.rejected:
        return ""
    return f"Left out: {plural(health.rejected, 'row')} without a symbol or named twice."
