"""The Trades page: what it works out of the ledger, and what it says where that is silent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin import Status
from muntin.testing import Rendered, reading, render, snapshot
from muntin_trades import LEDGER, Settings, muntin_pages, muntin_panels, results_of
from muntin_trades.ledger import parse_ledger

(PAGE,) = muntin_pages()


def trade(net: Any, number: int = 0, **more: Any) -> dict[str, Any]:
    """Return a trade that was closed so many hours after the first one."""
    day, hour = divmod(number, 24)
    times = {
        "entry_ts": f"2025-11-{day + 1:02}T{hour:02}:00:00Z",
        "exit_ts": f"2025-11-{day + 1:02}T{hour:02}:30:00Z",
    }
    return {"symbol": "BTCUSDT", "side": "LONG", "net_pnl": net, "fees": 0.5, **times, **more}


def ledger(*trades: Any, **stats: Any) -> dict[str, Any]:
    rebuilt = LEDGER.example["last_rebuild_ts"]
    return {"episodes": list(trades), "last_rebuild_ts": rebuilt, "stats": stats}


def drawn(*trades: Any, **stats: Any) -> Rendered:
    shown = render(PAGE, snapshot({LEDGER: ledger(*trades, **stats)}))
    assert shown.faults == {}
    return shown


def many(wins: int, losses: int) -> list[dict[str, Any]]:
    nets = [2.0] * wins + [-1.0] * losses
    return [trade(net, number, gross_pnl=net + 0.5) for number, net in enumerate(nets)]


def test_sums_are_of_all_trades() -> None:
    shown = drawn(*many(20, 20)).metrics

    names = ("trades_net", "trades_gross", "trades_fees", "trades_count")
    assert [shown[name].value for name in names] == ["20.0", "40.0", "20.0", "40"]
    assert shown["trades_hit_rate"].text == "50.0\u00a0%"
    assert shown["trades_factor"].value == "2.0"
    assert shown["trades_fall"].value == "20.0"


def test_a_rate_of_few_trades_is_withheld_and_says_so() -> None:
    shown = drawn(*many(3, 1))

    assert shown.metrics["trades_hit_rate"].text.startswith("–")
    assert "3 of 4 trades won: too few for a rate, 30 are needed" in shown.text
    assert shown.metrics["trades_net"].value == "5.0"


def test_gains_alone_have_no_mean_loss_and_no_factor() -> None:
    shown = drawn(*many(40, 0)).metrics

    assert shown["trades_mean_loss"].value == shown["trades_factor"].value == ""
    assert shown["trades_hit_rate"].value == "1.0"
    assert shown["trades_fall"].value == "0.0"


def test_a_missing_fee_leaves_no_sum_of_fees() -> None:
    whole, part = trade(1.0), trade(2.0, 1)
    del part["fees"]

    shown = drawn(whole, part).metrics
    assert shown["trades_fees"].value == ""
    assert shown["trades_net"].value == "3.0"


def test_a_net_result_is_worked_out_where_it_is_not_there() -> None:
    gross = trade(None, gross_pnl=3.0)
    del gross["net_pnl"]
    shown = drawn(gross)

    assert shown.metrics["trades_net"].value == "2.5"
    assert list(shown.tables["closed-trades"]["net"]) == ["+2.50"]


def test_a_result_that_cannot_be_read_is_counted_out_and_said() -> None:
    shown = drawn(trade(1.0), trade("much", 1), {"symbol": "X"}, 7)

    assert "1 of 2 trades have no result and are not counted." in shown.text
    assert "Left out: 2 entries without a symbol or a result." in shown.text
    assert shown.metrics["trades_net"].value == "1.0"


@pytest.mark.parametrize(("said", "shown"), [(5.0, False), (5.02, False), (6.0, True)])
def test_another_total_of_the_document_stands_beside_the_sum(said: float, *, shown: bool) -> None:
    text = drawn(*many(3, 1), total_net_pnl=said).text

    assert ("The document's own total (stats.total_net_pnl)" in text) == shown


def test_groups_stand_by_what_they_earned_and_few_trades_are_grey() -> None:
    btc = [trade(1.0, number) for number in range(30)]
    eth = [trade(-2.0, 40 + number, symbol="ETHUSDT", side="SHORT") for number in range(3)]
    shown = drawn(*btc, *eth)

    symbols = shown.tables["by-symbol"]
    assert list(symbols["group"]) == ["BTCUSDT", "ETHUSDT"]
    assert list(symbols["won"]) == ["100.0\u00a0%", "–"]
    assert "Greyed, for fewer than 30 trades say little: ETHUSDT." in shown.text
    assert list(shown.tables["what-else-earned-it"]["group"]) == ["LONG", "SHORT"]


@pytest.mark.parametrize(
    ("word", "shown"),
    [("TAKE_PROFIT", "take profit"), ("tp", "take profit"), ("SL", "stop loss"), ("Odd", "Odd")],
)
def test_reasons_are_words(word: str, shown: str) -> None:
    reasons = drawn(trade(1.0, exit_reason=word)).tables["closed-trades"]["reason"]

    assert list(reasons) == [shown]


def test_the_newest_trade_is_the_first_row() -> None:
    table = drawn(trade(1.0, 1), trade(2.0, 3), trade(3.0, 2)).tables["closed-trades"]

    assert list(table["net"]) == ["+2.00", "+3.00", "+1.00"]
    assert table["closed"][0] == "2025-11-01 03:30"
    assert table["held"][0] == "30\u00a0min"


def test_the_chart_is_the_running_sum() -> None:
    shown = drawn(trade(1.0), trade(-3.0, 1), trade(0.5, 2))

    assert shown.data["trades_sum"]["usd"] == [1.0, -2.0, -1.5]
    assert shown.metrics["trades_fall"].value == "3.0"


def test_f13_a_ledger_without_its_job_is_stale_and_says_so() -> None:
    old = snapshot({LEDGER: LEDGER.example}, age=1860)

    assert old.reading(LEDGER).status(old.now) is Status.STALE
    assert "too old to be current" in render(PAGE, old).text


def test_without_trades_there_is_a_sentence_and_no_zero() -> None:
    shown = drawn()

    assert shown.metrics["trades_net"].value == ""
    assert "No closed trades." in shown.text


def test_a_broken_ledger_keeps_its_last_trades() -> None:
    torn = reading(LEDGER, Status.UNREADABLE, LEDGER.example, kept=True)

    assert render(PAGE, snapshot({LEDGER: torn})).metrics["trades_net"].status == "unreadable"


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=40))
def test_figures_agree_with_each_other(nets: list[float]) -> None:
    found = results_of(parse_ledger(ledger(*(trade(net, n) for n, net in enumerate(nets)))).trades)

    assert (found.net.value or 0.0) == pytest.approx(sum(nets), abs=1e-6)
    assert (found.deepest_fall.value or 0.0) >= max(0.0, -sum(nets)) - 1e-6
    assert found.mature == (len(nets) >= 30)
    assert found.hit_rate.ok == (len(nets) >= 30)


def test_the_results_are_offered_to_the_page_that_is_named() -> None:
    """Only operators see the results there, even if the page is for everyone."""
    [offered] = muntin_panels(Settings(results_on="overview"))

    assert (offered.page, offered.audience) == ("overview", frozenset({"operator"}))
    assert muntin_panels(Settings()) == ()
