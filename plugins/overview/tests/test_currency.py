"""The second currency: at the published rate, with source and time, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from muntin_overview import KPIS, NAV, Settings

TITLE = "Net asset value"
See = Callable[..., Any]


def rate(**fx: Any) -> Any:
    return {NAV: NAV.example, KPIS: {**KPIS.example, "fx": fx}}


def test_the_nav_stands_in_the_second_currency_with_rate_and_time(see: See) -> None:
    seen = see(TITLE, rate(usd_zar=17.12, ts="2025-11-26T20:14:53+00:00"))

    assert seen.metric("nav_zar") == "179,760.00"
    assert seen.metric("nav_rate") == "17.1200"
    assert seen.metrics["nav_rate"].note == ("ZAR a USD, kpis_v7.json, 20:14:53 UTC, 26 Nov 2025")


@pytest.mark.parametrize("wrong", [None, 0, -17.0, "n/a", True, float("nan")])
def test_without_a_usable_rate_there_is_none(see: See, wrong: Any) -> None:
    assert "nav_zar" not in see(TITLE, rate(usd_zar=wrong)).metrics


def test_a_rate_of_another_currency_is_not_taken(see: See) -> None:
    assert "nav_zar" not in see(TITLE, rate(usd_eur=0.9)).metrics


@pytest.mark.parametrize("wrong", ["ZA", "RAND", "Z1R"])
def test_a_currency_is_a_code_of_three_letters(wrong: str) -> None:
    with pytest.raises(ValueError, match="code of three letters"):
        Settings(currency=wrong)
