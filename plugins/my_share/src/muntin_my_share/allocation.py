"""Dividing an amount so that nothing is lost: the parts of all holders sum to it to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm


def cents(amount: float) -> int:
    """Return an amount in cents, rounded half away from zero as the page shows it."""
    size = floor(abs(Fraction(Decimal(repr(amount)))) * 100 + Fraction(1, 2))
    return size if amount >= 0 else -size


def allocate(amount: int, weights: Sequence[float]) -> list[int]:
    """Return whole parts of a whole amount in proportion to weights; their sum is the amount.

    Largest remainders (Hamilton's method): every part gets what its exact share rounds down to,
    and what is left goes, one each, to those that lost most by it; among equals to the earlier.
    So no part is a whole unit or more away from its exact share. All in integers. Raises
    ValueError unless the weights are not negative and one is above zero.
    """
    scaled = _integers(weights)
    total = sum(scaled)
    if total <= 0 or min(scaled) < 0:
        raise ValueError("weights must not be negative, and not all zero")
    sign = 1 if amount >= 0 else -1
    parts, losses = [], []
    for index, weight in enumerate(scaled):
        part, loss = divmod(abs(amount) * weight, total)
        parts.append(part)
        losses.append((-loss, index))
    for _, index in sorted(losses)[: abs(amount) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def _integers(weights: Sequence[float]) -> list[int]:
    """Return weights as integers in the very proportions of their decimal digits."""
    exact = [Fraction(Decimal(repr(float(weight)))) for weight in weights]
    scale = lcm(*(one.denominator for one in exact))
    return [int(one * scale) for one in exact]
