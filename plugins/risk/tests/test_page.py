"""The Risk page: what it shows of its documents, and what it says where they are silent."""

from __future__ import annotations

from typing import Any

import pytest

from muntin.testing import Rendered, render, snapshot
from muntin_risk import ENGINE, PRESSURE, PROBE, RISK, UNIVERSE, muntin_pages

[PAGE] = muntin_pages(None)


def risk(**changes: Any) -> Rendered:
    return render(PAGE, snapshot({RISK: {**RISK.example, **changes}}))


def test_mode_and_its_reason_are_shown() -> None:
    drawn = risk()

    assert drawn.metrics["risk_mode"].text == "OK"
    assert "all systems healthy" in drawn.text


def test_the_drawdown_of_this_document_is_a_fraction() -> None:
    assert risk(dd_frac=0.0234).metrics["risk_drawdown"].text == "\u22122.34\u00a0%"


def earlier(**drawdown: Any) -> Rendered:
    """Return the page of a document as version 7.1 writes it: per cent, and no fraction."""
    known = {"updated_ts": RISK.example["updated_ts"], "symbols": []}
    blocks = {"dd_state": {"dd_state": "normal", "drawdown": drawdown}}
    return render(PAGE, snapshot({RISK: known | blocks}))


def test_the_drawdown_of_the_earlier_version_is_a_percentage() -> None:
    shown = earlier(dd_pct=2.1465, peak=56222.05).metrics["risk_drawdown"]

    assert shown.text == "\u22122.15\u00a0%"
    assert shown.path == "dd_state.drawdown.dd_pct"


@pytest.mark.parametrize("value", [1.5, 140, -0.2])
def test_a_fraction_that_cannot_be_a_drawdown_is_not_shown(value: float) -> None:
    assert risk(dd_frac=value).metrics["risk_drawdown"].value in {None, ""}


def test_both_versions_of_a_document_show_the_same_drawdown() -> None:
    assert earlier(dd_pct=2.1465).metrics["risk_drawdown"].text == (
        risk(dd_frac=0.021465).metrics["risk_drawdown"].text
    )


def test_limits_stand_beside_their_use_the_most_used_first() -> None:
    frame = risk().tables["limits"]

    assert list(frame["limit_name"]) == ["Group l1", "Drawdown", "Value at risk"]
    assert list(frame["used"]) == ["60.0\u00a0%", "9.4\u00a0%", "8.3\u00a0%"]


def test_a_limit_that_is_exceeded_is_named() -> None:
    assert "Above the limit: Drawdown." in risk(dd_frac=0.11).text


def test_a_limit_that_is_not_published_is_not_made_up() -> None:
    drawn = risk(circuit_breaker={"active": False})

    assert "Drawdown" not in list(drawn.tables["limits"]["limit_name"])


def test_limits_of_the_engines_settings_are_shown() -> None:
    settings = {"max_nav_drawdown_pct": 0.25, "daily_loss_limit_pct": 0.08}
    frame = risk(daily_loss_frac=0.002, risk_config_meta=settings).tables["limits"]

    shown = frame.set_index("limit_name")[["limit", "used"]]
    assert [*shown.loc["Drawdown, as configured"]] == ["25.00\u00a0%", "3.8\u00a0%"]
    assert [*shown.loc["Loss today"]] == ["8.00\u00a0%", "2.5\u00a0%"]


@pytest.mark.parametrize("value", [25, -0.1, "much", None])
def test_a_setting_that_cannot_be_a_part_of_nav_is_not_shown(value: Any) -> None:
    frame = risk(risk_config_meta={"max_nav_drawdown_pct": value}).tables["limits"]

    assert "Drawdown, as configured" not in list(frame["limit_name"])


def test_an_active_breaker_is_said() -> None:
    breaker = {"max_portfolio_dd_nav_pct": 0.1, "active": True}

    assert "The circuit breaker is active" in risk(circuit_breaker=breaker).text


def test_symbols_with_flags_come_first() -> None:
    frame = risk().tables["risk-by-symbol"]

    assert list(frame["symbol"]) == ["SOLUSDT", "BTCUSDT"]
    assert list(frame["flags"]) == ["loss streak", "none"]


def test_a_sharpe_of_exactly_zero_was_never_measured() -> None:
    symbols = [{"symbol": "A", "sizing": {"sharpe_7d": 0.0, "final_size_factor": 1.0}}]

    assert list(risk(symbols=symbols).tables["risk-by-symbol"]["sharpe"]) == ["not measured"]


def test_after_a_cold_start_there_are_no_symbols_and_no_faults() -> None:
    drawn = render(PAGE, snapshot({RISK: {"updated_ts": 1764188040.0, "symbols": []}}))

    assert drawn.faults == {}
    assert "No symbols yet" in drawn.text
    assert drawn.metrics["risk_mode"].value == ""


@pytest.mark.parametrize("state", ["normal", {"state": "normal"}, {"dd_state": "normal"}])
def test_the_drawdown_state_is_read_in_every_shape(state: Any) -> None:
    assert risk(dd_state=state).metrics["risk_drawdown_state"].text == "normal"


def test_the_engine_shows_its_heartbeat_and_its_switches() -> None:
    drawn = render(PAGE, snapshot({feed: feed.example for feed in (ENGINE, PROBE, UNIVERSE)}))

    assert drawn.metrics["engine_version"].text == "v7.9"
    assert drawn.metrics["engine_uptime"].text == "43.4\u00a0h"
    assert drawn.metrics["symbols_enabled"].text == "1 of 2"
    assert list(drawn.tables["engine"]["on"]) == ["yes", "no"]


def test_a_dead_engine_that_says_running_is_marked_as_old() -> None:
    drawn = render(PAGE, snapshot(ENGINE, age=3600))

    assert "engine_metadata.json: too old to be current" in drawn.text


def test_an_engine_that_publishes_nothing_is_one_sentence() -> None:
    assert "Engine unknown: engine_metadata.json: never seen." in render(PAGE, snapshot()).text


def test_the_regime_shows_how_close_it_is_to_a_change() -> None:
    drawn = render(PAGE, snapshot(PRESSURE))

    assert drawn.metrics["regime"].text == "MEAN_REVERT"
    assert drawn.metrics["regime_dwell"].text == "4.8\u00a0h"
    assert drawn.metrics["near_flips_24h"].value == "17"
