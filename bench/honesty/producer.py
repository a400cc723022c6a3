"""A small fund that publishes three documents a second, and remembers what it published."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

#: The figures that are watched, each with the document it comes from.
FIGURES = {
    "nav": "nav",
    "aum": "nav",
    "drawdown_pct": "kpis_v7",
    "maker_fill_ratio": "kpis_v7",
    "mark": "positions_state",
}
DOCUMENTS = ("nav", "kpis_v7", "positions_state")

Documents = dict[str, dict[str, Any]]
#: Turns the documents of an instant into the bytes to write; a name without bytes is left alone.
Spoil = Callable[[Documents, float], dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class Truth:
    """The figures as they were at one instant, as numbers."""

    at: float
    figures: dict[str, float]


def encode(documents: Documents) -> dict[str, bytes]:
    """Return every document as the producer writes it when nothing is wrong."""
    return {name: json.dumps(content).encode() for name, content in documents.items()}


def documents_of(now: float) -> tuple[Documents, Truth]:
    """Return the documents of an instant and the figures in them; the same for the same instant."""
    turn = now / 7
    nav = round(55_000 + 400 * math.sin(turn) + 0.01 * (now % 997), 2)
    off = round(31_000 + 200 * math.cos(turn), 2)
    drawdown = round(0.8 + 0.4 * math.sin(turn / 2), 4)
    maker = round(0.5 + 0.1 * math.cos(turn / 3), 4)
    mark = round(90_000 + 500 * math.sin(turn * 1.3), 2)
    total = round(nav + off, 2)
    aum = {
        "futures": nav,
        "offexchange": {"BTC": {"qty": 0.31, "usd_value": off, "mark": mark}},
        "total": total,
    }
    iso = datetime.fromtimestamp(now, UTC).isoformat()
    row = {
        "symbol": "BTCUSDT",
        "side": "LONG",
        "positionSide": "LONG",
        "qty": 0.05,
        "entry_price": 89_000.0,
        "mark_price": mark,
        "notional": round(mark * 0.05, 2),
        "pnl": round((mark - 89_000.0) * 0.05, 2),
    }
    documents: Documents = {
        "nav": {
            "nav": nav,
            "nav_usd": nav,
            "updated_ts": now,
            "nav_detail": {"source": "live", "fresh": True},
            "aum": aum,
        },
        "kpis_v7": {
            "ts": iso,
            "nav": {"updated_at": now},
            "dd_state": "normal",
            "atr_regime": "normal",
            "router_quality": "ok",
            "fee_pnl_ratio": 0.2,
            "drawdown": {"dd_pct": drawdown},
            "atr": {"atr_ratio": 1.1, "atr_regime": "normal"},
            "router_stats": {
                "maker_fill_rate": maker,
                "fallback_ratio": 0.4,
                "slip_q50_bps": 2.0,
                "quality": "ok",
            },
        },
        "positions_state": {"items": [row], "updated_at": iso},
    }
    figures = {
        "nav": nav,
        "aum": total,
        "drawdown_pct": drawdown,
        "maker_fill_ratio": 100 * maker,
        "mark": mark,
    }
    return documents, Truth(now, figures)


@dataclass(slots=True)
class Producer:
    """Writes the documents into a folder; a fault takes the place of its `spoil`."""

    folder: Path
    clock: Callable[[], float] = time.time
    #: What happens to the documents on their way to the disk; None for nothing.
    spoil: Spoil | None = None
    #: What was true, newest last, whatever reached the disk.
    truths: list[Truth] = field(default_factory=list)

    def write(self) -> None:
        """Write the documents of now, each put in place whole, unless a fault says otherwise."""
        now = self.clock()
        documents, truth = documents_of(now)
        self.truths.append(truth)
        del self.truths[:-2000]
        payloads = encode(documents) if self.spoil is None else self.spoil(documents, now)
        for name, data in payloads.items():
            self.put(name, data)

    def put(self, name: str, data: bytes) -> None:
        """Put bytes in a document's place by temporary file and rename."""
        temporary = self.folder / f".{name}.{os.getpid()}.tmp"
        temporary.write_bytes(data)
        temporary.replace(self.folder / f"{name}.json")
