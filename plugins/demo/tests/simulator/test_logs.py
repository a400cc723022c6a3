"""Facts about the logs: a past to look back on, then one whole line at a time."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from muntin_demo.simulator import Fund, Producer, log_dir

START = 1_790_000_000.0
HOUR = 3_600.0

KEYS = {
    "execution/orders_attempted.jsonl": "symbol side attempt_id intent_id qty strategy signal_ts"
    " local_ts nav_snapshot run_id reduce_only price_hint decision_latency_ms confidence"
    " expected_edge ts event_type pid hostname",
    "execution/risk_vetoes.jsonl": "symbol side strategy veto_reason original_reason veto_detail"
    " signal_ts qty_req context thresholds observations gate ts event_type pid hostname",
    "execution/signal_metrics.jsonl": "ts attempt_id symbol signal doctor queue_depth latency_ms",
    "execution/sync_heartbeats.jsonl": "service run_id hostname ts lag_secs queue_depth event_type"
    " pid",
    "execution/position_state.jsonl": "ts symbol pos_qty entry_px unrealized_pnl leverage mode",
    "pipeline_v6_shadow.jsonl": "symbol intent risk_decision sizing timestamp size_decision"
    " router_decision",
    "pipeline_v6_compare.jsonl": "ts symbol attempt_id live shadow veto_mismatch sizing_diff"
    " slippage_diff_bps",
}
EXECUTED = {
    "order_ack": "symbol side ts_ack orderId clientOrderId attempt_id intent_id positionSide"
    " request_qty order_type status latency_ms event_type ts pid hostname",
    "order_fill": "symbol side ts_fill_first ts_fill_last orderId clientOrderId attempt_id"
    " intent_id positionSide executedQty avgPrice fee_total feeAsset tradeIds status event_type ts"
    " pid hostname",
    "order_close": "symbol ts_close orderId clientOrderId attempt_id intent_id positionSide"
    " realizedPnlUsd fees_total position_size_before position_size_after closed_qty event_type ts"
    " pid hostname",
}
METRICS = {
    "": "attempt_id venue route prices qty timing_ms result fees_usd slippage_bps ack_latency_ms"
    " maker_start is_maker_final used_fallback policy intent_id symbol side ts",
    "position_close": "ts intent_id attempt_id symbol side event pnl_at_close_usd order_status",
}


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def producer(tmp_path: Path) -> Producer:
    return Producer(Fund(Random(51), START), tmp_path / "logs" / "state", lambda: START)


@pytest.fixture
def root(producer: Producer, tmp_path: Path) -> Path:
    """The directory of the logs, after the first tick."""
    producer.tick(START)
    return log_dir(tmp_path / "logs" / "state").parent


@pytest.mark.parametrize("name", sorted(KEYS))
def test_lines_have_the_keys_of_the_contract(root: Path, name: str) -> None:
    rows = lines(root / name)

    assert rows
    assert all(set(row) == set(KEYS[name].split()) for row in rows)


def test_executions_have_the_keys_of_their_kind(root: Path) -> None:
    rows = lines(root / "execution" / "orders_executed.jsonl")

    assert {row["event_type"] for row in rows} == set(EXECUTED)
    for row in rows:
        assert set(row) - {"reduceOnly"} == set(EXECUTED[row["event_type"]].split())


def test_metrics_have_the_keys_of_their_kind(root: Path) -> None:
    for row in lines(root / "execution" / "order_metrics.jsonl"):
        assert set(row) == set(METRICS[row.get("event", "")].split())


def test_logs_begin_with_the_last_one_to_two_days(root: Path) -> None:
    """From the first second a 24 h window is full."""
    for name in ("orders_executed", "risk_vetoes", "sync_heartbeats"):
        rows = lines(root / "execution" / f"{name}.jsonl")
        first = datetime.fromisoformat(rows[0]["ts"]).timestamp()
        assert 24.0 * HOUR < START - first < 48.0 * HOUR


def test_no_line_comes_from_the_future(producer: Producer, root: Path) -> None:
    for number in range(1, 120):
        producer.tick(START + number * 10.0)

    for path in (root / "execution").glob("*.jsonl"):
        for row in lines(path):
            stamp = row["ts"]
            at = stamp if isinstance(stamp, float) else datetime.fromisoformat(stamp).timestamp()
            assert at <= producer.fund.now + 0.01


def test_new_events_are_appended(producer: Producer, root: Path) -> None:
    """What was there stays, byte for byte; what is new comes after it."""
    shadow = root / "pipeline_v6_shadow.jsonl"
    before = shadow.read_bytes()
    for number in range(1, 61):
        producer.tick(START + number * 30.0)
    after = shadow.read_bytes()

    assert after.startswith(before)
    assert len(after) > len(before)
    assert after.endswith(b"\n")


def test_every_decision_is_logged_once(producer: Producer, root: Path) -> None:
    for number in range(1, 61):
        producer.tick(START + number * 30.0)
    signals = lines(root / "execution" / "signal_metrics.jsonl")
    attempts = lines(root / "execution" / "orders_attempted.jsonl")
    vetoes = lines(root / "execution" / "risk_vetoes.jsonl")
    names = [row["attempt_id"] for row in signals]

    assert len(names) == len(set(names))
    assert len(signals) == len(attempts) + len(vetoes)
    assert len(signals) == len(lines(root / "pipeline_v6_compare.jsonl"))


def test_logged_fees_and_profits_are_those_of_the_book(producer: Producer, root: Path) -> None:
    """The logs and the wallet tell one story."""
    for number in range(1, 61):
        producer.tick(START + number * 30.0)
    rows = lines(root / "execution" / "orders_executed.jsonl")
    fees = sum(row["fee_total"] for row in rows if row["event_type"] == "order_fill")
    gained = sum(row["realizedPnlUsd"] for row in rows if row["event_type"] == "order_close")

    assert fees == pytest.approx(producer.fund.book.fees_total, abs=1e-6)
    assert gained == pytest.approx(producer.fund.book.realized_total, abs=1e-6)


def test_vetoes_say_what_they_met(root: Path) -> None:
    for row in lines(root / "execution" / "risk_vetoes.jsonl"):
        detail = row["veto_detail"]
        assert row["veto_reason"] in detail["reasons"]
        assert set(detail) == {"gate", "thresholds", "observations", "reasons"}


def test_a_full_log_is_rotated(tmp_path: Path) -> None:
    """Past the limit the log moves aside, and a new one begins with a whole line."""
    producer = Producer(
        Fund(Random(52), START), tmp_path / "demo", lambda: START, rotate_at=600_000
    )
    producer.tick(START)
    for number in range(1, 41):
        producer.tick(START + number * 60.0)
    folder = tmp_path / "demo"

    assert (folder / "pipeline_v6_shadow.1.jsonl").stat().st_size > 600_000
    assert 0 < (folder / "pipeline_v6_shadow.jsonl").stat().st_size < 600_000
    assert lines(folder / "pipeline_v6_shadow.jsonl")


def test_a_new_fund_replaces_the_logs_of_an_earlier_one(tmp_path: Path) -> None:
    """Two lives are never mixed in one log."""
    for seed in (53, 54):
        Producer(Fund(Random(seed), START), tmp_path / "demo", lambda: START).tick(START)
    rows = lines(tmp_path / "demo" / "execution" / "sync_heartbeats.jsonl")
    times = [row["ts"] for row in rows]

    assert times == sorted(set(times))
