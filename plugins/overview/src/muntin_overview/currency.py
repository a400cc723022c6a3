"""A second currency: an amount in USD at the published rate, never at one that is assumed."""

from __future__ import annotations

from muntin import Field
from muntin.ui import Metric, Metrics, line, moment, text_of
from muntin_overview.kpis import Kpis


def converted(name: str, amount: Field[float], kpis: Kpis, currency: str) -> Metrics | None:
    """Return an amount in the currency with the rate, its source and its time; None without."""
    rate = kpis.rates.get(currency.upper())
    if rate is None or rate.value is None or amount.value is None:
        return None
    converted = amount.value * rate.value
    made = amount.derive(converted, _formula(amount, rate), unit=currency.lower())
    at = f", {moment(rate.as_of)}" if rate.as_of is not None else ""
    return line(
        Metric(f"{name}_{currency.lower()}", currency.upper(), made, 2),
        Metric(
            f"{name}_rate",
            "at",
            rate,
            4,
            note=f"{currency.upper()} a USD, {rate.feed}.json{at}",
        ),
    )


def _formula(amount: Field[float], rate: Field[float]) -> str:
    return f"{text_of(amount)} USD × {rate.value:g} ({rate.feed}.json, {rate.path})"
