"""What the orders of a window amount to: samples of what was measured, and counts of the rest."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from muntin import Field, Presence, Snapshot
from muntin_router_health.orders import NAME, ORDER_METRICS, WINDOW, Order

#: Fewer values than this make no statistic to rely on.
MATURE = 30
#: A fill cannot miss its mark by its whole price: the sentinel of an order without one.
_SENTINEL = 9_999.0
#: A fee above this part of its order is the order's own value in the wrong place.
_DEAREST = 0.01


@dataclass(frozen=True, slots=True)
class Sample:
    """Measured values, in ascending order, and what they are."""

    values: tuple[float, ...]
    unit: str
    path: str

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.values)

    @property
    def mature(self) -> bool:
        """True if there are enough to rely on."""
        return self.n >= MATURE

    def quantile(self, part: float) -> Field[float]:
        """Return a quantile, between neighbours in proportion; none of nothing."""
        if not self.values:
            return Field(None, self.unit, NAME, self.path, problem="no filled order measured it")
        name = "median" if part == 0.5 else f"p{part * 100:.0f}"
        value, formula = quantile(self.values, part), f"{name} of {self.n} filled orders"
        return Field(value, self.unit, NAME, self.path, "", Presence.OK, "", formula)

    @property
    def count(self) -> Field[float]:
        """How many there are, as a field."""
        formula = f"filled orders with {self.path}"
        return Field(float(self.n), "count", NAME, self.path, "", Presence.OK, "", formula)


@dataclass(frozen=True, slots=True)
class Fills:
    """The orders of the window: what was filled, and what had to be left out."""

    filled: int
    unfilled: int
    slippage: Sample
    ack: Sample
    fill: Sample
    #: Fees in basis points of their orders, and their sum in USD.
    fee_bps: Sample
    fees: Field[float]
    maker: Field[float]
    fallback: Field[float]
    #: Filled orders whose slippage is the sentinel of an unfilled one.
    sentinels: int
    #: Fees above 1 % of their order, and fees of orders of unknown size.
    dear: int
    unchecked: int
    #: The window is held completely; otherwise every count is "at least".
    complete: bool

    @property
    def orders(self) -> int:
        """Every order, filled or not."""
        return self.filled + self.unfilled


def quantile(values: tuple[float, ...], part: float) -> float:
    """Return a quantile of ascending values, between neighbours in proportion."""
    place = (len(values) - 1) * part
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def fills_of(snapshot: Snapshot) -> Fills:
    """Return what the orders of the last 24 hours amount to."""
    window = snapshot[ORDER_METRICS]
    entries = window.within(WINDOW, snapshot.now)
    orders = _once(entry.value for entry in entries)
    filled = [order for order in orders if order.filled]
    slips = [order.slippage_bps for order in filled if order.slippage_bps is not None]
    usable = [slip for slip in slips if abs(slip) < _SENTINEL]
    fees = [(order.fee_usd, order.notional_usd) for order in filled if order.fee_usd is not None]
    sized = [(fee, notional) for fee, notional in fees if notional is not None]
    fair = [(fee, notional) for fee, notional in sized if abs(fee) <= _DEAREST * notional]
    return Fills(
        filled=len(filled),
        unfilled=len(orders) - len(filled),
        slippage=_sample(usable, "bps", "slippage_bps"),
        ack=_sample((order.ack_ms for order in filled), "ms", "timing_ms.ack"),
        fill=_sample((order.fill_ms for order in filled), "ms", "timing_ms.fill"),
        fee_bps=_sample((10_000 * fee / notional for fee, notional in fair), "bps", "fees_usd"),
        fees=_total([fee for fee, _ in fair]),
        maker=_share([order.maker for order in filled], "is_maker_final"),
        fallback=_share([order.fallback for order in filled], "used_fallback"),
        sentinels=len(slips) - len(usable),
        dear=len(sized) - len(fair),
        unchecked=len(fees) - len(sized),
        complete=window.covers(WINDOW, snapshot.now),
    )


def _once(orders: Iterable[Order]) -> list[Order]:
    """Return every order once: of several rows the filled one, else the last."""
    found: dict[str, Order] = {}
    nameless: list[Order] = []
    for order in orders:
        if not order.attempt:
            nameless.append(order)
        elif order.filled or not (order.attempt in found and found[order.attempt].filled):
            found[order.attempt] = order
    return [*found.values(), *nameless]


def _sample(values: Iterable[float | None], unit: str, path: str) -> Sample:
    return Sample(tuple(sorted(value for value in values if value is not None)), unit, path)


def _total(fees: list[float]) -> Field[float]:
    if not fees:
        return Field(None, "usd", NAME, "fees_usd", problem="no filled order has a plausible fee")
    formula = f"sum over {len(fees)} filled orders"
    return Field(math.fsum(fees), "usd", NAME, "fees_usd", "", Presence.OK, "", formula)


def _share(flags: list[bool | None], path: str) -> Field[float]:
    known = [flag for flag in flags if flag is not None]
    if not known:
        return Field(None, "fraction", NAME, path, problem="no filled order says so")
    formula = f"{sum(known)} of {len(known)} filled orders"
    return Field(sum(known) / len(known), "fraction", NAME, path, "", Presence.OK, "", formula)
