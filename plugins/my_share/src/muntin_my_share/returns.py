"""The money-weighted return: the one rate at which the payments grow into today's value.

The rate r solves ``sum of amount_i * (1 + r) ** ((T - t_i) / 365 days) = value at T``, with what
was paid in positive and what was paid out negative. It is the internal rate of return of dated
payments over actual days and years of 365 days, which spreadsheets call XIRR (Microsoft's
documentation of that function; OpenFormula) and the GIPS standards call a money-weighted return.
GIPS also asks not to annualise periods under a year, so the return over the whole time is there as
well: ``(1 + r) ** years - 1``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

YEAR = 365 * 86_400.0

#: Logarithms of 1 + r between which a rate is looked for: a loss of all but a millionth in a year,
#: and a gain of a million times.
_LOW, _HIGH = math.log(1e-6), math.log(1e6)
_STEPS = 600


@dataclass(frozen=True, slots=True)
class Rate:
    """A money-weighted return a year and over the whole time, or the reason why there is none."""

    yearly: float | None = None
    whole: float | None = None
    years: float = 0.0
    problem: str = ""


def money_weighted(flows: Sequence[tuple[datetime, float]], value: float, until: datetime) -> Rate:
    """Return the rate at which the flows grow into `value` at `until`."""
    if not flows:
        return Rate(problem="no payments are known")
    first = min(time for time, _ in flows)
    years = (until - first).total_seconds() / YEAR
    if years * 365 < 1:
        return Rate(problem="less than a day since the first payment")
    terms = [((until - time).total_seconds() / YEAR, amount) for time, amount in sorted(flows)]
    roots = _roots([*terms, (0.0, -value)], years)
    if len(roots) != 1:
        many = "more than one rate fits these payments"
        return Rate(None, None, years, many if roots else "no rate fits these payments")
    [root] = roots
    return Rate(math.expm1(root), math.expm1(root * years), years)


def _roots(terms: Sequence[tuple[float, float]], years: float) -> list[float]:
    """Return every logarithm of 1 + r at which the terms sum to zero.

    Amounts that change their sign once have one root at most (Descartes' rule); otherwise the
    whole range is looked at in small steps.
    """
    high = min(_HIGH, 600 / years)
    low = max(_LOW, -600 / years)
    signs = [amount > 0 for _, amount in terms if amount]
    changes = sum(one != other for one, other in pairwise(signs))
    if not changes:
        return []
    steps = 1 if changes == 1 else _STEPS
    grid = [low + (high - low) * step / steps for step in range(steps + 1)]
    values = [_worth(terms, rate) for rate in grid]
    return [
        _bisected(terms, left, right)
        for (left, a), (right, b) in pairwise(zip(grid, values, strict=True))
        if (a > 0) != (b > 0)
    ]


def _worth(terms: Sequence[tuple[float, float]], rate: float) -> float:
    return math.fsum(amount * math.exp(rate * years) for years, amount in terms)


def _bisected(terms: Sequence[tuple[float, float]], left: float, right: float) -> float:
    rising = _worth(terms, right) > 0
    for _ in range(80):
        middle = (left + right) / 2
        if (_worth(terms, middle) > 0) == rising:
            right = middle
        else:
            left = middle
    return (left + right) / 2
