"""How well orders get filled: the statistics of the order router, symbol by symbol."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.listings import CONTRACTS, Contract
from muntin_demo.simulator.numbers import clamp, quantile, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

#: Fills that count in a symbol's statistics.
_WINDOW = 120
#: Fees in basis points of the notional.
_MAKER_FEE = 0.8
_TAKER_FEE = 3.2


@dataclass(frozen=True, slots=True)
class Execution:
    """How one order was filled."""

    price: float
    slippage_bps: float
    fee: float
    maker_start: bool
    maker: bool
    ack_ms: float
    fill_ms: float

    @property
    def fallback(self) -> bool:
        """True when a passive order had to be chased."""
        return self.maker_start and not self.maker


@dataclass(frozen=True, slots=True)
class Policy:
    """How orders of a symbol are sent, and why."""

    maker_first: bool
    taker_bias: str
    quality: str
    offset_bps: float

    @property
    def reason(self) -> str:
        """The router's own words for the choice."""
        return f"quality={self.quality}; regime=normal"


@dataclass(frozen=True, slots=True)
class RouterStats:
    """A symbol's fills in numbers; None where nothing was measured."""

    maker: float | None
    fallback: float | None
    slip_q25: float | None
    slip_q50: float | None
    slip_q75: float | None
    slip_q95: float | None

    @property
    def policy(self) -> Policy:
        """The policy these numbers lead to."""
        quality = graded(self.maker, self.fallback, self.slip_q50)
        bias, offset = _BIAS[quality]
        return Policy(quality != "broken", bias, quality, offset)


_BIAS = {
    "good": ("prefer_maker", 1.5),
    "ok": ("balanced", 2.0),
    "degraded": ("prefer_taker", 3.5),
    "broken": ("prefer_taker", 6.0),
}
_NOTHING = RouterStats(None, None, None, None, None, None)


def graded(maker: float | None, fallback: float | None, slip: float | None) -> str:
    """The quality by the original's rule, in which a missing number counts as 0."""
    made, chased, slipped = maker or 0.0, fallback or 0.0, slip or 0.0
    if slipped >= 50.0:
        return "broken"
    if chased >= 0.7 or slipped >= 15.0:
        return "degraded"
    if made >= 0.7 and chased <= 0.4 and slipped <= 4.0:
        return "good"
    return "ok"


class _Lane:
    """The fills of one symbol and the tide that makes them better or worse."""

    def __init__(self, contract: Contract, random: Random) -> None:
        self.contract = contract
        self.tide = random.gauss(0.0, 0.06)
        self.fills: deque[Execution] = deque(maxlen=_WINDOW)
        self.stats = _NOTHING
        self.taken = 0

    def take(self, execution: Execution) -> None:
        """Count the fill; the statistics follow at once while few, then every fourth time."""
        self.fills.append(execution)
        self.taken += 1
        if self.taken < 12 or self.taken % 4 == 0:
            self.stats = _measured(self.fills)


def _measured(fills: Sequence[Execution]) -> RouterStats:
    """The statistics of the fills, of which there is at least one."""
    slips = sorted(fill.slippage_bps for fill in fills)
    made = sum(fill.maker for fill in fills) / len(fills)
    chased = sum(fill.fallback for fill in fills) / len(fills)
    q25, q50, q75, q95 = (rounded(quantile(slips, share), 4) for share in (0.25, 0.50, 0.75, 0.95))
    return RouterStats(round(made, 4), round(chased, 4), q25, q50, q75, q95)


class Router:
    """Sends orders, and remembers how that went."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._lanes = {item.symbol: _Lane(item, random) for item in CONTRACTS}

    def stats(self, symbol: str) -> RouterStats:
        """The symbol's statistics over its last fills."""
        return self._lanes[symbol].stats

    def send(self, symbol: str, qty: float, mark: float) -> Execution:
        """How an order of that signed quantity gets filled at that mark."""
        lane, random = self._lanes[symbol], self._random
        lane.tide = clamp(0.985 * lane.tide + random.gauss(0.0, 0.02), -0.2, 0.2)
        start = random.random() < (0.96 if lane.stats.policy.maker_first else 0.1)
        maker = start and random.random() < clamp(lane.contract.maker_share + lane.tide, 0.05, 0.95)
        slip = self._slippage(lane, maker=maker)
        side = 1.0 if qty > 0 else -1.0
        price = mark * (1.0 + side * slip / 10_000.0)
        fee = abs(qty) * price * (_MAKER_FEE if maker else _TAKER_FEE) / 10_000.0
        ack = random.lognormvariate(4.3, 0.35)
        wait = random.expovariate(1 / 2_600.0) if start else random.uniform(120.0, 480.0)
        execution = Execution(
            round(price, 6), slip, round(fee, 4), start, maker, round(ack, 1), round(ack + wait, 1)
        )
        lane.take(execution)
        return execution

    def _slippage(self, lane: _Lane, *, maker: bool) -> float:
        """Basis points lost against the mark; negative is a gain."""
        usual = lane.contract.slippage
        if maker:
            return round(self._random.gauss(-0.18 * usual, 0.30 * usual), 4)
        return round(abs(self._random.gauss(usual, 0.75 * usual)) * (1.0 - lane.tide), 4)
