"""The feed ``risk_vetoes``: a log of every order that a risk limit held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muntin import Entry, Node, log
from muntin_pipeline.decision import reasons_of
from muntin_pipeline.reasons import NONE_GIVEN, spoken
from muntin_pipeline.rows import DAY

NAME = "risk_vetoes"
_HOUR = 3600.0
_REASONS = ("veto_reason", "veto_detail.reasons", "original_reason", "reason")


@dataclass(frozen=True, slots=True)
class Veto:
    """One veto: the code of its reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Vetoes of one reason: its code and words, how many, and when the last one was."""

    reason: str
    label: str
    number: int
    last: datetime


def parse_veto(row: dict[str, Any]) -> Veto | None:
    """Return a row as a veto, None for a row of another kind."""
    kind = row.get("event_type")
    if kind not in (None, "risk_veto") or not any(
        key in row for key in ("veto_reason", "veto_detail")
    ):
        return None
    node = Node(row, NAME)
    found = (code for path in _REASONS for code in reasons_of(node.at(path).raw))
    return Veto(next(found, NONE_GIVEN))


def tally(entries: Iterable[Entry[Veto]]) -> tuple[Tally, ...]:
    """Return the vetoes by reason, the most frequent first."""
    counts: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for entry in entries:
        counts[entry.value.reason] += 1
        last[entry.value.reason] = entry.at
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(code, spoken(code), number, last[code]) for code, number in ranked)


EXAMPLE = [
    {
        "symbol": symbol,
        "veto_reason": reason,
        "original_reason": reason,
        "veto_detail": {"gate": "risk_limits", "reasons": [reason]},
        "qty_req": 4.0,
        "ts": at,
        "event_type": "risk_veto",
    }
    for symbol, reason, at in (
        ("LINKUSDT", "symbol_cap", "2025-11-26T08:15:00+00:00"),
        ("SOLUSDT", "symbol_cap", "2025-11-26T14:40:00+00:00"),
        ("ETHUSDT", "max_concurrent", "2025-11-26T20:05:00+00:00"),
    )
]

VETOES = log(
    NAME,
    parse_veto,
    path="../execution/risk_vetoes.jsonl",
    also=("execution/risk_vetoes.jsonl", "../logs/execution/risk_vetoes.jsonl"),
    window=DAY,
    at=("ts", "timestamp", "local_ts"),
    late_after=12 * _HOUR,
    stale_after=48 * _HOUR,
    example=EXAMPLE,
    producer="executor",
    doc="Orders that a risk limit held back, one a line.",
    optional=True,
)
