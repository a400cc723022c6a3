"""The suggestions: each policy in force beside the one proposed, changed cells marked by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from muntin import Field, Snapshot, Status
from muntin.ui import (
    Cell,
    Column,
    Metric,
    Row,
    Stack,
    feed_warnings,
    join,
    line,
    note,
    plural,
    row,
    stack,
    table,
)
from muntin_router_health.suggestions import NAME, SUGGESTIONS, Policy, Suggestion, Suggestions

#: In the order in which they are told.
_NAMES = {
    "maker_first": "maker first",
    "bias": "taker bias",
    "bias_label": "bias word",
    "offset": "offset",
}


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two neighbouring columns: what is in force, and what is proposed."""

    id: str
    label: str
    field: Callable[[Policy], Field[Any]]
    #: What makes the pair's cells differ.
    names: frozenset[str]
    digits: int | None = None
    numeric: bool = True

    @property
    def columns(self) -> tuple[Column, Column]:
        """The two columns."""
        return (
            Column(
                f"current_{self.id}",
                f"{self.label}, now",
                self.digits,
                numeric=self.numeric,
                wide_only=True,
            ),
            Column(f"proposed_{self.id}", f"{self.label}, new", self.digits, numeric=self.numeric),
        )

    def cells(self, one: Suggestion) -> tuple[Cell, Cell]:
        """Return the two cells of a symbol, both marked if they differ."""
        marked = bool(self.names & one.changed)
        return (
            Cell(self.field(one.current), marked=marked),
            Cell(self.field(one.proposed), marked=marked),
        )


def _pairs(rows: tuple[Suggestion, ...]) -> tuple[_Pair, ...]:
    """Return the pairs; the bias is a column of numbers, or of words where there are no numbers."""
    policies = [policy for row in rows for policy in (row.current, row.proposed)]
    numbers = any(policy.bias.ok for policy in policies) or not policies
    bias = (
        _Pair("taker_bias", "Taker bias", lambda policy: policy.bias, frozenset({"bias"}), 2)
        if numbers
        else _Pair(
            "taker_bias",
            "Taker bias",
            lambda policy: policy.bias_label,
            frozenset({"bias_label"}),
            numeric=False,
        )
    )
    return (
        _Pair(
            "maker_first",
            "Maker first",
            lambda policy: policy.maker_first,
            frozenset({"maker_first"}),
            numeric=False,
        ),
        bias,
        _Pair("offset_bps", "Offset bps", lambda policy: policy.offset, frozenset({"offset"}), 2),
    )


def suggestions_card(snapshot: Snapshot) -> Stack:
    """Return the suggestions, those that change something first, and how old they are."""
    found = snapshot[SUGGESTIONS]
    pairs = _pairs(found.rows)
    return stack(
        line(*_head(found)) if found.rows else None,
        table(
            (
                Column("symbol", "Symbol", numeric=False),
                *(column for pair in pairs for column in pair.columns),
                Column("regime", "Regime", numeric=False, wide_only=True),
                Column("rationale", "Why", numeric=False, wide_only=True),
            ),
            (_row(one, pairs) for one in sorted(found.rows, key=_rank)),
            empty="No suggestions: the router would change nothing.",
        ),
        note(_labels(found)),
        note(_rejected(found)),
        *_age(snapshot),
    )


def _head(found: Suggestions) -> tuple[Metric, ...]:
    changed = sum(bool(one.changed) for one in found.rows)
    count = found.generated.derive(
        float(changed),
        f"of {len(found.rows)} symbols, those with a changed policy",
        unit="count",
        path="symbols",
    )
    metrics = [
        Metric(
            "suggestions_changed",
            "Would change",
            count,
            words=f"{changed} of {plural(len(found.rows), 'symbol')}",
        ),
        Metric("suggestions_generated", "Made at", found.generated),
    ]
    if found.lookback.ok:
        days = found.lookback.value or 0.0
        metrics.append(
            Metric(
                "suggestions_lookback",
                "From the last",
                found.lookback,
                words=f"{days:g} {'day' if days == 1 else 'days'}",
            )
        )
    return tuple(metrics)


def _rank(one: Suggestion) -> tuple[bool, str]:
    return not one.changed, one.symbol.value or ""


def _row(one: Suggestion, pairs: tuple[_Pair, ...]) -> Row:
    cells = (cell for pair in pairs for cell in pair.cells(one))
    return row((one.symbol.value or "").upper(), one.symbol, *cells, one.regime, one.rationale)


def _labels(found: Suggestions) -> str:
    """Return the words of the bias that change: their numbers alone stand in the table."""
    said = [
        f"{one.symbol.value} {one.current.bias_label.value} → {one.proposed.bias_label.value}"
        for one in found.rows
        if "bias_label" in one.changed and one.current.bias.ok
    ]
    return f"The bias changes its name: {join(said)}." if said else ""


def _rejected(found: Suggestions) -> str:
    if not found.rejected:
        return ""
    return f"Left out: {plural(found.rejected, 'row')} without a symbol or named twice."


def _age(snapshot: Snapshot) -> tuple[Any, ...]:
    if snapshot.status(SUGGESTIONS) is Status.STALE:
        text = f"Older than an hour: {NAME} no longer speaks of the present."
        return (note(text, "warn"),)
    return feed_warnings(snapshot, SUGGESTIONS)
