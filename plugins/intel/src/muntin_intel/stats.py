"""What a group of closed trades earned: a symbol's, an hour's or a regime's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from muntin import Field, Presence
from muntin.ui import Cell
from muntin_intel.named import Named

#: A group of fewer trades is too small for a statistic.
MATURE = 30


@dataclass(frozen=True, slots=True)
class Stat:
    """The figures of one group; money is USD per trade, never clamped, and keeps its sign."""

    label: Field[str]
    key: str
    count: Field[float]
    expectancy: Field[float]
    hit_rate: Field[float]
    avg_win: Field[float]
    avg_loss: Field[float]
    max_drawdown: Field[float]
    #: What its producer says of its size; None where it says nothing.
    declared: bool | None = None

    @property
    def mature(self) -> bool:
        """True if there are enough trades, and the producer does not say otherwise."""
        return self.declared is not False and (self.count.value or 0) >= MATURE

    @property
    def reason(self) -> str:
        """Why the group is not mature, in words; empty if it is."""
        if self.mature:
            return ""
        count = self.count.value
        if count is None:
            return "immature: number of trades unknown"
        if count >= MATURE:
            return "immature, says its producer"
        return f"immature: {count:.0f} of {MATURE} trades"


def parse_stat(found: Named) -> Stat:
    """Return the figures of one group."""
    place = found.place
    count = place.number("count", unit="count", low=0)
    hit_rate = place.number("hit_rate", unit="fraction", low=0, high=1)
    declared = place.flag("is_mature").value
    unmeasured = count.value == 0 or (declared is False and not hit_rate.ok)
    stat = Stat(
        found.label,
        found.key,
        count,
        _measured(place.number("expectancy", unit="usd"), unmeasured=unmeasured),
        hit_rate,
        place.number("avg_win", unit="usd"),
        place.number("avg_loss", unit="usd"),
        _measured(place.number("max_drawdown", unit="usd"), unmeasured=unmeasured),
        declared,
    )
    return _honest(stat)


def _measured(field: Field[float], *, unmeasured: bool) -> Field[float]:
    """Return the field; the 0 that stands for too few trades is no measurement."""
    if unmeasured and field.value == 0:
        return field.placeholder(f"its producer writes 0 below {MATURE} trades")
    return field


def _honest(stat: Stat) -> Stat:
    """Return the group without the figures that its trades do not bear out.

    A rate of all or nothing says little of a few trades, and the average of no losses is not 0.
    """
    rate, count = stat.hit_rate, stat.count.value
    win, loss = stat.avg_win, stat.avg_loss
    if rate.value == 0 and win.value == 0:
        win = _without(win, "no trade was won")
    if rate.value == 1 and loss.value == 0:
        loss = _without(loss, "no trade was lost")
    if rate.value in {0, 1} and not stat.mature:
        of = f"{rate.value * (count or 0):.0f} of {count:.0f} trades" if count else "too few trades"
        rate = _without(rate, f"{of} won: too few for a rate")
    return replace(stat, hit_rate=rate, avg_win=win, avg_loss=loss)


def _without(field: Field[float], problem: str) -> Field[float]:
    return field.withheld(problem, Presence.MISSING)


def earned(stat: Stat) -> Cell:
    """Return the expectancy; the colours of gain and loss are for mature groups only."""
    return Cell(stat.expectancy, "" if stat.mature else "none")
