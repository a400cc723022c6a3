"""The first row: NAV, AUM and status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from muntin import Field, Snapshot
from muntin.ui import (
    Metric,
    Metrics,
    Note,
    Share,
    Stack,
    StackedBar,
    Tone,
    clock,
    day,
    line,
    metrics,
    stack,
    text_of,
)
from muntin_overview import series
from muntin_overview.currency import converted
from muntin_overview.donut import Ring, remarks, ring
from muntin_overview.flows import FLOWS, Flow
from muntin_overview.kpis import KPIS, Kpis
from muntin_overview.nav import NAME, NAV, Nav
from muntin_overview.nav_line import NavLine
from muntin_overview.nav_log import NAV_LOG
from muntin_overview.nav_state import NAV_STATE, NavState
from muntin_overview.words import contradiction

#: A drawdown below this part is none.
_AT_PEAK = 0.0001
#: Two NAVs that differ by more than this part are both named.
_TOLERANCE = 0.01
_NAV_MEANING = "Quote coins and collateral in the wallet at market prices, without unrealised PnL."
_CHANGE_MEANING = (
    "The last point of the NAV series less the first one of the period. What was paid in or out is"
    " no part of it where flows.json lists it; otherwise a jump that may be a payment is named."
)
#: Sources that are not the live exchange.
_NOT_LIVE = frozenset(
    {"cache", "cached", "config", "fallback", "file", "manual", "none", "paper", "snapshot"}
    | {"stale", "unavailable", "unknown"}
)
_AUM_MEANING = "The futures account and every holding outside of it, at market prices."
_ATR_MEANING = "Fill-based: worked out from the fund's own fills against their usual range."


def nav_card(snapshot: Snapshot, currency: str = "") -> Stack:
    """Return the NAV, its line and its changes, each only as far as the data reach."""
    nav, state = snapshot.get(NAV, Nav()), snapshot.get(NAV_STATE, NavState())
    log: series.Series | None = snapshot.get(NAV_LOG, None)
    points = state.series if log is None else series.longest(state.series, log)
    flows: tuple[Flow, ...] = snapshot.get(FLOWS, ())
    return stack(
        Metric("nav", "NAV", nav.nav, big=True, meaning=_NAV_MEANING),
        converted("nav", nav.nav, snapshot.get(KPIS, Kpis()), currency),
        line(*_change(series.change(points, series.WINDOW, flows))),
        line(*longer) if (longer := tuple(_longer(points, flows))) else None,
        NavLine(points.value) if points.value and len(points.value) > 1 else None,
        _note(_source(nav)),
        _note(_cross_check(nav, state), warn=True),
    )


def _note(text: str, *, warn: bool = False) -> Note | None:
    return Note(text, "warn" if warn else "") if text else None


def _change(changed: series.Change) -> tuple[Metric, ...]:
    amount = Metric(
        "nav_change_24h",
        "24 h",
        changed.amount,
        signed=True,
        note=changed.remark,
        words=_arrow(changed.amount),
        meaning=_CHANGE_MEANING,
        tone="none" if changed.remark else "",
    )
    if not changed.amount.ok:
        return (amount,)
    share = Metric("nav_change_24h_pct", "or", changed.share, 2, signed=True)
    return (amount, share)


def _longer(points: series.Series, flows: tuple[Flow, ...]) -> Iterator[Metric]:
    """Yield the changes over longer periods, each that the series reaches over."""
    for days in (7, 30):
        changed = series.change(points, timedelta(days=days), flows)
        if changed.amount.ok:
            yield _period(f"nav_change_{days}d", f"{days} d", changed)
    whole = series.since_start(points, flows)
    if whole is not None and points.value:
        yield _period("nav_change_start", f"since {day(points.value[0][0])}", whole)


def _period(name: str, label: str, changed: series.Change) -> Metric:
    tone: Tone = "none" if changed.remark else ""
    return Metric(
        name,
        label,
        changed.amount,
        signed=True,
        note=changed.remark,
        tone=tone,
        meaning=_CHANGE_MEANING,
    )


def _arrow(amount: Field[float]) -> str:
    if not amount.value:
        return ""
    return f"{'▲' if amount.value > 0 else '▼'} {text_of(amount, signed=True)}"


def _source(nav: Nav) -> str:
    source = nav.source.value
    if source is None or source.casefold().split("+")[0] not in _NOT_LIVE:
        return ""
    return f"The producer names its source “{source}”, not the live exchange."


def _cross_check(nav: Nav, state: NavState) -> str:
    """Return a sentence if two documents give NAVs that are further apart than the tolerance."""
    mine, other = nav.nav.value, state.equity.value
    if mine is None or other is None or abs(mine - other) <= _TOLERANCE * abs(mine):
        return ""
    return (
        f"{_named(nav.nav)} and {_named(state.equity)} differ by "
        f"{text_of(Field(abs(mine - other), 'usd'))} USD."
    )


def _named(field: Field[float]) -> str:
    return f"{field.feed}.json ({field.path}) {text_of(field)}"


def aum_card(snapshot: Snapshot, currency: str = "") -> Stack:
    """Return the AUM, its split, and what its total leaves out."""
    nav = snapshot.get(NAV, Nav())
    made = ring(nav)
    return stack(
        Metric("aum", "AUM", nav.aum.total, big=True, meaning=_AUM_MEANING),
        converted("aum", nav.aum.total, snapshot.get(KPIS, Kpis()), currency),
        line(*_split(made)) if made.sum is not None and made.sum.value else None,
        _shares(made),
        *(Note(text) for text in _aum_remarks(nav, made)),
    )


def _aum_remarks(nav: Nav, made: Ring) -> tuple[str, ...]:
    if not nav.aum.reported:
        return ("The producer reports no AUM.",) if nav.nav.ok else ()
    return tuple(text for text in remarks(nav, made) if not text.startswith(("Other", "Poss")))


def _split(made: Ring) -> tuple[Metric, ...]:
    whole = made.sum.value if made.sum is not None else None
    inside = next((item.share for item in made.slices if not item.key), None)
    outside = Field.total((item.value for item in made.slices if item.key), "", "aum.offexchange")
    if inside is None:
        inside = Field.missing(NAME, "aum.futures", "fraction")
    if outside is None or not whole or outside.value is None:
        return (Metric("aum_futures_share", "Futures", inside),)
    part = outside.derive(
        outside.value / whole, "holdings over the sum of the slices", unit="fraction"
    )
    return (
        Metric("aum_futures_share", "Futures", inside),
        Metric("aum_offexchange_share", "off-exchange", part),
    )


def _shares(made: Ring) -> StackedBar | None:
    shown = [item for item in made.slices if item.share.value]
    if not shown:
        return None
    parts = tuple(
        Share(item.key or "Futures", item.share.value or 0.0, item.color) for item in shown
    )
    return StackedBar(parts, ", ".join(f"{i.label.value} {text_of(i.share)}" for i in shown))


def status_card(snapshot: Snapshot) -> Stack:
    """Return drawdown and volatility with their states, and a notice where these contradict."""
    kpis, state = snapshot.get(KPIS, Kpis()), snapshot.get(NAV_STATE, NavState())
    drawdown = Field.first(kpis.drawdown, state.drawdown)
    below = Field.first(state.drawdown_usd, kpis.drawdown_usd)
    return stack(
        *kpi_status(kpis, drawdown),
        _note(contradiction(kpis.drawdown_state, drawdown), warn=True),
        _note(_fell(state), warn=True),
        _note(
            _at_peak_and_below(drawdown, below),
            warn=True,
        ),
    )


def _at_peak_and_below(drawdown: Field[float], below: Field[float]) -> str:
    """Return a sentence if one document is at its peak and another lies below it."""
    depth, usd = drawdown.value, below.value
    if depth is None or usd is None or abs(depth) >= _AT_PEAK or abs(usd) < 1:
        return ""
    return (
        f"{drawdown.feed}.json says that the NAV is at its highest value, {below.feed}.json that it"
        f" is {text_of(below)} USD below."
    )


def kpi_status(kpis: Kpis, drawdown: Field[float]) -> tuple[Metrics, Metrics]:
    """Return drawdown and volatility, and below them the state of each as a chip."""
    figures = metrics(
        drawdown_metric(drawdown),
        Metric("atr_ratio", "Volatility (ATR)", kpis.atr_ratio, 2, meaning=_ATR_MEANING),
    )
    states = metrics(
        _chip("drawdown_state", "Drawdown state", kpis.drawdown_state),
        _chip("atr_regime", "ATR regime", kpis.atr_regime, meaning=_ATR_MEANING),
    )
    return figures, states


def _chip(name: str, label: str, word: Field[str], meaning: str = "") -> Metric:
    return Metric(name, label, word, chip=True, meaning=meaning)


def drawdown_metric(drawdown: Field[float]) -> Metric:
    """Return the drawdown with a minus, in words where it rounds to nothing."""
    depth = drawdown.value
    near = depth is not None and abs(depth) < 0.001
    return Metric(
        "drawdown_pct",
        "Drawdown",
        drawdown,
        3 if near else 2,
        prefix="\u2212",
        words="At peak" if depth is not None and abs(depth) < _AT_PEAK else "",
        meaning="(Highest NAV − NAV) ÷ highest NAV, as the producer published it.",
        note="" if drawdown.feed == KPIS.name else f"from {drawdown.feed}.json",
    )


def _fell(state: NavState) -> str:
    """Return a sentence if the published peak fell while the NAV was not reset."""
    peak, highest = state.peak.value, state.highest.value
    if peak is None or highest is None or highest <= peak:
        return ""
    since = f" at {clock(state.at.value)} UTC" if state.at.value else ""
    return (
        f"The published peak fell from {text_of(state.highest)} to {text_of(state.peak)} USD{since}"
        ": the drawdown may be understated."
    )
