"""What one holder has: units, their value, what was paid in, what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from muntin import Feed, Field, Presence, Snapshot
from muntin_my_share.allocation import allocate, cents
from muntin_my_share.nav import NAV
from muntin_my_share.register import INVESTORS, Flow, Holder, Register, total_units
from muntin_my_share.returns import Rate, money_weighted

_VALUE = "own units ÷ all units × NAV, in cents; all holders' cents sum to the NAV"


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's share of the fund. What cannot be known says why in its `problem`."""

    holder: Holder
    fraction: Field[float]
    value: Field[float]
    unit_price: Field[float]
    #: All that was paid in, and all that was paid out, a positive number.
    paid_in: Field[float]
    paid_out: Field[float]
    #: Paid in less paid out.
    paid: Field[float]
    #: What was taken as fees, a positive number.
    fees: Field[float]
    gain: Field[float]
    #: The gain as a part of all that was paid in.
    gain_part: Field[float]
    yearly: Field[float]
    whole: Field[float]
    #: Years since the first payment; 0 where unknown.
    years: float = 0.0


def share_of(holder: Holder, register: Register, snapshot: Snapshot) -> Share:
    """Return the share of a holder who stands in the register."""
    missing: Field[float] = Field(None, "usd", NAV.name, "nav_usd", problem="no NAV is known")
    nav, total = snapshot.get(NAV, missing), total_units(register)
    value = _value(holder, register, nav, total, _weaker(snapshot).name)
    paid, paid_in, paid_out = _paid(holder)
    at = snapshot.reading(NAV).as_of
    hurdle = _hurdle(holder, register, paid, value, at)
    gain = _less(value, paid) if not hurdle else _none(value, hurdle)
    rate = Rate(problem=hurdle)
    if not hurdle and at is not None:
        rate = money_weighted(_dated(_payments(holder)), value.value or 0.0, at)
    part = gain.value / paid_in.value if gain.value is not None and paid_in.value else None
    return Share(
        holder,
        _over(holder.units, total),
        value,
        _price(nav, total, value),
        paid_in,
        paid_out,
        paid,
        _fees(holder),
        gain,
        _derived(gain, part, "gain ÷ all that was paid in", gain.problem or "nothing was paid in"),
        _derived(value, rate.yearly, "internal rate of return of the payments", rate.problem),
        _derived(value, rate.whole, "the yearly rate over the whole time", rate.problem),
        rate.years,
    )


def _weaker(snapshot: Snapshot) -> Feed[Any]:
    """Return the document of the two that can be trusted less: a value is as good as it."""
    return max((NAV, INVESTORS), key=lambda feed: snapshot.status(feed).rank)


def _value(
    holder: Holder, register: Register, nav: Field[float], total: Field[float], feed: str
) -> Field[float]:
    """Return the holder's cents of the NAV."""
    path = nav.path if feed == NAV.name else holder.units.path
    problem = next((one.problem for one in (holder.units, total, nav) if not one.ok), "")
    if not problem and not total.value:
        problem = "the register has no units"
    if problem:
        return Field(None, "usd", feed, path, "", Presence.INVALID, problem)
    mine = _cents(holder, register, nav.value or 0.0, total.value or 0.0)
    return Field(mine / 100, "usd", feed, path, "", Presence.OK, formula=_VALUE)


def _cents(holder: Holder, register: Register, nav: float, total: float) -> int:
    """Return the holder's part of the NAV; units that nobody listed has are a part as well."""
    rows = [row for row in register.holders if row.units.value is not None]
    units = [row.units.value or 0.0 for row in rows]
    rest = Decimal(repr(total)) - sum(Decimal(repr(one)) for one in units)
    weights = [*units, max(0.0, float(rest))]
    place = next(index for index, row in enumerate(rows) if row is holder)
    return allocate(cents(nav), weights)[place]


def _over(units: Field[float], total: Field[float]) -> Field[float]:
    part = units.value / total.value if units.value is not None and total.value else None
    problem = units.problem or total.problem or "the register has no units"
    return _derived(units, part, "own units ÷ all units", problem)


