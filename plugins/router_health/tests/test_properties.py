"""Whatever a document holds: a value, or one of the two errors that say what is wrong."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from muntin import EmptyFeed, Feed, MalformedFeed
from muntin.testing import snapshot
from muntin_router_health import ORDER_METRICS, ROUTER_HEALTH, SUGGESTIONS, muntin_pages
from muntin_router_health.orders import parse_order

(PAGE,) = muntin_pages()
DOCUMENTS = (ROUTER_HEALTH, SUGGESTIONS)
KEYS = (
    "symbols",
    "per_symbol",
    "symbol_stats",
    "router_health",
    "global",
    "summary",
    "rows",
    "metric",
    "value",
    "symbol",
    "quality",
    "quality_counts",
    "quality_score",
    "maker_fill_rate",
    "count",
    "maker_count",
    "taker_count",
    "order_count",
    "fallback_count",
    "slippage_p50",
    "slippage_p95",
    "policy",
    "taker_bias",
    "bias_label",
    "offset_bps",
    "maker_first",
    "current_policy",
    "proposed_policy",
    "rationale",
    "generated_ts",
    "updated_ts",
    "prices",
    "avg_fill",
    "qty",
    "contracts",
    "notional_usd",
    "timing_ms",
    "ack",
    "fill",
    "result",
    "status",
    "fees_usd",
    "slippage_bps",
    "attempt_id",
    "ts",
    "event",
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["95.40", "12%", "$5", "2025-11-26T20:14:50Z", "BTCUSDT", "ok", "FILLED"])
)
documents = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


def near(example: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents that look like the example, with some values replaced."""
    rows = st.sampled_from(example["symbols"]).flatmap(altered)
    changes = st.dictionaries(st.sampled_from([*example, *KEYS[:7]]), documents, max_size=3)
    return st.builds(
        lambda changed, some: {**example, "symbols": some, **changed},
        changes,
        st.lists(rows | documents, max_size=3),
    )


def altered(row: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    changes = st.dictionaries(st.sampled_from([*row, *KEYS]), documents, max_size=4)
    return changes.map(lambda changed: {**row, **changed})


lines = st.lists(st.sampled_from(ORDER_METRICS.example).flatmap(altered) | documents, max_size=5)


@settings(max_examples=200)
@given(st.data())
def test_parsers_return_a_value_or_say_what_is_wrong(data: st.DataObject) -> None:
    feed: Feed[Any] = data.draw(st.sampled_from(DOCUMENTS))
    raw = data.draw(documents | near(feed.example))

    with contextlib.suppress(EmptyFeed, MalformedFeed):
        assert feed.read(raw) is not None


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(KEYS), documents, max_size=8))
def test_a_row_of_the_log_is_an_order_or_of_another_kind(row: dict[str, Any]) -> None:
    found = parse_order(row)

    assert found is None or isinstance(found.filled, bool)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_views_take_whatever_a_parser_let_through(data: st.DataObject) -> None:
    docs: dict[Feed[Any], Any] = {feed: data.draw(near(feed.example)) for feed in DOCUMENTS}
    docs[ORDER_METRICS] = data.draw(lines)

    for panel in PAGE.panels:
        made = snapshot(docs).limited(panel.feeds)
        if all(made.reading(feed).has_value for feed in panel.needs):
            assert panel.view(made) is not None
