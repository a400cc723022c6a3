"""The state documents that every server reads, and the writer that changes one of them."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

from muntin_demo.simulator import Fund, Producer, document


@dataclass(frozen=True, slots=True)
class Written:
    """One update: the NAV in it, and the instant it took the place of the one before."""

    nav: float
    at: float

    @property
    def shown(self) -> bytes:
        """The NAV as each server shows it."""
        return f"{self.nav:,.2f}".encode()


class State:
    """A simulated fund's documents in a directory; `write` changes ``nav.json``."""

    #: Documents besides ``nav.json`` that each update writes anew, before it.
    changed: tuple[str, ...] = ()

    def __init__(self, folder: Path, seed: int = 7) -> None:
        self.folder = folder
        self._fund = Fund(Random(seed), time.time())
        self._producer = Producer(self._fund, folder, time.time)
        self._used: set[float] = set()
        self.write_all()

    def write_all(self) -> None:
        """Write every document now, so that none is old."""
        self._producer.write_all(time.time())
        self._used.add(self._fund.nav)
        for name in self.changed:
            self._put(name)

    def write(self) -> Written:
        """Put a NAV that was never there before in place, by temporary file and rename."""
        nav = self._step()
        for name in self.changed:
            self._put(name)
        return Written(nav, self._put("nav"))

    def write_together(self) -> Written:
        """Do the same in one go: everything is ready before the first document is replaced."""
        nav = self._step()
        ready = [self._ready(name) for name in (*self.changed, "nav")]
        at = time.perf_counter()
        for temporary, path in ready:
            temporary.replace(path)
        return Written(nav, at)

    def _step(self) -> float:
        """Have the fund go on to a NAV that was never there before; return it."""
        self._fund.step(max(0.001, time.time() - self._fund.now))
        while self._fund.nav in self._used:
            self._fund.step(0.05)
        self._used.add(self._fund.nav)
        return self._fund.nav

    def content(self, name: str) -> Any:
        """Return a document as it is written now."""
        return document(self._fund, name)

    def _put(self, name: str) -> float:
        """Put a document in place; return when."""
        temporary, path = self._ready(name)
        at = time.perf_counter()
        temporary.replace(path)
        return at

    def _ready(self, name: str) -> tuple[Path, Path]:
        """Return a document written beside its place, and the place."""
        temporary = self.folder / f".{name}.json.{os.getpid()}.tmp"
        temporary.write_text(json.dumps(self.content(name)))
        return temporary, self.folder / f"{name}.json"

    def fields(self) -> dict[str, tuple[str, ...]]:
        """Return what a page of these documents has to show, worked out from them alone.

        Each figure may be rounded in any usual way: any of its texts will do.
        """
        nav, kpis = self._read("nav"), self._read("kpis_v7")
        drawdown = kpis["drawdown"]["dd_pct"]
        at_peak = ("At peak",) if drawdown < 0.01 else ()
        fields = {
            "NAV": rounded(nav["nav_usd"], 2),
            "AUM": rounded(nav["aum"]["total"], 2),
            "drawdown": (*rounded(drawdown, 2, 3), *at_peak),
            "drawdown state": (kpis["dd_state"],),
            "ATR regime": (kpis["atr_regime"],),
            "router quality": (kpis["router_quality"],),
            "maker fills": percent(kpis["router_stats"]["maker_fill_rate"], 1),
        }
        worth = {name: one["usd_value"] for name, one in nav["aum"]["offexchange"].items()}
        order = sorted(worth, key=lambda name: -worth[name])
        fields |= {f"holding {name}": rounded(worth[name], 2) for name in order[:5]}
        if rest := order[5:]:
            fields["the other holdings"] = (f"Other ({len(rest)})",)
            fields["their worth"] = rounded(sum(worth[name] for name in rest), 2)
        for row in self._read("positions")["rows"]:
            name = row["symbol"]
            fields |= {f"{name} symbol": (name,), f"{name} side": (row["positionSide"],)}
            fields |= {f"{name} quantity": (f"{abs(row['qty']):,g}",)}
            fields |= {f"{name} uPnL": rounded(abs(row["unrealized"]), 2)}
        return fields

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_bytes())
        return content


def percent(share: float, *digits: int) -> tuple[str, ...]:
    """Return a share's texts in per cent, worked out exactly and as floats do: 0.5125 is either."""
    exact = Decimal(repr(share)) * 100
    return (*rounded(100 * share, *digits), *rounded(exact, *digits))


def rounded(value: float | Decimal, *digits: int) -> tuple[str, ...]:
    """Return a figure's texts: its halves rounded to even, and away from zero."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return tuple(
        f"{exact.quantize(Decimal(1).scaleb(-places), rule):,}"
        for places in digits
        for rule in (ROUND_HALF_EVEN, ROUND_HALF_UP)
    )
