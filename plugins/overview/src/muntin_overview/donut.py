"""What the AUM is made of, as pure data: slices, what cannot be a slice, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from muntin import Field
from muntin.ui import join, text_of
from muntin_overview import colors
from muntin_overview.nav import NAME, Aum, Holding, Nav

FUTURES = "Futures"

#: Coins that are worth a dollar by promise: a mark equal to the cost says nothing about them.
_PEGGED = frozenset({"BUSD", "DAI", "FDUSD", "PYUSD", "TUSD", "USDC", "USDE", "USDT"})


_NO_COST: Field[float] = Field.missing(NAME, "aum", "usd", "no average cost is published")


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the ring, not negative; `share` is its part of all slices."""

    key: str
    label: Field[str]
    value: Field[float]
    qty: Field[float]
    share: Field[float]
    color: str
    #: Mark and average cost are the same number: there may be no price behind it.
    at_cost: bool = False
    #: What one unit cost on average, and what the holding is worth above its cost.
    cost: Field[float] = _NO_COST
    profit: Field[float] = _NO_COST


@dataclass(frozen=True, slots=True)
class Excluded:
    """A holding that cannot be a slice, and why."""

    key: str
    label: Field[str]
    value: Field[float]
    qty: Field[float]
    reason: str


@dataclass(frozen=True, slots=True)
class Ring:
    """Everything the donut and its table show."""

    slices: tuple[Slice, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    #: Sum of the slices; None if there is none.
    sum: Field[float] | None = None
    #: Labels of the holdings that went into the last slice.
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    label: Field[str]
    value: Field[float]
    qty: Field[float]
    at_cost: bool = False
    cost: Field[float] = _NO_COST
    profit: Field[float] = _NO_COST


def ring(nav: Nav, max_slices: int = 6) -> Ring:
    """Return the slices of an AUM: Futures first, then the holdings, the smallest as "Other (n)".

    Slices come from ``aum`` alone: the wallet's assets are inside Futures already.
    """
    if not nav.aum.reported:
        return Ring()
    parts = tuple(_parts(nav.aum))
    good = tuple(part for part in parts if not _problem(part))
    kept, rest = _largest(good, max_slices)
    whole = Field.total((part.value for part in good), "sum of the slices", "aum")
    chosen = colors.assign((part.key, part.label.value or "") for part in kept if part.key)
    chosen[""] = colors.FUTURES
    slices = [_slice(part, chosen[part.key], whole) for part in kept]
    if rest:
        slices.append(_slice(_other(rest), colors.OTHER, whole))
    names = tuple(part.label.value or "" for part in rest)
    return Ring(tuple(slices), tuple(_excluded(parts)), whole, names)


def _parts(aum: Aum) -> Iterator[_Part]:
    futures = Field(FUTURES, "", NAME, "aum.futures", formula="what the page calls it")
    yield _Part("", futures, aum.futures, Field.missing(NAME, "aum.futures.qty", "qty"))
    for holding in aum.holdings:
        yield _Part(
            holding.key,
            holding.label,
            holding.value,
            holding.qty,
            _maybe_at_cost(holding),
            holding.avg_cost,
            profit(holding),
        )


def profit(holding: Holding) -> Field[float]:
    """Return what a holding is worth above its cost; none where its mark may be the cost itself."""
    worth, qty, cost = holding.value.value, holding.qty.value, holding.avg_cost.value
    if worth is None or qty is None or cost is None:
        return Field.missing(NAME, f"{holding.key}.avg_cost", "usd", "no average cost is published")
    if _maybe_at_cost(holding):
        return holding.value.withheld("possibly valued at cost: no gain or loss is known")
    return holding.value.derive(worth - qty * cost, f"worth − {qty:g} × average cost {cost:g}")


def _maybe_at_cost(holding: Holding) -> bool:
    mark, cost = holding.mark.value, holding.avg_cost.value
    pegged = mark == 1.0 and (holding.label.value or "").upper() in _PEGGED
    return mark is not None and mark == cost and not pegged


def _problem(part: _Part) -> str:
    if part.value.value is None:
        return "unpriced" if part.key else "not published"
    return "negative" if part.value.value < 0 else ""


def _excluded(parts: tuple[_Part, ...]) -> Iterator[Excluded]:
    for part in parts:
        reason = _problem(part)
        if reason:
            yield Excluded(part.key, part.label, part.value, part.qty, reason)


def _largest(parts: tuple[_Part, ...], limit: int) -> tuple[tuple[_Part, ...], tuple[_Part, ...]]:
    """Return the parts to show, in their own order, and those too small for it."""
    ranked = sorted(parts, key=lambda part: (part.key != "", -(part.value.value or 0.0)))
    kept = {part.key for part in ranked[:limit]}
    return (
        tuple(part for part in parts if part.key in kept),
        tuple(part for part in parts if part.key not in kept),
    )


def _other(rest: tuple[_Part, ...]) -> _Part:
    label = Field(f"Other ({len(rest)})", "", NAME, "aum.offexchange")
    value = Field.total(
        (part.value for part in rest), f"sum of {len(rest)} holdings", "aum.offexchange"
    )
    qty = Field.missing(NAME, "aum.offexchange", "qty")
    return _Part("*", label, value or rest[0].value, qty)


def _slice(part: _Part, color: str, whole: Field[float] | None) -> Slice:
    worth, base = part.value.value or 0.0, whole.value if whole else None
    share = worth / base if base else None
    return Slice(
        part.key,
        part.label,
        part.value,
        part.qty,
        part.value.derive(share, "part of the sum of the slices", unit="fraction"),
        color,
        part.at_cost,
        part.cost,
        part.profit,
    )


def remarks(nav: Nav, made: Ring) -> tuple[str, ...]:
    """Return what a reader must know of the sum: mismatch, unpriced, not reported, at cost."""
    found = [_unpriced(nav.aum), _mismatch(nav.aum, made), _unreported(nav.aum)]
    cost = [item.label.value or "" for item in made.slices if item.at_cost]
    found.append(f"Possibly valued at cost: {', '.join(cost)}." if cost else "")
    found.append(f"Other: {join(made.other, 12)}." if made.other else "")
    return tuple(text for text in found if text)


def _unpriced(aum: Aum) -> str:
    names, part = join(aum.unpriced, 12), "Partial total: " if aum.total.ok else ""
    return f"{part}{names} unpriced." if names else ""


def _unreported(aum: Aum) -> str:
    empty = aum.reported and not aum.holdings
    return "Off-exchange holdings not reported by the producer." if empty else ""


def _mismatch(aum: Aum, made: Ring) -> str:
    """Return a sentence if the parts, the negative ones included, are not the published total."""
    if not aum.reported:
        return ""
    if aum.total.value is None:
        return "The producer published no total."
    values = (*(item.value for item in made.slices), *(item.value for item in made.excluded))
    parts = sum(field.value for field in values if field.value is not None)
    if abs(parts - aum.total.value) <= max(0.01, 1e-6 * abs(aum.total.value)):
        return ""
    summed = text_of(Field(parts, "usd"))
    return f"Parts sum to {summed} USD, the published total is {text_of(aum.total)} USD."