def _price(nav: Field[float], total: Field[float], value: Field[float]) -> Field[float]:
    price = nav.value / total.value if nav.value is not None and total.value else None
    return _derived(value, price, "NAV ÷ all units", value.problem, "usd")


def _payments(holder: Holder) -> list[Flow]:
    return [flow for flow in holder.flows if not flow.fee]


def _paid(holder: Holder) -> tuple[Field[float], Field[float], Field[float]]:
    """Return what was paid on balance, into the fund, and out of it."""
    payments = _payments(holder)
    nothing = _of_flows(holder)
    unusable = sum(not flow.ok for flow in payments)
    problem = "" if payments else "the register lists no payments"
    if unusable:
        problem = f"{unusable} of {len(payments)} payments cannot be read"
    if problem:
        gone = _none(nothing, problem)
        return gone, gone, gone
    amounts = [flow.amount.value or 0.0 for flow in payments]
    paid_in, paid_out = [one for one in amounts if one > 0], [-one for one in amounts if one < 0]
    return (
        nothing.derive(_sum(amounts), "sum of what was paid in, less what was paid out"),
        nothing.derive(_sum(paid_in), "sum of what was paid in"),
        nothing.derive(_sum(paid_out), "sum of what was paid out"),
    )


def _fees(holder: Holder) -> Field[float]:
    """Return the sum of the fees that the register lists; none where it lists none."""
    fees = [flow.amount.value for flow in holder.flows if flow.fee]
    nothing = _of_flows(holder)
    known = [-amount for amount in fees if amount is not None]
    if not fees:
        return _none(nothing, "the register lists no fees")
    if len(known) < len(fees):
        return _none(nothing, f"{len(fees) - len(known)} of {len(fees)} fees cannot be read")
    return nothing.derive(_sum(known), "sum of the fees")


def _of_flows(holder: Holder) -> Field[float]:
    path = holder.units.path.rpartition(".")[0] + ".flows"
    return Field(None, "usd", INVESTORS.name, path)


def _hurdle(
    holder: Holder,
    register: Register,
    paid: Field[float],
    value: Field[float],
    at: datetime | None,
) -> str:
    """Return why value and payments cannot be compared, nothing if they can."""
    currency = (register.currency.value or "USD").strip().upper()
    if not value.ok or not paid.ok:
        return value.problem or paid.problem
    if currency not in {"USD", "$"}:
        return f"payments are in {currency[:12]}, the NAV is in USD, and no rate is known"
    if at is None:
        return "the NAV has no time"
    if any(flow.time.value.date() > at.date() for flow in holder.flows if flow.time.value):
        return "a payment is newer than the NAV"
    return ""


def _dated(flows: Sequence[Flow]) -> list[tuple[datetime, float]]:
    return [
        (flow.time.value, flow.amount.value)
        for flow in flows
        if flow.time.value is not None and flow.amount.value is not None
    ]


def _less(value: Field[float], paid: Field[float]) -> Field[float]:
    return value.derive(_sum([value.value or 0.0, -(paid.value or 0.0)]), "value − net paid in")


def _sum(amounts: Sequence[float]) -> float | None:
    """Return the sum of amounts as their decimal digits add up; None if it is past all numbers."""
    total = float(sum(Decimal(repr(amount)) for amount in amounts))
    return total if math.isfinite(total) else None


def _none(field: Field[float], problem: str) -> Field[float]:
    return Field(None, field.unit, field.feed, field.path, "", Presence.INVALID, problem)


def _derived(
    source: Field[float], value: float | None, formula: str, problem: str, unit: str = "fraction"
) -> Field[float]:
    """Return a field worked out from another one; without a value it says why."""
    if value is None or not math.isfinite(value):
        return Field(None, unit, source.feed, source.path, "", Presence.INVALID, problem)
    return source.derive(value, formula, unit=unit)
