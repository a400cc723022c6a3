from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from muntin import MalformedFeed, Reading, Snapshot
from muntin.testing import FakeClock, Rendered, snapshot
from muntin_pipeline import HEAD

See = Callable[..., Rendered]
TITLE = "Shadow pipeline"
NOW = FakeClock().now
DAEMON = {
    "generated_ts": 1764188069.0,
    "total": 100,
    "allowed": 70,
    "vetoed": 30,
    "last_decision": None,
}


def reading(raw: Any) -> Reading:
    return snapshot({HEAD: raw}).reading(HEAD)


def decided(**changes: Any) -> dict[str, Any]:
    """Return the example with changes in its last decision."""
    raw: dict[str, Any] = deepcopy(HEAD.example)
    raw["last_decision"].update(changes)
    return raw


VETOED = decided(
    size_decision={"gross_usd": 0.0, "qty": 0.0},
    risk_decision={
        "allowed": False,
        "reasons": ["symbol_cap"],
        "diagnostics": {"thresholds": {"cap": 0.15}, "observations": {"requested": 0.18}},
    },
)


def test_counts_and_the_last_decision_can_be_read(see: See) -> None:
    seen = see(TITLE, {HEAD: HEAD.example})

    assert {name: shown.text for name, shown in seen.metrics.items()} == {
        "shadow_allowed": "38",
        "shadow_vetoed": "12",
        "shadow_total": "of last 50",
        "last_decision_symbol": "BTCUSDT",
        "last_decision_side": "BUY",
        "last_decision_verdict": "allowed",
        "last_decision_at": "20:10:00",
        "last_decision_requested": "180.00",
        "last_decision_sized": "180.00",
        "last_decision_qty": "0.002",
        "last_decision_price": "90,000.00",
    }
    assert "Passed all risk limits. Route: maker first, offset 1.50 bps." in seen.text


def test_a_veto_is_told_with_its_reason_and_limit(see: See) -> None:
    seen = see(TITLE, {HEAD: VETOED})

    assert seen.metrics["last_decision_verdict"].text == "vetoed"
    assert seen.metrics["last_decision_sized"].text == "0.00"
    assert "Vetoed: symbol cap (0.18 against a limit of 0.15)." in seen.text
    assert "Route" not in seen.text


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ({"allowed": False}, "Vetoed: no reason given."),
        ({"allowed": False, "reasons": "min_notional"}, "Vetoed: min notional."),
        ({"allowed": False, "reasons": [None, 1, "a", "b"]}, "Vetoed: a, b."),
        ({}, "does not say whether it was allowed"),
        ({"allowed": "yes"}, "does not say whether it was allowed"),
    ],
)
def test_verdicts_in_odd_shapes(see: See, verdict: dict[str, Any], said: str) -> None:
    assert said in see(TITLE, {HEAD: decided(risk_decision=verdict)}).text


def test_f65_the_window_is_shown_and_the_daemon_has_no_decision(see: See) -> None:
    """Two producers write the document: one counts 50, the other 100 and gives no decision."""
    seen = see(TITLE, {HEAD: DAEMON})

    assert seen.metrics["shadow_total"].text == "of last 100"
    assert seen.metrics["shadow_total"].value == "100"
    assert "The last decision is not given by this producer." in seen.text


def test_f65_the_last_decision_does_not_vanish_with_the_other_producer(see: See) -> None:
    """It is carried over, says so, and keeps its own time."""
    second = reading(DAEMON).after(reading(HEAD.example))

    seen = see(TITLE, Snapshot({HEAD.name: second}, NOW, 2))

    assert seen.metrics["shadow_total"].text == "of last 100"
    assert seen.metrics["last_decision_symbol"].text == "BTCUSDT"
    assert seen.metrics["last_decision_symbol"].as_of == "2025-11-26T20:10:00.000Z"
    assert seen.metrics["shadow_total"].as_of == "2025-11-26T20:14:29.000Z"
    assert "Carried over" in seen.text


def test_f65_a_decision_of_its_own_replaces_the_one_carried_over() -> None:
    first = reading(DAEMON).after(reading(HEAD.example))

    third = reading(VETOED).after(first)

    assert third.value.last.allowed.value is False
    assert not third.value.last.carried


def test_a_heartbeat_is_no_new_decision(see: See) -> None:
    """Its time is that of the repetition."""
    seen = see(TITLE, {HEAD: decided(heartbeat=True)})

    assert "Repeated" in seen.text
    assert "Decided" not in seen.text
    assert "A heartbeat repeated it" in seen.text


@pytest.mark.parametrize("odd", [[], "BTCUSDT", 7, [1], {}])
def test_a_last_decision_of_the_wrong_shape_costs_only_itself(see: See, odd: Any) -> None:
    seen = see(TITLE, {HEAD: {**HEAD.example, "last_decision": odd}})

    assert seen.metrics["shadow_allowed"].text == "38"
    assert "The last decision " in seen.text


def test_an_empty_window_says_so_once(see: See) -> None:
    seen = see(TITLE, {HEAD: {**DAEMON, "total": 0, "allowed": 0, "vetoed": 0}})

    assert seen.metrics["shadow_total"].text == "of last 0"
    assert "No decision in the window yet." in seen.text
    assert "last decision" not in seen.text


def test_counts_that_do_not_add_up_are_named(see: See) -> None:
    assert "do not add up" in see(TITLE, {HEAD: {**DAEMON, "total": 90}}).text


def test_a_missing_total_is_the_sum(see: See) -> None:
    raw = {key: value for key, value in DAEMON.items() if key != "total"}

    assert see(TITLE, {HEAD: raw}).metrics["shadow_total"].value == "100"


def test_f93_nothing_of_the_machine_and_no_raw_document(see: See) -> None:
    raw = decided(hostname="node-1", pid=4711, run_id="deadbeef", metadata={"flag": True})

    text = see(TITLE, {HEAD: raw}).html

    assert not any(word in text for word in ("node-1", "4711", "deadbeef", "{", "metadata"))


def test_markup_in_a_document_stays_text(see: See) -> None:
    seen = see(TITLE, {HEAD: decided(symbol="<script>alert(1)</script>")})

    assert "<script>" not in seen.html
    assert seen.metrics["last_decision_symbol"].value


def test_another_document_is_malformed() -> None:
    with pytest.raises(MalformedFeed):
        HEAD.read({"nav_usd": 1.0})


@pytest.mark.parametrize(("age", "status"), [(1200, "live"), (1231, "late"), (3001, "stale")])
def test_the_ages_follow_the_heartbeat(age: int, status: str) -> None:
    """A heartbeat comes every 600 s."""
    seen = snapshot(HEAD, age=age)

    assert seen.status(HEAD) == status
    assert seen.age(HEAD) == timedelta(seconds=age)
