"""The panel on the shadow pipeline: its last decisions counted, and the very last one in words."""

from __future__ import annotations

from collections.abc import Iterator

from muntin import Field, Snapshot
from muntin.ui import (
    Metric,
    Metrics,
    Note,
    Share,
    Stack,
    StackedBar,
    clock,
    day,
    line,
    metrics,
    stack,
    text_of,
)
from muntin_pipeline.charts import ALLOWED, VETOED
from muntin_pipeline.decision import Decision
from muntin_pipeline.head import HEAD, Head
from muntin_pipeline.reasons import spoken
from muntin_pipeline.rows import absence


def head_card(snapshot: Snapshot) -> Stack | Note:
    """Return the counts over the producer's window, and its last decision."""
    gone = absence(snapshot, HEAD, "shadow decisions", "It is written at every decision.")
    if gone is not None:
        return gone
    head = snapshot[HEAD]
    return stack(_counts(head), _bar(head), *_remarks(head), *_last(head))


def _counts(head: Head) -> Metrics:
    meaning = "Counted over the last decisions; one producer keeps 50 of them, another 100."
    window = Metric(
        "shadow_total",
        "Window",
        head.total,
        meaning=meaning,
        words=f"of last {text_of(head.total)}" if head.total.ok else "",
    )
    return metrics(
        Metric("shadow_allowed", "Allowed", head.allowed),
        Metric("shadow_vetoed", "Vetoed", head.vetoed),
        window,
    )


def _bar(head: Head) -> StackedBar | None:
    allowed, vetoed = head.allowed.value or 0, head.vetoed.value or 0
    if not allowed + vetoed:
        return None
    parts = (Share("Allowed", allowed, ALLOWED), Share("Vetoed", vetoed, VETOED))
    return StackedBar(parts, f"{allowed:,} allowed, {vetoed:,} vetoed")


def _remarks(head: Head) -> Iterator[Note]:
    if head.total.value == 0:
        yield Note("No decision in the window yet.", "none")
    if not head.adds_up:
        yield Note("Allowed and vetoed do not add up to the total.", "warn")


def _last(head: Head) -> Iterator[Metrics | Note]:
    if head.last is None:
        if head.total.value != 0:
            yield Note(f"The last decision {head.problem}.", "none")
        return
    yield from (_who(head.last), _figures(head.last))
    yield Note(" ".join(_sentences(head.last)))


def _who(decision: Decision) -> Metrics:
    return metrics(
        Metric("last_decision_symbol", "Symbol", decision.symbol),
        Metric("last_decision_side", "Side", decision.side),
        Metric(
            "last_decision_verdict",
            "Verdict",
            _verdict(decision.allowed),
            chip=True,
            tone="good" if decision.allowed.value else "none",
        ),
        _time(decision),
        heading="Last decision",
    )


def _verdict(allowed: Field[bool]) -> Field[str]:
    said = None if allowed.value is None else "allowed" if allowed.value else "vetoed"
    return allowed.derive(said, "allowed, as a word")


def _time(decision: Decision) -> Metric:
    at = decision.at.value
    return Metric(
        "last_decision_at",
        "Repeated" if decision.heartbeat else "Decided",
        decision.at,
        words=f"{clock(at)}" if at else "",
        note=f"UTC, {day(at)}" if at else "",
    )


def _figures(decision: Decision) -> Metrics:
    return line(
        Metric("last_decision_requested", "Requested", decision.requested),
        Metric("last_decision_sized", "Sized", decision.sized, meaning="After all limits."),
        Metric("last_decision_qty", "Quantity", decision.qty),
        Metric("last_decision_price", "Price", decision.price),
    )


def _sentences(decision: Decision) -> Iterator[str]:
    """Yield the decision's story: verdict and reason, the way to the market, and its origin."""
    yield _why(decision)
    if decision.allowed.value and decision.maker_first.ok:
        way = "maker first" if decision.maker_first.value else "taker"
        offset = f", offset {text_of(decision.offset)} bps" if decision.offset.ok else ""
        yield f"Route: {way}{offset}."
    if decision.heartbeat:
        yield "A heartbeat repeated it; when it was decided is not in the document."
    if decision.carried:
        yield "Carried over: the newest document holds no decision."


def _why(decision: Decision) -> str:
    if decision.allowed.value is None:
        return "The document does not say whether it was allowed."
    if decision.allowed.value:
        return "Passed all risk limits."
    why = ", ".join(spoken(code) for code in decision.reasons[:4]) or "no reason given"
    if not decision.cap.ok or not decision.observed.ok:
        return f"Vetoed: {why}."
    return (
        f"Vetoed: {why} ({text_of(decision.observed)} against a limit of {text_of(decision.cap)})."
    )
