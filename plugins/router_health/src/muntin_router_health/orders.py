"""The log ``order_metrics``: what became of each order, as its router measured it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from muntin import log, parse_number

NAME = "order_metrics"
#: Seconds of the log that the page speaks of.
WINDOW = 86_400.0
#: No price, duration or amount reaches this.
_ABSURD = 1e15


@dataclass(frozen=True, slots=True)
class Order:
    """One order; whatever its row does not say is None."""

    attempt: str
    filled: bool
    slippage_bps: float | None
    ack_ms: float | None
    fill_ms: float | None
    fee_usd: float | None
    notional_usd: float | None
    maker: bool | None
    fallback: bool | None


def parse_order(row: dict[str, Any]) -> Order | None:
    """Return the order of a row; None for a row of another kind, such as a closed position.

    An order counts as filled if its status is FILLED and its fill price is above 0: without a
    fill the router writes a slippage of ±10,000 bps.
    """
    if row.get("event") or not any(key in row for key in ("prices", "result", "slippage_bps")):
        return None
    timing, result, qty = _block(row, "timing_ms"), _block(row, "result"), _block(row, "qty")
    price = _number(_block(row, "prices").get("avg_fill"))
    status = result.get("status")
    filled = isinstance(status, str) and status.strip().casefold() == "filled"
    return Order(
        attempt=_text(row.get("attempt_id")),
        filled=filled and price is not None and price > 0,
        slippage_bps=_number(row.get("slippage_bps")),
        ack_ms=_above_zero(timing.get("ack")) or _above_zero(row.get("ack_latency_ms")),
        fill_ms=_above_zero(timing.get("fill")),
        fee_usd=_number(row.get("fees_usd")),
        notional_usd=_notional(qty, price),
        maker=_flag(row.get("is_maker_final")),
        fallback=_flag(row.get("used_fallback")),
    )


def _block(row: dict[str, Any], name: str) -> dict[str, Any]:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _text(raw: Any) -> str:
    return raw[:80] if isinstance(raw, str) else ""


def _flag(raw: Any) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _number(raw: Any) -> float | None:
    """Return a number a log can mean; logs are long, so the usual case takes the short way."""
    if type(raw) is not float:
        try:
            raw = parse_number(raw).value
        except ValueError:
            return None
    return raw if abs(raw) < _ABSURD else None  # NaN is not below anything


def _above_zero(raw: Any) -> float | None:
    """Return a duration; 0 stands for one that was never measured."""
    found = _number(raw)
    return found if found is not None and found > 0 else None


def _notional(qty: dict[str, Any], price: float | None) -> float | None:
    said, contracts = _number(qty.get("notional_usd")), _number(qty.get("contracts"))
    if said:
        return abs(said)
    return abs(contracts * price) if contracts and price else None


_FILLED = {
    "attempt_id": "sig_1",
    "venue": "binance_futures",
    "route": "maker_first",
    "prices": {"mark": 90000.0, "submitted": 90000.0, "avg_fill": 90009.0},
    "qty": {"contracts": 0.01, "notional_usd": 900.09},
    "timing_ms": {"decision": None, "submit": None, "ack": 80.0, "fill": 1500.0},
    "result": {"status": "FILLED", "retries": 0, "cancelled": False},
    "fees_usd": 0.18,
    "slippage_bps": 1.0,
    "ack_latency_ms": 80.0,
    "maker_start": True,
    "is_maker_final": True,
    "used_fallback": False,
    "symbol": "BTCUSDT",
    "side": "BUY",
    "ts": 1764187000.0,
}
_SECOND = {
    **_FILLED,
    "attempt_id": "sig_2",
    "slippage_bps": -0.5,
    "ts": 1764187500.0,
    "timing_ms": {"ack": 95.0, "fill": 2500.0},
}
_UNFILLED = {
    **_FILLED,
    "attempt_id": "sig_3",
    "prices": {"mark": 90000.0, "submitted": 90000.0, "avg_fill": 0.0},
    "result": {"status": "NEW", "retries": 0, "cancelled": False},
    "fees_usd": None,
    "slippage_bps": -10000.0,
    "ts": 1764187600.0,
}

ORDER_METRICS = log(
    NAME,
    parse_order,
    path="../execution/order_metrics.jsonl",
    also=("execution/order_metrics.jsonl", "../logs/execution/order_metrics.jsonl"),
    window=WINDOW,
    late_after=6 * 3600,
    stale_after=24 * 3600,
    example=[_FILLED, _SECOND, _UNFILLED],
    producer="executor",
    doc="What became of each order: its fill, slippage, latency and fee.",
    optional=True,
)
