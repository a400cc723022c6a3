"""A fund with long lists: 500 positions, 50 holdings and a year of NAV points, all moving."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from bench.state import State

POSITIONS, HOLDINGS, DAYS = 500, 50, 365


class HeavyState(State):
    """The simulator's documents, their lists replaced by long ones of the same shape.

    Every update changes the unrealised profit and the price of each position, and the NAV.
    """

    changed = ("positions", "positions_state", "nav_state")

    def __init__(self, folder: Path, positions: int = POSITIONS, seed: int = 8) -> None:
        self._chance = Random(seed)
        self._rows = [self._position(index) for index in range(positions)]
        super().__init__(folder, seed)

    def _position(self, index: int) -> dict[str, Any]:
        side = 1 if index % 3 else -1
        entry = round(self._chance.uniform(0.5, 900.0), 4)
        qty = side * round(self._chance.uniform(1.0, 400.0), 1)
        return {"symbol": f"P{index:03d}USDT", "qty": qty, "entry": entry, "mark": entry}

    def write_all(self) -> None:
        """Write every document, none of them old, with prices of its own."""
        super().write_all()
        self._put("nav")

    def content(self, name: str) -> Any:
        """Return a document with its long list."""
        made = super().content(name)
        match name:
            case "nav":
                return self._nav(made)
            case "positions":
                self._move()
                return {**made, "rows": [_executors(row) for row in self._rows]}
            case "positions_state":
                return {**made, "items": [_syncs(row) for row in self._rows]}
            case "nav_state":
                return {**made, "series": self._series(made["total_equity"])}
        return made

    def _move(self) -> None:
        for row in self._rows:
            row["mark"] = round(row["mark"] * self._chance.uniform(0.995, 1.005), 4)

    def _nav(self, made: dict[str, Any]) -> dict[str, Any]:
        held = {
            f"C{index:02d}": {
                "qty": 10.0 + index, "avg_cost": 20.0, "mark": 21.0,
                "usd_value": 21.0 * (10.0 + index),
            }
            for index in range(HOLDINGS)
        }  # fmt: skip
        total = made["aum"]["futures"] + sum(one["usd_value"] for one in held.values())
        aum = {**made["aum"], "offexchange": held, "total": round(total, 2)}
        return {**made, "aum": aum, "nav_detail": {**made["nav_detail"], "aum": aum}}

    def _series(self, equity: float) -> list[dict[str, Any]]:
        """Return a point a day up to now."""
        now, day = time.time(), 86400.0
        values = (equity * (1 + 0.001 * (left % 30)) for left in range(DAYS - 1, -1, -1))
        return [
            {
                "t": datetime.fromtimestamp(now - (DAYS - 1 - index) * day, UTC).isoformat(),
                "nav": round(value, 2), "equity": round(value, 2),
                "total_equity": round(value, 2), "unrealized_pnl": 0.0,
            }
            for index, value in enumerate(values)
        ]  # fmt: skip


def _upnl(row: dict[str, Any]) -> float:
    return round(float(row["qty"] * (row["mark"] - row["entry"])), 2)


def _executors(row: dict[str, Any]) -> dict[str, Any]:
    """Return a position as positions.json has it."""
    return {
        "symbol": row["symbol"], "positionSide": "LONG" if row["qty"] > 0 else "SHORT",
        "qty": row["qty"], "entryPrice": row["entry"], "unrealized": _upnl(row),
        "leverage": 3.0, "markPrice": row["mark"],
    }  # fmt: skip


def _syncs(row: dict[str, Any]) -> dict[str, Any]:
    """Return a position as positions_state.json has it."""
    notional = round(abs(row["qty"]) * row["mark"], 4)
    return {
        "symbol": row["symbol"], "side": "LONG" if row["qty"] > 0 else "SHORT",
        "qty": row["qty"], "entry_price": row["entry"], "mark_price": row["mark"],
        "pnl": _upnl(row), "leverage": 3, "notional": notional,
    }  # fmt: skip
