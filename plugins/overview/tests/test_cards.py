from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muntin import Feed, Status
from muntin.testing import snapshot
from muntin_overview import KPIS, NAV, NAV_STATE
from muntin_overview.grades import WORDS
from muntin_overview.nav_line import label

NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)
NAV_CARD, AUM_CARD = "Net asset value", "Assets under management"
See = Callable[..., Any]


def example(feed: Feed[Any], **changes: Any) -> dict[str, Any]:
    return {**feed.example, **changes}


def day_of_points(*values: float) -> dict[str, Any]:
    step = timedelta(hours=24) / (len(values) - 1)
    series = [
        {"t": (NOW - step * (len(values) - 1 - at)).isoformat(), "nav": value}
        for at, value in enumerate(values)
    ]
    return example(NAV_STATE, series=series)


def test_nav_card_shows_the_nav_with_its_origin(see: See) -> None:
    seen = see(NAV_CARD, {NAV: NAV.example, NAV_STATE: NAV_STATE.example})

    assert seen.metric("nav") == "10,500.00"
    field = seen.metrics["nav"].field
    assert (field.feed, field.path, field.unit) == ("nav", "nav_usd", "usd")


def test_f40_the_change_needs_a_day_of_history(see: See) -> None:
    seen = see(NAV_CARD, {NAV: NAV.example, NAV_STATE: NAV_STATE.example})

    assert seen.metric("nav_change_24h") == "–"
    assert seen.metrics["nav_change_24h"].note == "insufficient history (0.7 h of 24 h)"


@pytest.mark.parametrize(
    ("values", "amount", "share"),
    [
        ([1000, 1010, 1020], "▲ +20.00", "+2.00\u00a0%"),
        ([1000, 990, 980], "▼ \u221220.00", "\u22122.00\u00a0%"),
        ([1000, 1010, 1000], "0.00", "0.00\u00a0%"),
    ],
)
def test_f78_the_change_has_a_sign_in_words_and_numbers(
    see: See, values: list[float], amount: str, share: str
) -> None:
    """A loss must not be told by colour alone."""
    seen = see(NAV_CARD, {NAV: NAV.example, NAV_STATE: day_of_points(*values)})

    assert seen.metric("nav_change_24h") == amount
    assert seen.metric("nav_change_24h_pct") == share


def test_f42_a_change_with_a_deposit_in_it_is_unadjusted(see: See) -> None:
    seen = see(NAV_CARD, {NAV: NAV.example, NAV_STATE: day_of_points(1000, 1010, 1510)})

    metric = seen.metrics["nav_change_24h"]
    assert metric.note.startswith("unadjusted: jump of +500.00 USD")
    assert metric.tone == "none"


def test_f99_the_line_says_what_it_spans(see: See) -> None:
    seen = see(NAV_CARD, {NAV_STATE: NAV_STATE.example})

    (spark,) = seen.sparks
    assert len(spark.points) == 3
    assert "19:34:00 UTC" in label(spark.points)
    assert "20:14:00 UTC" in label(spark.points)


def test_one_point_is_no_line(see: See) -> None:
    state = example(NAV_STATE, series=[{"t": NOW.isoformat(), "nav": 1}])

    assert see(NAV_CARD, {NAV_STATE: state}).sparks == []


def test_f39_two_navs_that_differ_are_both_named(see: See) -> None:
    seen = see(NAV_CARD, {NAV: NAV.example, NAV_STATE: example(NAV_STATE, total_equity=11550.0)})

    (note,) = seen.notes
    assert "nav.json (nav_usd) 10,500.00" in note
    assert "nav_state.json (total_equity) 11,550.00" in note
    assert "1,050.00 USD" in note


def test_f39_a_small_difference_is_none(see: See) -> None:
    state = example(NAV_STATE, total_equity=10590.0)

    assert see(NAV_CARD, {NAV: NAV.example, NAV_STATE: state}).notes == []


def test_a_nav_from_a_cache_says_so(see: See) -> None:
    nav = example(NAV, nav_detail={"source": "cache", "fresh": False})

    assert "cache" in see(NAV_CARD, {NAV: nav}).notes[0]


def test_f17_f26_nothing_known_shows_dashes_and_no_zero(see: See) -> None:
    for title in (NAV_CARD, AUM_CARD, "Status"):
        seen = see(title)

        assert {seen.metric(name) for name in seen.metrics} == {"–"}
        assert "0" not in seen.text.replace("24 h", "")


def test_f23_an_outage_shows_the_last_good_figures(see: See) -> None:
    good = snapshot(NAV).reading(NAV)
    down = example(NAV, nav=0, nav_usd=0, nav_detail={"source": "unavailable"})
    reading = snapshot({NAV: down}).reading(NAV).after(good)

    seen = see(NAV_CARD, {NAV: reading})

    assert seen.metric("nav") == "10,500.00"
    assert reading.status(NOW) is Status.EMPTY


