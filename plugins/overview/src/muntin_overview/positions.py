"""The feeds ``positions`` and ``positions_state``: what the fund has open, in every shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from muntin import Feed, Field, MalformedFeed, Node, Presence

LISTS = ("rows", "items", "positions")
_LONG = frozenset({"long", "buy"})
_SHORT = frozenset({"short", "sell"})
_UPNL = ("unrealized", "uPnl", "unrealizedProfit", "unrealized_pnl", "pnl", "pnl_usd", "upnl")


@dataclass(frozen=True, slots=True)
class Position:
    """One open position; `qty` is never negative, its side stands beside it."""

    key: str
    symbol: Field[str]
    side: Field[str]
    qty: Field[float]
    entry: Field[float]
    mark: Field[float]
    notional: Field[float]
    upnl: Field[float]
    leverage: Field[float]
    #: The side the document names and the sign of its quantity contradict each other.
    contradicts: bool = False


@dataclass(frozen=True, slots=True)
class Positions:
    """What is open; ``Positions()`` holds no position."""

    rows: tuple[Position, ...] = ()
    #: Rows with a quantity of zero, left out.
    closed: int = 0
    #: Rows that are no objects, left out.
    rejected: int = 0
    #: Every price is 0 although something is open: the prices were never filled in.
    zeroed: bool = False


def parse_positions(raw: Any, feed: str) -> Positions:
    """Return the open positions of a document of any producer."""
    places = list(_place(Node(raw, feed)).rows())
    usable = [place for place in places if isinstance(place.raw, dict)]
    rows = [_position(place) for place in usable]
    kept = tuple(row for row in rows if row.qty.value != 0)
    still_open = [place for place, row in zip(usable, rows, strict=True) if row.qty.value != 0]
    zeroed = bool(still_open) and all(map(_zeroed, still_open))
    return Positions(kept, len(rows) - len(kept), len(places) - len(usable), zeroed)


def _place(node: Node) -> Node:
    """Return the first list that holds something; an empty one if all are empty."""
    lists = [node.at(name) for name in LISTS if isinstance(node.at(name).raw, (list, dict))]
    if not lists:
        raise MalformedFeed("rows", f"expected a list under {', '.join(LISTS)}")
    return next((place for place in lists if place.raw), lists[0])


def _qty(place: Node) -> Field[float]:
    return place.number("qty", "size", "quantity", "positionAmt", unit="qty")


def _prices(place: Node) -> Iterator[Field[float]]:
    yield place.number("entryPrice", "entry_price", "entry")
    yield place.number("markPrice", "mark_price", "mark")


def _zeroed(place: Node) -> bool:
    """Return True if the row has prices and all of them are 0."""
    values = [price.value for price in _prices(place) if price.ok]
    return bool(values) and not any(values)


def _position(place: Node) -> Position:
    signed = _qty(place)
    qty = signed
    if signed.value is not None and signed.value < 0:
        qty = signed.derive(-signed.value, "the quantity without its sign")
    mark = place.number("markPrice", "mark_price", "mark", unit="price", positive=True)
    side = _side(place, signed)
    return Position(
        key=place.path,
        symbol=place.text("symbol"),
        side=side,
        qty=qty,
        entry=place.number("entryPrice", "entry_price", "entry", unit="price", positive=True),
        mark=mark,
        notional=_notional(place, qty, mark),
        upnl=_upnl(place),
        leverage=place.number("leverage", unit="multiple", positive=True),
        contradicts=side.value == "LONG" and (signed.value or 0) < 0,
    )


def _side(place: Node, qty: Field[float]) -> Field[str]:
    """Return LONG or SHORT as the document says; in one-way mode the sign of the quantity."""
    said = place.text("side", "positionSide")
    word = (said.value or "").casefold()
    if word in _LONG or word in _SHORT:
        side = "LONG" if word in _LONG else "SHORT"
        return said if said.value == side else said.derive(side, "LONG or SHORT")
    if said.presence is Presence.INVALID or word not in {"", "both"}:
        return said
    if not qty.value:
        return said.derive(None, "")
    return qty.derive("LONG" if qty.value > 0 else "SHORT", "sign of the quantity", unit="text")


def _notional(place: Node, qty: Field[float], mark: Field[float]) -> Field[float]:
    published = place.number("notional", "notional_usd", unit="usd")
    if published.value:
        if published.value > 0:
            return published
        return published.derive(-published.value, "the notional without its sign")
    if qty.value is not None and mark.value is not None:
        return mark.derive(qty.value * mark.value, "qty × mark", unit="usd")
    return published.withheld("no usable price") if published.ok else published


def _upnl(place: Node) -> Field[float]:
    """Return the unrealised PnL; a zero beside prices of zero was never measured."""
    found = place.number(*_UPNL, unit="usd")
    if found.presence.absent:  # or blank while another key is not
        found = Field.first(*(place.number(name, unit="usd") for name in _UPNL))
    if found.value == 0 and _zeroed(place):
        return found.withheld("all prices are 0, so this 0 was not measured")
    return found


def _example(name: str, updated: str) -> dict[str, Any]:
    long = {"symbol": "BTCUSDT", "side": "LONG", "qty": 0.02, "entry": 89000.0, "mark": 90000.0}
    short = {"symbol": "ETHUSDT", "side": "SHORT", "qty": -0.5, "entry": 3000.0, "mark": 3010.0}
    return {name: [{**long, "pnl": 20.0}, {**short, "pnl": -5.0}], updated: 1764188088.0}


POSITIONS = Feed(
    "positions",
    partial(parse_positions, feed="positions"),
    late_after=180,
    stale_after=600,
    example=_example("rows", "updated"),
    producer="executor",
    doc="Open positions as the executor sees them.",
    optional=True,
)

POSITIONS_STATE = Feed(
    "positions_state",
    partial(parse_positions, feed="positions_state"),
    late_after=180,
    stale_after=600,
    example=_example("items", "updated_at"),
    producer="sync",
    doc="Open positions with prices and notionals.",
    optional=True,
)
