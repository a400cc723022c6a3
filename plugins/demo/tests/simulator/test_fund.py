"""Facts about the simulated fund: one state, from which every figure follows."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from muntin_demo.simulator import DOCUMENTS, Fund, document

START = 1_790_000_000.0
DAY = 86_400.0
OPENING_CASH = 41_350.0


def written(fund: Fund, name: str) -> Any:
    """The document as a reader gets it, refused when it is no strict JSON."""
    return json.loads(json.dumps(document(fund, name), allow_nan=False))


def agree(fund: Fund) -> None:
    """Assert that the overview documents tell one story."""
    nav, state, kpis = (written(fund, name) for name in ("nav", "nav_state", "kpis_v7"))
    rows = written(fund, "positions")["rows"]
    held = written(fund, "positions_state")
    aum = nav["aum"]
    slices = [aum["futures"], *(item["usd_value"] for item in aum["offexchange"].values())]
    unrealized = sum(row["unrealized"] for row in rows)

    assert sum(slices) == pytest.approx(aum["total"], abs=1e-6)
    assert sum(nav["assets"].values()) == pytest.approx(nav["nav"], abs=1e-6)
    assert nav["nav"] == state["total_equity"] == kpis["nav"]["nav_total"] == aum["futures"]
    assert kpis["aum_total"] == aum["total"]
    assert unrealized == pytest.approx(state["unrealized_pnl"], abs=1e-6)
    assert sum(item["pnl"] for item in held["items"]) == pytest.approx(unrealized, abs=1e-6)
    assert state["peak_equity"] >= max(point["nav"] for point in state["series"])
    fallen = 100.0 * (state["peak_equity"] - nav["nav"]) / state["peak_equity"]
    assert state["drawdown_pct"] == pytest.approx(fallen, abs=1e-6)
    assert kpis["drawdown"]["dd_pct"] == state["drawdown_pct"] >= 0.0
    assert held["gross_exposure"] == state["gross_exposure"]
    notionals = [abs(row["qty"]) * row["markPrice"] for row in rows]
    assert sum(notionals) == pytest.approx(state["gross_exposure"], abs=1e-2)
    assert all((row["qty"] > 0) is (row["positionSide"] == "LONG") for row in rows)
    assert all(row["qty"] for row in rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_documents_agree_with_each_other_over_two_thousand_steps(seed: int) -> None:
    """Whatever moves, all documents of one instant tell one story."""
    fund = Fund(Random(seed), START)

    for number in range(2_000):
        fund.step(7.0)
        if number % 25 == 0:
            agree(fund)


@pytest.mark.parametrize("seed", [4, 5])
def test_cash_follows_from_realised_profit_and_fees(seed: int) -> None:
    """Money neither appears nor vanishes: cash is what was there, plus profit, minus fees."""
    fund = Fund(Random(seed), START)
    fund.step(3.0 * DAY)

    expected = OPENING_CASH + fund.book.realized_total - fund.book.fees_total
    assert fund.book.usdt == pytest.approx(expected, abs=1e-6)


def test_nav_leaves_unrealised_profit_out() -> None:
    """NAV is a wallet NAV: quote coins and collateral."""
    fund = Fund(Random(6), START)
    detail = written(fund, "nav")["nav_detail"]

    quotes = sum(detail["quote_breakdown"].values())
    collateral = sum(item["value_usd"] for item in detail["conversions"].values())
    assert quotes + collateral == pytest.approx(detail["nav"], abs=1e-6)


def test_same_seed_gives_the_same_documents() -> None:
    """A seed is a whole life: two funds of one seed cannot be told apart."""
    first, second = Fund(Random(7), START), Fund(Random(7), START)
    for fund in (first, second):
        for _ in range(50):
            fund.step(11.0)

    for name in DOCUMENTS:
        assert written(first, name) == written(second, name)


def test_another_seed_gives_other_documents() -> None:
    assert written(Fund(Random(8), START), "nav") != written(Fund(Random(9), START), "nav")


def test_series_reaches_back_more_than_a_day_from_the_first_second() -> None:
    """A 24 h change can be computed at once, and still after two days."""
    fund = Fund(Random(10), START)

    for _ in range(2):
        series = written(fund, "nav_state")["series"]
        times = [datetime.fromisoformat(point["t"]) for point in series]
        assert len(series) == 500
        assert times == sorted(set(times))
        assert times[-1] - times[0] > timedelta(hours=24)
        assert times[-1] == datetime.fromtimestamp(round(fund.now, 3), UTC)
        fund.step(2.0 * DAY)


def test_last_point_of_the_series_is_the_current_nav() -> None:
    fund = Fund(Random(11), START)
    fund.step(3.7)
    state = written(fund, "nav_state")

    assert state["series"][-1]["nav"] == state["total_equity"]
    assert state["series"][-1]["unrealized_pnl"] == state["unrealized_pnl"]
    assert written(fund, "nav_log")[-1] == {
        "nav": state["total_equity"],
        "t": round(fund.now, 3),
        "unrealized_pnl": state["unrealized_pnl"],
    }


def test_positions_are_long_and_short_and_turn_around() -> None:
    """Positions open, grow, close and flip; the book is never the same for long."""
    fund = Fund(Random(12), START)
    sides: dict[str, set[bool]] = {}
    counts = set()

    for _ in range(400):
        fund.step(120.0)
        counts.add(len(fund.positions))
        for position in fund.positions:
            sides.setdefault(position.symbol, set()).add(position.qty > 0)

    assert len(sides) == 6
    assert sum(seen == {True, False} for seen in sides.values()) >= 3
    assert len(counts) > 1


def test_prices_move_every_second() -> None:
    """A viewer who looks sees something happen."""
    fund = Fund(Random(13), START)
    navs = set()

    for _ in range(60):
        fund.step(1.0)
        navs.add(fund.nav)

    assert len(navs) > 50


@pytest.mark.parametrize("seed", [14, 15, 16, 17])
def test_stays_sane_for_a_week(seed: int) -> None:
    """After a week nothing has run away: a fund one would believe."""
    fund = Fund(Random(seed), START)
    opening = fund.nav

    for _ in range(7 * 24):
        fund.step(3_600.0)
        assert 0.7 * opening < fund.nav < 1.5 * opening
        assert 0.0 <= fund.drawdown_pct < 25.0
        assert fund.gross < 1.0 * fund.nav
        assert 0.9 < fund.market.price("USDC") < 1.1
        assert 12.0 < fund.market.usd_zar < 25.0

    assert 20_000.0 < fund.market.price("BTC") < 250_000.0
    agree(fund)


def test_now_is_where_the_steps_lead() -> None:
    """The fund's clock is the caller's: pre-rolled history ends at `now`, steps go on from it."""
    fund = Fund(Random(18), START)
    fund.step(5.0)
    fund.step(0.0)

    assert fund.now == pytest.approx(START + 5.0, abs=0.01)
    assert START + 4.0 < written(fund, "nav")["updated_ts"] <= fund.now


def test_realised_profit_of_the_day_starts_anew_at_midnight() -> None:
    midnight = math.ceil(START / DAY) * DAY
    fund = Fund(Random(19), midnight - 60.0)
    before = fund.book.realized_today
    fund.step(61.0)

    assert before != 0.0
    assert abs(fund.book.realized_today) < abs(before) or fund.book.realized_today == 0.0


def test_pipeline_head_counts_the_last_fifty_decisions() -> None:
    head = written(Fund(Random(20), START), "pipeline_v6_shadow_head")

    assert head["total"] == 50 == head["allowed"] + head["vetoed"]
    assert head["vetoed"] > 0


def test_expectancy_counts_every_trade_once_by_symbol_and_by_hour() -> None:
    document = written(Fund(Random(21), START), "expectancy_v6")

    for group in ("symbols", "hours"):
        counts = [row["count"] for row in document[group].values()]
        assert sum(counts) == document["sample_count"] > 0
    for row in document["symbols"].values():
        expected = row["hit_rate"] * row["avg_win"] + (1 - row["hit_rate"]) * row["avg_loss"]
        assert row["expectancy"] == pytest.approx(expected)
        assert row["avg_return"] == pytest.approx(expected)


def test_weights_stay_within_the_budget_of_their_mode() -> None:
    document = written(Fund(Random(22), START), "risk_allocation_suggestions_v6")

    assert document["global"]["risk_mode"] == "normal"
    assert 0.8 < sum(row["suggested_weight"] for row in document["symbols"]) <= 0.90


def test_scores_follow_from_their_components_best_first() -> None:
    rows = written(Fund(Random(23), START), "symbol_scores_v6")["symbols"]

    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    for row in rows:
        part = row["components"]
        score = 0.55 * part["expectancy"] + 0.35 * part["router"]
        score -= part["slippage_penalty"] + part["fee_drag_penalty"]
        score -= 0.3 * part["volatility_penalty"]
        assert row["score"] == pytest.approx(min(1.0, max(0.0, score)))


def test_a_symbol_nobody_traded_has_no_figures() -> None:
    """Missing is null, never zero: AVAXUSDT is listed, disabled and unmeasured."""
    fund = Fund(Random(24), START)
    rows = {row["symbol"]: row for row in written(fund, "router_health")["symbols"]}
    kpis = written(fund, "kpis_v7")

    assert rows["AVAXUSDT"]["maker_fill_rate"] is None
    assert rows["AVAXUSDT"]["slippage_p50"] is None
    assert rows["BTCUSDT"]["maker_fill_rate"] is not None
    assert kpis["symbols"]["AVAXUSDT"]["atr_regime"] == "unknown"
    assert "AVAXUSDT" not in written(fund, "expectancy_v6")["symbols"]


def test_the_units_of_all_holders_are_all_units_there_are() -> None:
    register = written(Fund(Random(1), START), "investors")

    held = register["holders"]
    assert sum(holder["units"] for holder in held) == register["units_total"]
    for holder in held:
        assert sum(flow["units"] for flow in holder["flows"]) == holder["units"] > 0
