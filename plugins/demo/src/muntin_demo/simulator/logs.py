"""The lines of the logs: what each decision and each heartbeat leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin_demo.simulator.desk import Decision, Filled
from muntin_demo.simulator.documents.pipeline import compare_row, shadow_row
from muntin_demo.simulator.documents.routing import policy_block
from muntin_demo.simulator.documents.system import HOST, PID, RUN
from muntin_demo.simulator.encoding import Document, iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from muntin_demo.simulator.record import Heartbeat

#: Where each log lives, seen from the directory that holds `execution`.
ATTEMPTED = "execution/orders_attempted.jsonl"
EXECUTED = "execution/orders_executed.jsonl"
METRICS = "execution/order_metrics.jsonl"
VETOES = "execution/risk_vetoes.jsonl"
SIGNALS = "execution/signal_metrics.jsonl"
HEARTBEATS = "execution/sync_heartbeats.jsonl"
HELD = "execution/position_state.jsonl"
SHADOW = "pipeline_v6_shadow.jsonl"
COMPARE = "pipeline_v6_compare.jsonl"
LOGS = (ATTEMPTED, EXECUTED, METRICS, VETOES, SIGNALS, HEARTBEATS, HELD, SHADOW, COMPARE)


def rows(event: Decision | Heartbeat) -> Iterator[tuple[str, Document]]:
    """The event's lines, each with the log it belongs to."""
    if not isinstance(event, Decision):
        yield HEARTBEATS, _heartbeat(event)
        return
    yield SIGNALS, _signal(event)
    yield SHADOW, shadow_row(event)
    yield COMPARE, compare_row(event)
    if event.filled is None:
        yield VETOES, _veto(event)
    else:
        yield from _order(event, event.filled)


def _order(event: Decision, filled: Filled) -> Iterator[tuple[str, Document]]:
    """The lines of an order: asked for, acknowledged, filled, and perhaps a position closed."""
    yield ATTEMPTED, _attempt(event, filled)
    yield EXECUTED, _ack(event, filled)
    yield EXECUTED, _fill(event, filled)
    yield METRICS, _metrics(event, filled)
    if filled.closed:
        yield EXECUTED, _close(event, filled)
        yield METRICS, _closing(event, filled)
    yield HELD, _held(event, filled)


def _sent_at(event: Decision, filled: Filled) -> float:
    """When the order left; it was filled when the decision was booked."""
    return event.at - filled.execution.fill_ms / 1_000.0


def _trace() -> Document:
    return {"pid": PID, "hostname": HOST}


def _names(event: Decision) -> Document:
    intent = event.intent
    return {
        "symbol": intent.symbol,
        "side": intent.side,
        "attempt_id": f"sig_{event.tag}",
        "intent_id": f"ord_{event.tag}",
    }


def _exchange(event: Decision, filled: Filled) -> Document:
    held = filled.after or filled.before
    return {
        **_names(event),
        "orderId": filled.order,
        "clientOrderId": f"mt-{event.number}",
        "positionSide": "LONG" if held > 0 else "SHORT",
        **({"reduceOnly": True} if event.intent.reduce_only else {}),
    }


def _heartbeat(event: Heartbeat) -> Document:
    return {
        "service": "executor_demo",
        "run_id": RUN,
        "hostname": HOST,
        "ts": iso(event.at),
        "lag_secs": event.lag,
        "queue_depth": 0,
        "event_type": "heartbeat",
        "pid": PID,
    }


def _signal(event: Decision) -> Document:
    sure = event.intent.confidence >= 0.35
    return {
        "ts": round(event.at - 12.0, 3),
        "attempt_id": f"sig_{event.tag}",
        "symbol": event.intent.symbol,
        "signal": event.intent.side,
        "doctor": {
            "ok": sure,
            "reasons": [] if sure else ["low_confidence"],
            "confidence": event.intent.confidence,
        },
        "queue_depth": event.number % 3,
        "latency_ms": 210.0 + event.number * 37 % 480,
    }


def _veto(event: Decision) -> Document:
    veto, intent = event.veto, event.intent
    if veto is None:
        raise ValueError(f"decision {event.number} was not vetoed")
    met: Document = {
        "gate": "risk_limits",
        "thresholds": {"cap": veto.limit},
        "observations": {"requested": veto.observed},
    }
    return {
        "symbol": intent.symbol,
        "side": intent.side,
        "strategy": None,
        "veto_reason": veto.reason,
        "original_reason": veto.reason,
        "veto_detail": {**met, "reasons": [veto.reason]},
        "signal_ts": iso(event.at - 12.0),
        "qty_req": abs(intent.qty),
        "context": {},
        **met,
        "ts": iso(event.at),
        "event_type": "risk_veto",
        **_trace(),
    }


