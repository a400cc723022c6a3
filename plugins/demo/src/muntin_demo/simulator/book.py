"""The wallet and the open positions, and what a trade does to both."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.numbers import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Position:
    """One open position; a negative quantity is a short."""

    symbol: str
    qty: float
    entry: float
    leverage: float

    @property
    def side(self) -> str:
        """LONG or SHORT."""
        return "LONG" if self.qty > 0 else "SHORT"

    def unrealized(self, mark: float) -> float:
        """Profit in dollars, to the cent, were it closed at the mark."""
        return round(self.qty * (mark - self.entry), 2)


@dataclass(frozen=True, slots=True)
class Close:
    """What a trade closed: the quantity taken off and the profit before fees."""

    qty: float
    realized: float


class Window:
    """Fees and realised profit over the last so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._rows: deque[tuple[float, float, float]] = deque()
        self._fees = 0.0
        self._pnl = 0.0

    def add(self, now: float, fee: float, pnl: float) -> None:
        """Count one fill."""
        self._rows.append((now, fee, pnl))
        self._fees += fee
        self._pnl += pnl

    def totals(self, now: float) -> tuple[float, float]:
        """Fees and realised profit of the window that ends now."""
        while self._rows and self._rows[0][0] < now - self._seconds:
            _, fee, pnl = self._rows.popleft()
            self._fees -= fee
            self._pnl -= pnl
        return round(self._fees, 4), round(self._pnl, 4)


class Book:
    """Balances and positions of the futures account."""

    def __init__(self, usdt: float, usdc: float, btc: float) -> None:
        self.usdt = usdt
        self.usdc = usdc
        self.btc = btc
        self.fees_total = 0.0
        self.realized_total = 0.0
        self.realized_today = 0.0
        self.three_days = Window(3.0 * DAY)
        self.seven_days = Window(7.0 * DAY)
        self._positions: dict[str, Position] = {}

    @property
    def positions(self) -> Mapping[str, Position]:
        """Open positions by symbol, in alphabetical order."""
        return self._positions

    def trade(self, fill: Position, fee: float, now: float) -> Close:
        """What the fill closed, after it changed position and wallet."""
        held = self._positions.get(fill.symbol)
        close = _closing(held, fill)
        self._hold(_merged(held, fill))
        self._settle(close.realized, fee, now)
        return close

    def _hold(self, position: Position) -> None:
        self._positions.pop(position.symbol, None)
        if position.qty:
            self._positions[position.symbol] = position
        self._positions = dict(sorted(self._positions.items()))

    def _settle(self, realized: float, fee: float, now: float) -> None:
        self.usdt += realized - fee
        self.fees_total += fee
        self.realized_total += realized
        self.realized_today += realized
        self.three_days.add(now, fee, realized)
        self.seven_days.add(now, fee, realized)


def _closing(held: Position | None, fill: Position) -> Close:
    """The part of the fill that goes against the held position."""
    if held is None or held.qty * fill.qty > 0:
        return Close(0.0, 0.0)
    qty = min(abs(held.qty), abs(fill.qty))
    direction = 1.0 if held.qty > 0 else -1.0
    return Close(qty, round(direction * qty * (fill.entry - held.entry), 4))


def _merged(held: Position | None, fill: Position) -> Position:
    """The position after the fill; quantity 0 when nothing is left."""
    if held is None:
        return fill
    qty = round(held.qty + fill.qty, 6)
    if held.qty * fill.qty > 0:
        entry = round((held.qty * held.entry + fill.qty * fill.entry) / qty, 6)
    elif qty * held.qty > 0:
        entry = held.entry
    else:
        entry = fill.entry
    return Position(fill.symbol, qty, entry, fill.leverage)
