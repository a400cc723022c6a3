"""The cards on filled orders: what became of them, their slippage and their latency."""

from __future__ import annotations

from collections.abc import Iterator

from muntin import Field, LogWindow, Presence, Snapshot
from muntin.ui import (
    Metric,
    Metrics,
    Note,
    Stack,
    Tone,
    feed_warnings,
    line,
    metrics,
    note,
    plural,
    stack,
)
from muntin_router_health.charts import histogram
from muntin_router_health.fills import MATURE, Fills, Sample, fills_of
from muntin_router_health.orders import NAME, ORDER_METRICS, Order

_NOTHING = "No order in the last 24 h."
_SLIPPAGE = "Against the mark when the order was sent; below zero the fill was better than it."


def fills_card(snapshot: Snapshot) -> Stack:
    """Return what became of the orders, what they cost, and what was left out."""
    fills = fills_of(snapshot)
    if not fills.orders:
        return stack(Note(_NOTHING, "none"), *_about(snapshot))
    return stack(
        metrics(
            _count("orders_filled", "Filled orders", fills.filled, fills),
            _count("orders_unfilled", "Unfilled orders", fills.unfilled, fills),
            Metric(
                "fill_maker",
                "Maker share",
                fills.maker,
                tone=_tone(fills.filled),
                meaning="Part of the filled orders that made liquidity.",
            ),
            Metric(
                "fill_fallback",
                "Fallback share",
                fills.fallback,
                tone=_tone(fills.filled),
                meaning="Part of the filled orders that had to take liquidity after all.",
            ),
            Metric("fill_fees", "Fees", fills.fees),
        ),
        line(_fee(fills)) if fills.fee_bps.n else None,
        *(note(text) for text in _left_out(fills)),
        *_about(snapshot),
    )


def _fee(fills: Fills) -> Metric:
    n = fills.fee_bps.n
    return Metric(
        "fill_fee_bps",
        "Median fee",
        fills.fee_bps.quantile(0.5),
        tone=_tone(n),
        note=f"of the order’s value, n {n:,}",
    )


def slippage_card(snapshot: Snapshot) -> Stack:
    """Return the distribution of slippage with its median, its p95 and its size."""
    fills = fills_of(snapshot)
    if not fills.slippage.n:
        return stack(
            Note(_none(fills, "slippage"), "none"), *feed_warnings(snapshot, ORDER_METRICS)
        )
    chart, outside = histogram(fills.slippage, "Slippage", "bps", signed=True)
    return stack(
        _summary("slippage", "Slippage", fills.slippage, fills, _SLIPPAGE),
        line(_better(fills.slippage)),
        chart,
        note(_drawn(outside)) if chart else None,
        note(_immature(fills.slippage)),
        *feed_warnings(snapshot, ORDER_METRICS),
    )


def _better(sample: Sample) -> Metric:
    """Return the part of the orders that were filled at the mark or better."""
    better = sum(value <= 0 for value in sample.values)
    field = sample.count.derive(
        better / sample.n, f"{better} of {sample.n} filled orders", unit="fraction"
    )
    return Metric("slippage_better", "At the mark or better", field, tone=_tone(sample.n))


def latency_card(snapshot: Snapshot) -> Stack:
    """Return the distribution of the time to acknowledgement, and the times to fill."""
    fills = fills_of(snapshot)
    shown, name = (fills.ack, "acknowledgement") if fills.ack.n else (fills.fill, "fill")
    if not shown.n:
        return stack(Note(_none(fills, "latency"), "none"), *feed_warnings(snapshot, ORDER_METRICS))
    chart, outside = histogram(shown, f"Time to {name}", "ms")
    return stack(
        _summary("ack", "Acknowledged", fills.ack, fills) if fills.ack.n else None,
        _summary("fill_time", "Filled", fills.fill, fills) if fills.fill.n else None,
        chart,
        note(_drawn(outside)) if chart else None,
        note(_immature(shown)),
        *feed_warnings(snapshot, ORDER_METRICS),
    )


def _summary(key: str, label: str, sample: Sample, fills: Fills, meaning: str = "") -> Metrics:
    """Return the sample in one line: median, p95 and how many."""
    tone = _tone(sample.n)
    return line(
        Metric(f"{key}_p50", f"{label}: median", sample.quantile(0.5), meaning=meaning, tone=tone),
        Metric(f"{key}_p95", "p95", sample.quantile(0.95), meaning=meaning, tone=tone),
        Metric(f"{key}_n", "n", sample.count, words=_at_least(sample.n, fills)),
    )


def _count(key: str, label: str, number: int, fills: Fills) -> Metric:
    field = Field(float(number), "count", NAME, "result.status", "", Presence.OK, "", "last 24 h")
    return Metric(key, label, field, words=_at_least(number, fills))


def _at_least(number: int, fills: Fills) -> str:
    return "" if fills.complete else f"at least {number:,}"


def _tone(n: int) -> Tone:
    return "" if n >= MATURE else "none"


def _immature(sample: Sample) -> str:
    if sample.mature:
        return ""
    return f"Immature: {plural(sample.n, 'order')}, fewer than {MATURE}."


def _drawn(outside: int) -> str:
    far = f" {plural(outside, 'order')} further out not drawn." if outside else ""
    return f"Dashed: median and p95.{far}"


def _none(fills: Fills, what: str) -> str:
    if not fills.orders:
        return _NOTHING
    if not fills.filled:
        return f"No filled order in the last 24 h, so there is no {what}."
    return f"No filled order of the last 24 h has a usable {what}."


def _left_out(fills: Fills) -> Iterator[str]:
    if fills.unfilled:
        many = plural(fills.unfilled, "unfilled order")
        yield f"{many} left out of every statistic: not FILLED, or without a fill price."
    if fills.sentinels:
        yield f"{plural(fills.sentinels, 'slippage')} of ±10,000 bps left out: a sentinel."
    if fills.dear:
        yield f"{plural(fills.dear, 'fee')} above 1 % of the order left out as implausible."
    if fills.unchecked:
        yield f"{plural(fills.unchecked, 'fee')} of orders of unknown size left out."
    if fills.filled < MATURE:
        yield f"Immature: {plural(fills.filled, 'filled order')}, fewer than {MATURE}."


def _about(snapshot: Snapshot) -> Iterator[Note]:
    """Yield what is to be known of the log itself."""
    window = snapshot[ORDER_METRICS]
    for text in (_incomplete(snapshot, window), _lines(window)):
        if text:
            yield Note(text, "none")
    yield from feed_warnings(snapshot, ORDER_METRICS)


def _incomplete(snapshot: Snapshot, window: LogWindow[Order]) -> str:
    if window.covers(ORDER_METRICS.window, snapshot.now) or window.since is None:
        return ""
    hours = (snapshot.now - window.since).total_seconds() / 3600
    return f"The log is held for {hours:.1f} h of 24 h: every count is “at least”."


def _lines(window: LogWindow[Order]) -> str:
    """Return what became of the lines that are no order, or that nobody can read."""
    parts = [
        plural(window.foreign, "row that is no order", "rows that are no orders"),
        plural(window.rejected, "unreadable line"),
        plural(window.undated, "undated line"),
    ]
    numbers = (window.foreign, window.rejected, window.undated)
    said = [part for part, number in zip(parts, numbers, strict=True) if number]
    return f"Also in the log: {', '.join(said)}." if said else ""
