"""The feed ``investors``: the fund's register of units, holder by holder, with their payments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from muntin import EmptyFeed, Feed, Field, MalformedFeed, Node, Presence

NAME = "investors"
DAY = 86_400

#: Names under which a document may hold its holders, a row's identity, and so on.
_HOLDERS = ("holders", "investors", "register")
_IDENTITY = ("holder", "id", "name")
_TOTAL = ("units_total", "total_units")
_UNITS = ("units", "units_held", "shares")
_FLOWS = ("flows", "payments", "cashflows")
_TIME = ("ts", "date", "time", "t", "[0]")
_AMOUNT = ("amount", "amount_usd", "usd", "[1]")
#: Words beside an amount that is written without its sign.
_OUT = frozenset({"out", "redemption", "redeem", "withdrawal", "withdraw", "distribution"})
#: Words for units that were taken as a fee; nothing was paid to the holder.
_FEES = frozenset({"fee", "fees", "management_fee", "performance_fee"})


@dataclass(frozen=True, slots=True)
class Flow:
    """A payment between a holder and the fund; what was paid in is positive.

    A fee is an entry too: it takes units, and pays nothing to the holder.
    """

    time: Field[datetime]
    amount: Field[float]
    units: Field[float]
    #: USD per unit: as published, else the amount over the units.
    price: Field[float]
    fee: bool = False

    @property
    def ok(self) -> bool:
        """True if it is known how much was paid, and when."""
        return self.time.ok and self.amount.ok


@dataclass(frozen=True, slots=True)
class Holder:
    """One row of the register. `id` is "" where the row does not say whose it is."""

    id: str
    name: Field[str]
    units: Field[float]
    flows: tuple[Flow, ...] = ()
    #: The row has a list of payments, be it an empty one.
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """The document investors.json."""

    holders: tuple[Holder, ...]
    #: All units there are, where the document says so.
    units_total: Field[float]
    currency: Field[str]

    def rows_of(self, holder: str) -> tuple[Holder, ...]:
        """Return the rows of a holder, by the exact id: none, one, or a contradiction."""
        return tuple(row for row in self.holders if holder and row.id == holder)


def parse_register(raw: Any) -> Register:
    """Return the register; a row that cannot be read costs only itself."""
    if not raw:
        raise EmptyFeed("the producer published an empty register")
    node = Node(raw, NAME)
    rows = tuple(_rows(node))
    if not rows and not (isinstance(raw, dict) and node.has(*_HOLDERS)):
        raise MalformedFeed("holders", "the document holds no holders of units")
    return Register(
        tuple(_holder(key, place) for key, place in rows),
        node.number(*_TOTAL, unit="qty", low=0.0),
        node.text("currency", "ccy"),
    )


def _rows(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield identity and place of every holder: a list of rows, or an object by holder."""
    place = node if isinstance(node.raw, list) else node.at(*_HOLDERS)
    if isinstance(place.raw, list):
        yield from (_named(place, row) for row in place.raw)
    elif isinstance(place.raw, dict):
        yield from place.entries()
    elif place.raw is not None:
        place.require(list)
    elif isinstance(node.raw, dict):
        yield from ((key, row) for key, row in node.entries() if row.has(*_UNITS, *_FLOWS))


def _named(place: Node, row: Any) -> tuple[str, Node]:
    """Return a row's identity and place.

    Its path names the holder (RFC 9535) and not the index, which would tell how many others
    stand before.
    """
    for key in _IDENTITY:
        found = row.get(key) if isinstance(row, dict) else None
        if isinstance(found, int) and not isinstance(found, bool):
            return str(found), Node(row, NAME, f"{place.path}[?@.{key}=={found}]")
        if isinstance(found, str) and found.strip():
            return found, Node(row, NAME, f"{place.path}[?@.{key}=={json.dumps(found)}]")
    return "", Node(row, NAME, f"{place.path}[*]")


def _holder(key: str, row: Node) -> Holder:
    return Holder(
        key,
        row.text("name", *_IDENTITY),
        row.number(*_UNITS, unit="qty", low=0.0),
        tuple(sorted((_flow(place) for place in row.rows(*_FLOWS)), key=_when)),
        row.has(*_FLOWS),
    )


def _when(flow: Flow) -> float:
    return flow.time.value.timestamp() if flow.time.value else 0.0


def _flow(place: Node) -> Flow:
    amount = place.number(*_AMOUNT, unit="usd")
    units = place.number("units", "[2]", unit="qty")
    kind = (place.text("kind", "type").value or "").casefold()
    if kind in _OUT | _FEES:
        amount, units = _negative(amount, kind), _negative(units, kind)
    price = place.number("price", "unit_price", unit="usd", positive=True)
    if price.value is None and amount.value is not None and units.value:
        price = amount.derive(abs(amount.value / units.value), "amount ÷ units")
    return Flow(place.time(*_TIME), amount, units, price, kind in _FEES)


def _negative(field: Field[float], kind: str) -> Field[float]:
    """Return what leaves the holder: producers write it with its sign or without."""
    if field.value is None or field.value <= 0:
        return field
    return replace(field, value=-field.value, formula=f"{kind}: taken out")


def total_units(register: Register) -> Field[float]:
    """Return all units of the fund: as published, else the sum of rows that are all usable.

    A sum over the rows that happen to be readable would make every share too large, so there is
    none then.
    """
    published = register.units_total
    known = [row.units.value for row in register.holders if row.units.value is not None]
    if published.presence not in {Presence.MISSING, Presence.NULL}:
        if published.value is not None and sum(known) > published.value * (1 + 1e-9):
            return _without(published, "its holders have more units than the register says exist")
        return published
    if len(known) < len(register.holders):
        return _without(published, "not in the document, and a row's units cannot be read")
    if len({row.id for row in register.holders}) < len(register.holders):
        return _without(published, "not in the document, and two rows are of one holder")
    return published.derive(sum(known), "sum of the units of all holders")


def _without(field: Field[float], problem: str) -> Field[float]:
    return Field(None, field.unit, field.feed, field.path, "", Presence.INVALID, problem)


EXAMPLE = {
    "ts": 1764180000.0,
    "currency": "USD",
    "units_total": 1000.0,
    "holders": [
        {
            "holder": "ada",
            "name": "Ada Example",
            "units": 400.0,
            "flows": [
                {"ts": "2024-11-26", "amount": 3000.0, "units": 300.0},
                {"ts": "2025-05-26", "amount": 1050.0, "units": 100.0},
            ],
        },
        {
            "holder": "ben",
            "name": "Ben Example",
            "units": 600.0,
            "flows": [{"ts": "2024-11-26", "amount": 6000.0, "units": 600.0}],
        },
    ],
}

INVESTORS = Feed(
    NAME,
    parse_register,
    late_after=3 * DAY,
    stale_after=10 * DAY,
    example=EXAMPLE,
    producer="register",
    doc="The fund's register of units: holders, their units and their payments.",
    optional=True,
    root=object,
)
