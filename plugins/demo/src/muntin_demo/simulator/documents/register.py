"""The register of units: who holds the fund, and what they paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.encoding import Document, iso
from muntin_demo.simulator.numbers import DAY

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund


@dataclass(frozen=True, slots=True)
class Payment:
    """Units that were bought, or given back where negative."""

    #: Days before the fund's first instant.
    days: float
    units: float
    #: Their price, as a part of the price at that instant.
    price: float
    #: The units were taken as a fee.
    fee: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who was made up, and holds units."""

    id: str
    name: str
    payments: tuple[Payment, ...]

    @property
    def units(self) -> float:
        """All units that are left."""
        return sum(payment.units for payment in self.payments)


HOLDERS = (
    Holder(
        "ada",
        "Ada Lindqvist",
        (
            Payment(412, 1_800.0, 0.83),
            Payment(131, 450.0, 0.96),
            Payment(47, -11.25, 1.01, fee=True),
        ),
    ),
    Holder("ben", "Ben Okafor", (Payment(412, 2_400.0, 0.83), Payment(66, -375.5, 1.02))),
    Holder("chloe", "Chloe Marchetti", (Payment(219, 725.5, 0.91),)),
)

#: All units there are.
UNITS = sum(holder.units for holder in HOLDERS)


def investors(fund: Fund) -> Document:
    """`investors.json`: the holders' units and payments."""
    return {
        "ts": fund.now,
        "currency": "USD",
        "units_total": UNITS,
        "holders": [_row(fund, holder) for holder in HOLDERS],
    }


def _row(fund: Fund, holder: Holder) -> Document:
    return {
        "holder": holder.id,
        "name": holder.name,
        "units": holder.units,
        "flows": [_flow(fund, payment) for payment in holder.payments],
    }


def _flow(fund: Fund, payment: Payment) -> Document:
    """One payment, entered at midnight of its day."""
    day = (fund.opened // DAY - payment.days) * DAY
    price = round(fund.first_nav / UNITS * payment.price, 4)
    return {
        "ts": iso(day),
        "kind": _kind(payment),
        "amount": round(payment.units * price, 2),
        "units": payment.units,
        "price": price,
    }


def _kind(payment: Payment) -> str:
    if payment.fee:
        return "performance_fee"
    return "subscription" if payment.units > 0 else "redemption"
