"""The feed ``pipeline_v6_compare_summary``: how far the shadow pipeline differs from live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from muntin import Feed, Field, MalformedFeed, Node

T = TypeVar("T", bound=float)

NAME = "pipeline_v6_compare_summary"
PERIOD = 900.0

_NEVER = "the producer fills in zeros and never computes this"
_KEYS = ("sample_size", "veto_mismatch_pct", "sizing_diff_stats", "is_warmup")


@dataclass(frozen=True, slots=True)
class Compare:
    """The comparison of shadow and live decisions, as far as anything was compared."""

    sample_size: Field[int]
    min_sample_size: Field[int]
    veto_mismatch: Field[float]
    sizing_samples: Field[int]
    sizing_p50: Field[float]
    sizing_p95: Field[float]
    upsize_count: Field[int]
    size_p95: Field[float]
    slippage_p95: Field[float]
    is_warmup: Field[bool]
    warmup_reason: Field[str]

    @property
    def impossible(self) -> bool:
        """True if the median lies above the 95th percentile, which no sample can do (F73)."""
        low, high = self.sizing_p50.value, self.sizing_p95.value
        return low is not None and high is not None and low > high


def parse_compare(raw: Any) -> Compare:
    """Return the summary as a value; zeros that stand for "never computed" are no values."""
    node = Node(raw, NAME)
    if not node.has(*_KEYS):
        raise MalformedFeed("sample_size", "the document holds no comparison")
    sample, sizing = node.count("sample_size"), node.count("sizing_diff_stats.sample_size")
    return Compare(
        sample_size=sample,
        min_sample_size=node.count("min_sample_size"),
        veto_mismatch=_over(sample, node.number("veto_mismatch_pct", percent=True, low=0, high=1)),
        sizing_samples=sizing,
        sizing_p50=_over(sizing, node.number("sizing_diff_stats.p50", unit="fraction")),
        sizing_p95=_over(sizing, node.number("sizing_diff_stats.p95", unit="fraction")),
        upsize_count=_over(sizing, node.count("sizing_diff_stats.upsize_count")),
        size_p95=_computed(node, "size_diff_stats", "ratio"),
        slippage_p95=_computed(node, "slippage_diff_bps", "bps"),
        is_warmup=node.flag("is_warmup"),
        warmup_reason=node.text("warmup_reason"),
    )


def _measured(figure: Field[T], problem: str) -> Field[T]:
    """Return a figure; a zero that stands for no measurement is a placeholder."""
    return figure.placeholder(problem) if figure.value == 0 else figure


def _over(sample: Field[int], figure: Field[T]) -> Field[T]:
    """Return a figure over a sample; a zero over no sample was never measured."""
    return _measured(figure, "there are no samples") if sample.value == 0 else figure


def _computed(node: Node, block: str, unit: str) -> Field[float]:
    """Return the block's 95th percentile; a block of nothing but zeros was never computed."""
    parts = [node.number(f"{block}.{name}", unit=unit) for name in ("mean", "p50", "p95")]
    return parts[-1] if any(part.value for part in parts) else _measured(parts[-1], _NEVER)


EXAMPLE = {
    "generated_ts": 1764187567.0,
    "sample_size": 412,
    "veto_mismatch_pct": 6.5,
    "size_diff_stats": {"mean": 0.0, "p50": 0.0, "p95": 0.0},
    "slippage_diff_bps": {"mean": 0.0, "p50": 0.0, "p95": 0.0},
    "sizing_diff_stats": {"p50": 0.004, "p95": 0.03, "upsize_count": 0, "sample_size": 260},
    "is_warmup": False,
    "warmup_reason": None,
    "min_sample_size": 200,
}

COMPARE = Feed(
    NAME,
    parse_compare,
    as_of=("generated_ts", "updated_ts", "ts"),
    late_after=2 * PERIOD + 30,
    stale_after=5 * PERIOD,
    example=EXAMPLE,
    producer="executor, compare daemon",
    doc="Decisions of the shadow pipeline beside the live ones, in sums.",
    optional=True,
)