def _attempt(event: Decision, filled: Filled) -> Document:
    intent, account, sent = event.intent, event.account, _sent_at(event, filled)
    at_stake = account.notional(intent.symbol, intent.mark)
    return {
        **_names(event),
        "qty": abs(intent.qty),
        "strategy": None,
        "signal_ts": iso(sent - 2.0),
        "local_ts": round(sent - 0.5, 3),
        "nav_snapshot": {
            "nav_usd": account.nav,
            "gross_usd": round(account.gross, 2),
            "symbol_gross_usd": {intent.symbol: round(at_stake, 2)},
        },
        "run_id": RUN,
        "reduce_only": intent.reduce_only,
        "price_hint": intent.mark,
        "decision_latency_ms": None,
        "confidence": intent.confidence,
        "expected_edge": 0.0,
        "ts": iso(sent),
        "event_type": "order_attempt",
        **_trace(),
    }


def _ack(event: Decision, filled: Filled) -> Document:
    acknowledged = _sent_at(event, filled) + filled.execution.ack_ms / 1_000.0
    return {
        **_exchange(event, filled),
        "ts_ack": iso(acknowledged),
        "request_qty": abs(event.intent.qty),
        "order_type": "LIMIT" if filled.execution.maker_start else "MARKET",
        "status": "NEW",
        "latency_ms": filled.execution.ack_ms,
        "event_type": "order_ack",
        "ts": iso(acknowledged),
        **_trace(),
    }


def _fill(event: Decision, filled: Filled) -> Document:
    return {
        **_exchange(event, filled),
        "ts_fill_first": iso(event.at),
        "ts_fill_last": iso(event.at),
        "executedQty": abs(event.intent.qty),
        "avgPrice": filled.execution.price,
        "fee_total": filled.execution.fee,
        "feeAsset": "USDT",
        "tradeIds": [str(filled.order * 3)],
        "status": "FILLED",
        "event_type": "order_fill",
        "ts": iso(event.at),
        **_trace(),
    }


def _close(event: Decision, filled: Filled) -> Document:
    exchange = _exchange(event, filled)
    return {
        **{key: value for key, value in exchange.items() if key not in ("side", "reduceOnly")},
        "positionSide": "LONG" if filled.before > 0 else "SHORT",
        "ts_close": iso(event.at),
        "realizedPnlUsd": filled.realized,
        "fees_total": filled.execution.fee,
        "position_size_before": filled.before,
        "position_size_after": filled.after,
        "closed_qty": filled.closed,
        "event_type": "order_close",
        "ts": iso(event.at),
        **_trace(),
    }


def _metrics(event: Decision, filled: Filled) -> Document:
    done, intent = filled.execution, event.intent
    return {
        **_names(event),
        "venue": "simulated_futures",
        "route": "maker_first" if done.maker_start else "taker",
        "prices": {"mark": intent.mark, "submitted": intent.mark, "avg_fill": done.price},
        "qty": {
            "contracts": abs(intent.qty),
            "notional_usd": round(abs(intent.qty) * done.price, 2),
        },
        "timing_ms": {
            "decision": None,
            "submit": None,
            "ack": done.ack_ms,
            "fill": done.fill_ms,
        },
        "result": {"status": "FILLED", "retries": int(done.fallback), "cancelled": False},
        "fees_usd": done.fee,
        "slippage_bps": done.slippage_bps,
        "ack_latency_ms": done.ack_ms,
        "maker_start": done.maker_start,
        "is_maker_final": done.maker,
        "used_fallback": done.fallback,
        "policy": policy_block(event.policy),
        "ts": event.at,
    }


def _closing(event: Decision, filled: Filled) -> Document:
    return {
        "ts": event.at,
        **_names(event),
        "event": "position_close",
        "pnl_at_close_usd": filled.realized,
        "order_status": "FILLED",
    }


def _held(event: Decision, filled: Filled) -> Document:
    held, mark = filled.position, event.intent.mark
    return {
        "ts": iso(event.at),
        "symbol": event.intent.symbol,
        "pos_qty": filled.after,
        "entry_px": held.entry if held else None,
        "unrealized_pnl": held.unrealized(mark) if held else None,
        "leverage": event.intent.contract.leverage,
        "mode": held.side if held else None,
    }
