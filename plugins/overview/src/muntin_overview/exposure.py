"""The exposure: how much of the NAV is in open positions, gross and net, and on what margin."""

from __future__ import annotations

from muntin import Field, Presence, Snapshot
from muntin.ui import Metric, Note, Stack, metrics, note, stack, status_text
from muntin_overview.nav import NAV, Nav
from muntin_overview.open_positions import best_document
from muntin_overview.positions import POSITIONS_STATE, Position, Positions

_GROSS = "The sum of all open positions at their marks, longs and shorts alike."
_NET = "Longs less shorts at their marks: how far the fund leans to one side."
_PART = "Gross exposure ÷ NAV. Above 100 % the positions are larger than the fund."
_MARGIN = "The sum of notional ÷ leverage over all positions, where every one names its leverage."
_LEVERAGE = "Gross exposure ÷ margin in use."


def exposure_card(snapshot: Snapshot) -> Stack:
    """Return gross and net exposure as money and as parts of the NAV; words where unknown."""
    found = best_document(snapshot)
    if found is None:
        return stack(Note(f"Exposure unknown: {status_text(snapshot, POSITIONS_STATE)}.", "none"))
    if not found.rows:
        return stack(Note("No open positions, so no exposure.", "none"))
    nav = snapshot.get(NAV, Nav()).nav
    gross, net = totals(found)
    margin = _margin(found.rows)
    return stack(
        metrics(
            Metric("gross_exposure", "Gross exposure", gross, meaning=_GROSS),
            Metric("gross_exposure_pct", "Gross, of NAV", _over(gross, nav), meaning=_PART),
            Metric("net_exposure", "Net exposure", net, signed=True, tone="none", meaning=_NET),
            Metric("net_exposure_pct", "Net, of NAV", _over(net, nav), signed=True, tone="none"),
            *_on_margin(gross, margin, nav),
        ),
        note(_partial(found.rows), "warn"),
    )


def totals(found: Positions) -> tuple[Field[float], Field[float]]:
    """Return gross and net exposure over the positions whose notional and side are known."""
    rows = [one for one in found.rows if one.notional.ok and one.side.value in {"LONG", "SHORT"}]
    formula = f"of {len(rows)} of {len(found.rows)} positions"
    gross = Field.total((one.notional for one in rows), f"sum of the notionals {formula}", "items")
    if gross is None:
        nothing = found.rows[0].notional.withheld("no position has a notional")
        return nothing, nothing
    net = sum((one.notional.value or 0.0) * (1 if one.side.value == "LONG" else -1) for one in rows)
    return gross, gross.derive(net, f"longs less shorts {formula}")


def _margin(rows: tuple[Position, ...]) -> Field[float] | None:
    parts = [
        one.notional.derive(one.notional.value / one.leverage.value, "notional ÷ leverage")
        for one in rows
        if one.notional.value is not None and one.leverage.value
    ]
    whole = len(parts) == len(rows)
    return Field.total(parts, "sum of notional ÷ leverage", "items") if whole else None


def _on_margin(
    gross: Field[float], margin: Field[float] | None, nav: Field[float]
) -> tuple[Metric, ...]:
    if margin is None or not margin.value or gross.value is None:
        return ()
    leverage = gross.derive(gross.value / margin.value, "gross ÷ margin", unit="multiple")
    return (
        Metric("margin_used", "Margin in use", margin, meaning=_MARGIN),
        Metric("margin_used_pct", "Margin, of NAV", _over(margin, nav)),
        Metric("leverage", "Average leverage", leverage, meaning=_LEVERAGE),
    )


def _over(amount: Field[float], nav: Field[float]) -> Field[float]:
    part = amount.value / nav.value if amount.value is not None and nav.value else None
    made = amount.derive(part, "÷ NAV of nav.json", unit="fraction")
    return made if part is not None else made.withheld("no NAV is known", Presence.MISSING)


def _partial(rows: tuple[Position, ...]) -> str:
    left = [one for one in rows if not one.notional.ok or one.side.value not in {"LONG", "SHORT"}]
    if not left:
        return ""
    names = ", ".join(one.symbol.value or "–" for one in left[:8])
    return f"Without a notional or a side, and not counted: {names}."
