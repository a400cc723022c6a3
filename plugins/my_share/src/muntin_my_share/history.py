"""What a holder's units were worth over time: only where both units and price are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate

from muntin_my_share.nav_log import Point
from muntin_my_share.register import Flow, Holder, Register, total_units

#: A payment is entered under its day, and its money may arrive at any hour of it.
_SETTLED = timedelta(days=1)
#: Units may differ by this part from the sum of those that the payments name.
_CLOSE = 1e-6


def adds_up(holder: Holder) -> bool | None:
    """Return whether the payments' units sum to the holder's; None where some are not known."""
    units, named = holder.units.value, [flow.units.value for flow in holder.flows]
    known = [one for one in named if one is not None]
    if not known or len(known) < len(named) or units is None:
        return None
    return abs(sum(known) - units) <= _CLOSE * max(abs(sum(known)), units)


def at_payments(holder: Holder) -> tuple[Point, ...]:
    """Return what the units were worth after each payment, at the price that was paid."""
    if not adds_up(holder):
        return ()
    held = accumulate(flow.units.value or 0.0 for flow in holder.flows)
    return tuple(_priced(zip(holder.flows, held, strict=True)))


def _priced(flows: Iterator[tuple[Flow, float]]) -> Iterator[Point]:
    for flow, held in flows:
        if flow.time.value is not None and flow.price.value is not None:
            yield flow.time.value, held * flow.price.value


def along(log: tuple[Point, ...], holder: Holder, register: Register) -> tuple[Point, ...]:
    """Return the holder's part of every logged NAV since the last payment of anybody.

    Before it, the units that the fund had on a day are not known for certain.
    """
    total, units = total_units(register).value, holder.units.value
    since = _last_payment(register)
    if not total or units is None or since is None:
        return ()
    return tuple((at, nav * units / total) for at, nav in log if at >= since + _SETTLED)


def _last_payment(register: Register) -> datetime | None:
    """Return the time of the last payment; None if one has no time, or there are none."""
    times = [flow.time.value for holder in register.holders for flow in holder.flows]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None
