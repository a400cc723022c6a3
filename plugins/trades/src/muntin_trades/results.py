"""What closed trades earned together: sums, rates and the deepest fall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean
from typing import Any

from muntin import Field, Presence
from muntin_trades.ledger import NAME, Trade

#: Fewer trades are too few for a rate.
MATURE = 30


@dataclass(frozen=True, slots=True)
class Results:
    """Figures of some trades in USD; a rate of too few trades is withheld and says so."""

    count: Field[int]
    net: Field[float]
    gross: Field[float]
    fees: Field[float]
    #: Net result a trade.
    mean: Field[float]
    hit_rate: Field[float]
    mean_win: Field[float]
    mean_loss: Field[float]
    #: All that was won over all that was lost.
    profit_factor: Field[float]
    #: From the highest point of the summed results, a positive number.
    deepest_fall: Field[float]

    @property
    def mature(self) -> bool:
        """True if there are enough trades for a rate."""
        return (self.count.value or 0) >= MATURE


def results_of(trades: Sequence[Trade]) -> Results:
    """Return the figures of trades in order of time; those without a result are not counted."""
    known = [trade for trade in trades if trade.net.value is not None]
    nets = [trade.net.value or 0.0 for trade in known]
    wins, losses = [net for net in nets if net > 0], [net for net in nets if net < 0]
    of = f"{len(known)} trades"
    gain, loss = (fmean(some) if some else None for some in (wins, losses))
    return Results(
        _figure(len(known) if trades else None, f"trades with a result of {len(trades)}", "count"),
        _figure(_sum(nets), f"sum of net_pnl of {of}"),
        _total((trade.gross for trade in known), "gross_pnl"),
        _total((trade.fees for trade in known), "fees"),
        _figure(fmean(nets) if nets else None, f"mean of net_pnl of {of}"),
        _rate(len(wins) / len(nets) if nets else None, f"{len(wins)} of {of} won", nets),
        _figure(gain, f"mean of {len(wins)} gains", why="none won"),
        _figure(loss, f"mean of {len(losses)} losses", why="none lost"),
        _factor(wins, losses, nets),
        _figure(_fall(nets), "largest fall of the summed net_pnl from its highest point before"),
    )


def _figure(
    value: Any, formula: str, unit: str = "usd", why: str = "no trade has a result"
) -> Field[Any]:
    path = "episodes[*].net_pnl"
    if value is None:
        return Field(None, unit, NAME, path, presence=Presence.MISSING, problem=why)
    return Field(value, unit, NAME, path, presence=Presence.OK, formula=formula)


def _sum(nets: Sequence[float]) -> float | None:
    return sum(nets) if nets else None


def _total(fields: Iterable[Field[float]], key: str) -> Field[Any]:
    """Return the sum of a key; none where a trade does not say it, for it would be too small."""
    values = [field.value for field in fields]
    known = [value for value in values if value is not None]
    path, unknown = f"episodes[*].{key}", len(values) - len(known)
    if not known or unknown:
        problem = f"{unknown} of {len(values)} trades do not say it" if values else "no trades"
        return Field(None, "usd", NAME, path, presence=Presence.MISSING, problem=problem)
    formula = f"sum of {key} of {len(known)} trades"
    return Field(sum(known), "usd", NAME, path, presence=Presence.OK, formula=formula)


def _rate(
    value: float | None, formula: str, nets: Sequence[float], unit: str = "fraction"
) -> Field[Any]:
    if value is not None and len(nets) < MATURE:
        return _figure(None, formula, unit, f"{formula}: too few for a rate, {MATURE} are needed")
    return _figure(value, formula, unit)


def _factor(wins: Sequence[float], losses: Sequence[float], nets: Sequence[float]) -> Field[Any]:
    if nets and not losses:
        return _figure(None, "", "multiple", "none lost")
    factor = sum(wins) / -sum(losses) if losses else None
    return _rate(factor, f"all gains over all losses of {len(nets)} trades", nets, "multiple")


def _fall(nets: Sequence[float]) -> float | None:
    """Return how far the running sum has fallen from its highest point, which begins at 0."""
    if not nets:
        return None
    sums = list(accumulate(nets))
    peaks = accumulate(sums, max, initial=0.0)
    return max(max(peak - at, 0.0) for peak, at in zip(peaks, sums, strict=False))