def test_aum_card_shows_total_and_split(see: See) -> None:
    seen = see(AUM_CARD, {NAV: NAV.example})

    assert seen.metric("aum") == "17,000.00"
    assert seen.metric("aum_futures_share") == "61.8\u00a0%"
    assert seen.metric("aum_offexchange_share") == "38.2\u00a0%"
    assert [part.value for part in seen.shares[0].parts] == pytest.approx(
        [0.618, 0.265, 0.118], abs=1e-3
    )
    assert seen.notes == []


def test_f29_the_aum_card_says_that_its_total_is_partial(see: See) -> None:
    aum = {"futures": 10.0, "offexchange": {"XAUT": {"usd_value": None}}, "total": 10.0}

    assert see(AUM_CARD, {NAV: example(NAV, aum=aum)}).notes == ["Partial total: XAUT unpriced."]


def test_f59_the_aum_card_says_that_holdings_are_not_reported(see: See) -> None:
    aum = {"futures": 10.0, "offexchange": {}, "total": 10.0}

    seen = see(AUM_CARD, {NAV: example(NAV, aum=aum)})

    assert seen.notes == ["Off-exchange holdings not reported by the producer."]
    assert "aum_offexchange_share" not in seen.metrics


def test_a_nav_without_an_aum_has_a_dash_and_a_reason(see: See) -> None:
    seen = see(AUM_CARD, {NAV: {"nav": 5.0}})

    assert seen.metric("aum") == "–"
    assert seen.notes == ["The producer reports no AUM."]


def test_holdings_without_futures_have_a_dash_for_it(see: See) -> None:
    aum = {"offexchange": {"BTC": {"usd_value": 5.0}}, "total": 5.0}

    seen = see(AUM_CARD, {NAV: example(NAV, aum=aum)})

    assert seen.metric("aum_futures_share") == "–"
    assert seen.metric("aum_offexchange_share") == "100.0\u00a0%"


def test_status_card_shows_figures_and_chips(see: See) -> None:
    kpis = example(KPIS, drawdown={"dd_pct": 2.345}, dd_state="Cautious", atr_regime="quiet")

    seen = see("Status", {KPIS: kpis})

    assert seen.metric("drawdown_pct") in {"\u22122.35\u00a0%", "\u22122.34\u00a0%"}
    assert seen.metric("drawdown_state") == "Cautious"
    assert seen.metric("atr_regime") == "quiet"
    assert WORDS.tone_of("Cautious") == "warn"
    assert WORDS.tone_of("quiet") == "good"
    assert seen.metric("atr_ratio") == "0.80\u00a0×"
    assert seen.notes == []


@pytest.mark.parametrize(
    ("percent", "text"),
    [
        (0.0, "At peak"),
        (0.005, "At peak"),
        (0.05, "\u22120.050\u00a0%"),
        (0.6895, "\u22120.69\u00a0%"),
    ],
)
def test_small_drawdowns_are_told_apart(see: See, percent: float, text: str) -> None:
    seen = see("Status", {KPIS: example(KPIS, drawdown={"dd_pct": percent})})

    assert seen.metric("drawdown_pct") == text


def test_f26_an_absent_drawdown_is_not_at_peak(see: See) -> None:
    assert see("Status", {KPIS: example(KPIS, drawdown=None)}).metric("drawdown_pct") == "–"


def test_f41_a_drawdown_from_another_document_names_it(see: See) -> None:
    """Nested KPIs publish null: nav_state's own figure may stand in, as what it is."""
    docs = {KPIS: example(KPIS, drawdown=None), NAV_STATE: NAV_STATE.example}

    metric = see("Status", docs).metrics["drawdown_pct"]

    assert (metric.field.feed, metric.field.path) == ("nav_state", "drawdown_pct")
    assert metric.note == "from nav_state.json"


def test_f19_no_state_is_no_good_state(see: See) -> None:
    """Optimistic defaults show a healthy card over a broken feed."""
    seen = see("Status", {KPIS: {"performance": {}}})

    words = set(seen.text.lower().split())
    assert not words & {"normal", "ok", "good", "unknown"}
    assert {metric.tone for metric in seen.metrics.values()} <= {"", "none"}


def test_f32_a_contradiction_is_shown(see: See) -> None:
    kpis = example(KPIS, dd_state="defensive", drawdown={"dd_pct": 0.3})

    seen = see("Status", {KPIS: kpis})

    assert seen.metric("drawdown_state") == "defensive"
    assert "contradict" in seen.notes[0]


def test_f36_a_falling_peak_is_shown(see: See) -> None:
    first = snapshot({NAV_STATE: NAV_STATE.example}).reading(NAV_STATE)
    then = snapshot({NAV_STATE: example(NAV_STATE, peak_equity=10550.0)}).reading(NAV_STATE)

    seen = see("Status", {NAV_STATE: then.after(first)})

    assert "fell from 10,600.00 to 10,550.00" in seen.notes[0]


def test_f50_atr_says_that_it_comes_from_fills(see: See) -> None:
    seen = see("Status", {KPIS: KPIS.example})

    assert "fill-based" in seen.metrics["atr_regime"].meaning.lower()
