"""The trader: what it wants, what the risk gates refuse, and what comes of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.book import Position
from muntin_demo.simulator.listings import BY_SYMBOL, CONTRACTS, Contract
from muntin_demo.simulator.numbers import clamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from muntin_demo.simulator.market import Market
    from muntin_demo.simulator.router import Execution, Policy

#: Shares of NAV a symbol, and all of them together, may be worth.
SYMBOL_CAP = 0.12
GROSS_CAP = 0.55
MAX_POSITIONS = 5
MIN_NOTIONAL = 15.0

_TRADED = tuple(contract.symbol for contract in CONTRACTS if contract.enabled)


@dataclass(frozen=True, slots=True)
class Account:
    """What the desk sees of the fund when it decides."""

    nav: float
    gross: float
    positions: Mapping[str, Position]

    def notional(self, symbol: str, mark: float) -> float:
        """Dollars at stake in the symbol."""
        held = self.positions.get(symbol)
        return 0.0 if held is None else abs(held.qty) * mark


@dataclass(frozen=True, slots=True)
class Intent:
    """What the desk would like to do."""

    symbol: str
    #: Signed: a sale is negative.
    qty: float
    mark: float
    reduce_only: bool
    confidence: float

    @property
    def side(self) -> str:
        """BUY or SELL."""
        return "BUY" if self.qty > 0 else "SELL"

    @property
    def contract(self) -> Contract:
        """The contract the intent is about."""
        return BY_SYMBOL[self.symbol]

    @property
    def notional(self) -> float:
        """Dollars the intent is worth."""
        return round(abs(self.qty) * self.mark, 2)


@dataclass(frozen=True, slots=True)
class Veto:
    """The gate that refused an intent, its limit, and what it met."""

    reason: str
    limit: float
    observed: float


@dataclass(frozen=True, slots=True)
class Filled:
    """What an allowed intent became."""

    order: int
    execution: Execution
    before: float
    after: float
    closed: float
    realized: float
    position: Position | None


@dataclass(frozen=True, slots=True)
class Decision:
    """One intent, judged, and filled when it was allowed."""

    number: int
    at: float
    intent: Intent
    account: Account
    policy: Policy
    veto: Veto | None
    #: Whether the shadow pipeline came to the same verdict.
    agreed: bool
    #: By how much, as a share, the shadow pipeline sized it differently.
    sizing_diff: float
    filled: Filled | None

    @property
    def tag(self) -> str:
        """Ten characters that identify the decision in every log."""
        return f"{self.number * 2_654_435_761 % 2**40:010x}"


class Desk:
    """Forms intents and judges them."""

    def __init__(self, market: Market, random: Random) -> None:
        self._market = market
        self._random = random

    def intent(self, account: Account) -> Intent:
        """What the desk wants now: open, add, reduce, close or turn around."""
        symbol = self._random.choice(_TRADED)
        mark = self._market.mark(symbol)
        held = account.positions.get(symbol)
        wish = self._opening(symbol, account) if held is None else self._managing(held, account)
        lot = BY_SYMBOL[symbol].lot
        qty = round(round(wish / mark / lot) * lot, 6)
        if held is not None and wish * held.qty < 0 and abs(wish) <= abs(held.qty) * mark * 1.001:
            qty = self._within(held, qty)
        reduce_only = held is not None and held.qty * qty < 0 and abs(qty) <= abs(held.qty)
        confidence = round(clamp(self._random.gauss(0.68, 0.14), 0.05, 0.99), 3)
        return Intent(symbol, qty, mark, reduce_only, confidence)

    def veto(self, intent: Intent, account: Account) -> Veto | None:
        """The first gate that refuses the intent, or None when all let it pass."""
        if not intent.reduce_only:
            held = intent.symbol in account.positions
            if not held and len(account.positions) >= MAX_POSITIONS:
                return Veto("max_concurrent", MAX_POSITIONS, len(account.positions) + 1)
            wanted = account.notional(intent.symbol, intent.mark) + intent.notional
            if held and wanted > SYMBOL_CAP * account.nav:
                return Veto("symbol_cap", SYMBOL_CAP, round(wanted / account.nav, 4))
            total = account.gross + intent.notional
            if total > GROSS_CAP * account.nav:
                return Veto("portfolio_cap", GROSS_CAP, round(total / account.nav, 4))
        if intent.notional < MIN_NOTIONAL:
            return Veto("min_notional", MIN_NOTIONAL, intent.notional)
        return None

    def _opening(self, symbol: str, account: Account) -> float:
        """Signed dollars of a first order, with the trend more often than not."""
        size = account.nav * self._random.uniform(0.018, 0.045)
        if self._random.random() < 0.06:
            size = MIN_NOTIONAL * self._random.uniform(0.3, 0.95)
        return size * self._sense(symbol)

    def _managing(self, held: Position, account: Account) -> float:
        """Signed dollars that change a held position."""
        worth = abs(held.qty) * self._market.mark(held.symbol)
        direction = 1.0 if held.qty > 0 else -1.0
        full = worth > 0.85 * SYMBOL_CAP * account.nav and self._random.random() < 0.75
        if self._sense(held.symbol) == direction and not full:
            share = self._random.uniform(0.008, 0.03)
            return direction * account.nav * share
        turn = self._random.random()
        if turn < 0.45:
            return -direction * worth * self._random.uniform(0.25, 0.6)
        return -direction * worth * (1.0 if turn < 0.85 else 1.7)

    def _sense(self, symbol: str) -> float:
        """+1 to be long, -1 to be short: the trend as a trader sees it, through noise."""
        seen = self._market.trend(symbol) + self._random.gauss(0.0, 0.55)
        return 1.0 if seen > 0 else -1.0

    @staticmethod
    def _within(held: Position, qty: float) -> float:
        """The quantity, at most what is held; all of it when next to nothing would stay."""
        lot = BY_SYMBOL[held.symbol].lot
        if abs(held.qty) - abs(qty) < 1.5 * lot:
            return -held.qty
        return qty or (lot if held.qty < 0 else -lot)
