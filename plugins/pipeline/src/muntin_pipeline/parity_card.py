"""The panel on parity: status and reason, then the figures behind it."""

from __future__ import annotations

from muntin import Field, Presence, Snapshot
from muntin.ui import Metric, Metrics, Note, Stack, line, metrics, stack
from muntin_pipeline.compare import COMPARE, Compare
from muntin_pipeline.parity import IMPOSSIBLE, Limits, Verdict, judge
from muntin_pipeline.rows import absence

_MATCHED = "Each decision is set beside the latest live order of its symbol, however old that is."


def parity_card(snapshot: Snapshot, limits: Limits | None = None) -> Stack | Note:
    """Return how far shadow and live differ; one sentence where nothing was compared."""
    gone = absence(snapshot, COMPARE, "comparison", "Its producer writes every 15 minutes.")
    if gone is not None:
        return gone
    summary, limits = snapshot[COMPARE], limits or Limits()
    verdict = judge(summary, limits)
    word = Field(verdict.word, "", COMPARE.name, "$", "", Presence.OK, formula=limits.meaning)
    status = Metric(
        "parity_status", "Status", word, chip=True, tone=verdict.tone, meaning=limits.meaning
    )
    return stack(
        metrics(status),
        Note(verdict.reason),
        _verdicts(summary),
        _sizing(summary),
        _flag(summary, verdict),
        _others(summary),
    )


def _verdicts(summary: Compare) -> Metrics:
    return metrics(
        Metric("sample_size", "Compared", summary.sample_size, meaning=_MATCHED),
        Metric(
            "min_sample_size",
            "Needed",
            summary.min_sample_size,
            meaning="With fewer decisions compared there is no judgement.",
        ),
        Metric(
            "veto_mismatch_pct",
            "Veto mismatch",
            summary.veto_mismatch,
            2,
            meaning=f"Part of the decisions on which the verdicts differ. {_MATCHED}",
        ),
        heading="Verdicts",
    )


def _sizing(summary: Compare) -> Metrics:
    signed = "Shadow size against live size, as a part of it."
    return metrics(
        Metric("sizing_diff_p50", "Difference p50", summary.sizing_p50, 2, meaning=signed),
        Metric(
            "sizing_diff_p95",
            "Difference p95",
            summary.sizing_p95,
            2,
            tone="warn" if summary.impossible else "",
            meaning=signed,
        ),
        Metric(
            "sizing_upsize_count",
            "Sized larger",
            summary.upsize_count,
            meaning="Decisions that the shadow would have sized larger than live.",
        ),
        Metric(
            "sizing_sample_size",
            "Compared",
            summary.sizing_samples,
            meaning="Decisions of which both sizes are known.",
        ),
        heading="Sizing",
    )


def _flag(summary: Compare, verdict: Verdict) -> Note | None:
    """Return a sentence about an impossible statistic, unless the reason has it already."""
    said = not summary.impossible or IMPOSSIBLE in verdict.reason
    return None if said else Note(IMPOSSIBLE, "warn")


def _others(summary: Compare) -> Metrics:
    return line(
        Metric("size_diff_p95", "Size difference p95", summary.size_p95, 4),
        Metric("slippage_diff_p95", "Slippage difference p95", summary.slippage_p95, 2),
    )
