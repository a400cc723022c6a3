# ruff: noqa: RUF009  # a Field is frozen, so one may serve as everyone's default
"""The feed ``nav``: what the fund's wallet is worth, and what it holds elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muntin import EmptyFeed, Feed, Field, MalformedFeed, Node

NAME = "nav"

#: Where the NAV stands, by version of the producer; the first one that is there counts.
NAV_PATHS = (
    "nav_total",
    "nav_usd",
    "nav",
    "nav_usdt",
    "nav_detail.total_nav",
    "nav_detail.nav_usd",
    "nav_detail.nav",
)
_HOLDINGS = "aum.offexchange"


@dataclass(frozen=True, slots=True)
class Holding:
    """One holding outside the exchange. `key` tells it from others that look alike."""

    key: str
    #: What the document calls it; `label` is that on one short line.
    name: str
    label: Field[str]
    value: Field[float]
    qty: Field[float]
    mark: Field[float]
    avg_cost: Field[float]


@dataclass(frozen=True, slots=True)
class Aum:
    """Assets under management: the futures account and every holding outside it."""

    futures: Field[float] = Field.missing(NAME, "aum.futures", "usd")
    total: Field[float] = Field.missing(NAME, "aum.total", "usd")
    holdings: tuple[Holding, ...] = ()
    #: The document holds an ``aum`` at all.
    reported: bool = False

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Labels of the holdings whose worth is unknown."""
        return tuple(h.label.value or "" for h in self.holdings if not h.value.ok)


@dataclass(frozen=True, slots=True)
class Nav:
    """The document nav.json; ``Nav()`` stands for nothing known."""

    nav: Field[float] = Field.missing(NAME, "nav_usd", "usd")
    #: ``live``, ``cache``, ``unavailable``, ``manual``, ...
    source: Field[str] = Field.missing(NAME, "nav_detail.source")
    aum: Aum = Aum()


def parse_nav(raw: Any) -> Nav:
    """Return the document as a value; a NAV of zero for want of an exchange is no value."""
    node = Node(raw, NAME)
    if not node.has(*NAV_PATHS, "aum", "nav_detail"):
        raise MalformedFeed("nav_usd", "the document holds neither a NAV nor an AUM")
    nav = _nav(node)
    source = node.text("nav_detail.source", "breakdown.source")
    if not nav.value and _outage(node, source):
        said = f"source {source.value!r}" if source.ok else "sources that had failed"
        raise EmptyFeed(f"the exchange was unavailable: the producer published NAV 0 with {said}")
    return Nav(nav, source, parse_aum(node))


def _nav(node: Node) -> Field[float]:
    nav = node.number(*NAV_PATHS, unit="usd")
    if nav.path == "nav_usdt":
        return nav.derive(nav.value, "nav_usdt, one USDT counted as one USD") if nav.ok else nav
    return nav


def _outage(node: Node, source: Field[str]) -> bool:
    """Return True if the document says that its figures were not read from the exchange."""
    if source.value is not None and source.value.casefold() == "unavailable":
        return True
    fresh = node.flag("nav_detail.fresh", "breakdown.sources_ok")
    return fresh.value is False


def parse_aum(node: Node) -> Aum:
    """Return the block ``aum`` alone: the wallet's own assets are parts of Futures already."""
    return Aum(
        futures=node.number("aum.futures", unit="usd"),
        total=node.number("aum.total", unit="usd"),
        holdings=tuple(_holdings(node)),
        reported=isinstance(node.at("aum").raw, dict),
    )


def _holdings(node: Node) -> Iterator[Holding]:
    """Yield the holdings, whether they are an object by symbol or a list with symbols."""
    if isinstance(node.at(_HOLDINGS).raw, list):
        for place in node.rows(_HOLDINGS):
            named = place.text("symbol", "asset", "label")
            yield _holding(place, place.path, named.value or "(no name)")
    else:
        for key, place in node.entries(_HOLDINGS):
            yield _holding(place, place.path, key)


def _holding(place: Node, key: str, label: str) -> Holding:
    shown = " ".join(label.split()) or "(no name)"
    line = Field(shown if len(shown) <= 40 else f"{shown[:39]}…", "", NAME, place.path)
    mark = place.number("mark", "price", unit="usd", positive=True)
    return Holding(
        key=key,
        name=label,
        label=line,
        value=_worth(place, mark),
        qty=place.number("qty", "quantity", "amount", unit="qty"),
        mark=mark,
        avg_cost=place.number("avg_cost", unit="usd", positive=True),
    )


def _worth(place: Node, mark: Field[float]) -> Field[float]:
    """Return what a holding is worth; a worth of zero by a price that is none is unknown."""
    value = place.number("usd_value", "value_usd", unit="usd")
    if value.value == 0 and mark.raw and not mark.ok:
        return value.withheld(f"no usable price: {mark.problem}")
    return value


EXAMPLE = {
    "nav": 10500.0,
    "nav_usd": 10500.0,
    "updated_ts": 1764188088.0,
    "nav_mode": "live_wallet",
    "nav_detail": {"source": "live", "fresh": True, "total_nav": 10500.0},
    "aum": {
        "futures": 10500.0,
        "offexchange": {
            "BTC": {"qty": 0.05, "avg_cost": 80000.0, "mark": 90000.0, "usd_value": 4500.0},
            "XAUT": {"qty": 0.5, "avg_cost": 3900.0, "mark": 4000.0, "usd_value": 2000.0},
        },
        "total": 17000.0,
    },
}

NAV = Feed(
    NAME,
    parse_nav,
    as_of=("updated_ts", "updated_at", "updated", "ts", "timestamp"),
    late_after=180,
    stale_after=600,
    example=EXAMPLE,
    producer="executor",
    doc="Net asset value of the wallet, and assets under management.",
)
