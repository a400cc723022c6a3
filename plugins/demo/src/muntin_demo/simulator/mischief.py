"""What can go wrong with a document: each mischief returns what lands on the disk instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muntin_demo.simulator.catalogue import DOCUMENTS, document
from muntin_demo.simulator.documents import kpis, overview
from muntin_demo.simulator.encoding import Document, encode, iso

if TYPE_CHECKING:
    from muntin_demo.simulator.fund import Fund


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes for a file, None for no write at all."""

    data: bytes | None
    #: Written over the file instead of replacing it, as a careless writer does.
    in_place: bool = False


#: What the named document of the fund becomes.
Spoiler = Callable[[str, "Fund"], Payload]


@dataclass(frozen=True, slots=True)
class Mischief:
    """One thing that can go wrong, and the documents it can happen to."""

    words: str
    spoil: Spoiler
    #: One of these is picked, unless `together`.
    targets: tuple[str, ...]
    #: Happens to all its targets at once.
    together: bool = False
    #: The most seconds it lasts.
    longest: float = 15.0


def silence(_name: str, _fund: Fund) -> Payload:
    """Nothing is written."""
    return Payload(None)


def torn(name: str, fund: Fund) -> Payload:
    """The first half of the document, in place."""
    data = encode(document(fund, name))
    return Payload(data[: len(data) // 2], in_place=True)


def empty_file(_name: str, _fund: Fund) -> Payload:
    """No bytes at all, in place."""
    return Payload(b"", in_place=True)


def empty_object(_name: str, _fund: Fund) -> Payload:
    """An object without keys: the builder failed."""
    return Payload(encode({}))


def not_a_number(name: str, fund: Fund) -> Payload:
    """NaN where the main figure of the document stands."""
    whole = _dict(document(fund, name))
    spoilt = dict.fromkeys(_FIGURES[name], float("nan"))
    return Payload(encode({**whole, **spoilt}))


def flat_kpis(_name: str, fund: Fund) -> Payload:
    """The KPIs as the other writer shapes them."""
    return Payload(encode(kpis.flat_kpis(fund)))


def later_kpis(_name: str, fund: Fund) -> Payload:
    """The KPIs as a later version shapes them."""
    return Payload(encode(kpis.later_kpis(fund)))


def iso_time(_name: str, fund: Fund) -> Payload:
    """The NAV with its time as a text."""
    return Payload(encode({**overview.nav(fund), "updated_ts": iso(fund.observed_at)}))


def milliseconds(_name: str, fund: Fund) -> Payload:
    """The NAV with its time in milliseconds."""
    return Payload(encode({**overview.nav(fund), "updated_ts": int(fund.observed_at * 1_000)}))


def later_positions(_name: str, fund: Fund) -> Payload:
    """The positions as a later version writes them: the same list under four names."""
    whole = overview.positions(fund)
    rows = whole["rows"]
    names = dict.fromkeys(("items", "positions", "positions_ledger"), rows)
    return Payload(encode({**whole, **names}))


def nav_mirror(_name: str, fund: Fund) -> Payload:
    """A copy of nav.json under the name of nav_state.json."""
    return Payload(encode(overview.nav(fund)))


def outage(name: str, fund: Fund) -> Payload:
    """What the executor publishes while the exchange cannot be reached."""
    if name == "nav":
        return Payload(encode(_unavailable(fund)))
    if name == "positions":
        return Payload(encode({"rows": [], "updated": fund.observed_at}))
    return Payload(None)


def _unavailable(fund: Fund) -> Document:
    nothing: Document = {"total_nav": 0.0, "nav": 0.0, "nav_usd": 0.0}
    return {
        "nav": 0.0,
        "nav_usd": 0.0,
        "updated_ts": fund.observed_at,
        "nav_detail": {"source": "unavailable", "fresh": False, **nothing},
        "aum": {"futures": 0.0, "offexchange": {}, "total": 0.0},
    }


def _dict(whole: object) -> Document:
    if not isinstance(whole, dict):
        raise TypeError(f"a document with keys is needed, not a {type(whole).__name__}")
    return whole


_FIGURES = {
    "nav": ("nav", "nav_usd"),
    "nav_state": ("total_equity", "drawdown_pct"),
    "kpis_v7": ("fee_pnl_ratio",),
}
_STATES = tuple(name for name in DOCUMENTS if name != "nav_log")

MISCHIEFS = (
    Mischief("{name} is torn: only its first half is there", torn, _STATES, longest=5.0),
    Mischief("{name} is no longer written", silence, _STATES),
    Mischief("nothing is written at all", silence, DOCUMENTS, together=True),
    Mischief("{name} takes the flat shape", flat_kpis, ("kpis_v7",)),
    Mischief("{name} takes the shape of v7.6", later_kpis, ("kpis_v7",)),
    Mischief("{name} tells its time in ISO 8601", iso_time, ("nav",)),
    Mischief("{name} tells its time in milliseconds", milliseconds, ("nav",)),
    Mischief("{name} takes the shape of v7.6", later_positions, ("positions",)),
    Mischief("{name} is replaced by a copy of nav", nav_mirror, ("nav_state",)),
    Mischief("{name} is an empty file", empty_file, _STATES, longest=6.0),
    Mischief("{name} is an empty object", empty_object, _STATES),
    Mischief("{name} has NaN for its main figure", not_a_number, tuple(_FIGURES)),
    Mischief(
        "the exchange cannot be reached: NAV 0, no positions",
        outage,
        ("nav", "positions", "nav_state", "synced_state"),
        together=True,
    ),
)
