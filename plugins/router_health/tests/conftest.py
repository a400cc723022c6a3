"""What these tests share: small documents, and looking at a panel as a viewer does."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from muntin import Feed, Panel
from muntin.testing import Rendered, render, snapshot
from muntin_router_health import ORDER_METRICS, ROUTER_HEALTH, SUGGESTIONS, muntin_pages

NOW = 1764188100.0
STATISTICS = {
    "updated_ts": "2025-11-26T20:14:40+00:00",
    "router_health_score": 0.7,
    "router_health": {
        "global": {
            "quality_score": 0.7,
            "avg_slippage_bps": 3.0,
            "slippage_drift_bps": 2.5,
            "slippage_drift_bucket": "YELLOW",
            "avg_latency_ms": 120.0,
            "latency_bucket": "FAST",
            "twap_usage_ratio": 0.25,
            "router_bucket": "A_HIGH",
        },
        "per_symbol": {"BTCUSDT": {"quality_score": 0.8, "avg_latency_ms": 60.0, "event_count": 7}},
        "meta": {"window_seconds": 900},
    },
    "summary": {"count": 1, "quality_counts": {"good": 0, "ok": 1, "degraded": 0, "broken": 0}},
    "symbols": [{"symbol": "BTCUSDT", "avg_slippage_bps": 0.5, "latency_ms": 61.0}],
    "per_symbol": [{"symbol": "BTCUSDT", "avg_slippage_bps": 0.5, "latency_ms": 61.0}],
    "symbol_stats": {"BTCUSDT": {"maker_reliability": 0.8}},
}

FEEDS = (ROUTER_HEALTH, SUGGESTIONS, ORDER_METRICS)


def panel(title: str) -> Panel:
    """Return the panel whose title starts so."""
    (page,) = muntin_pages()
    return next(panel for panel in page.panels if panel.title.startswith(title))


@pytest.fixture
def examples() -> dict[Feed[Any], Any]:
    """Return every feed's example, free to be changed."""
    return {feed: deepcopy(feed.example) for feed in FEEDS}


@pytest.fixture
def see() -> Callable[..., Rendered]:
    """See one panel, drawn from documents; it must not fail."""

    def seen(title: str, docs: dict[Feed[Any], Any], **options: Any) -> Rendered:
        drawn = render(panel(title), snapshot(docs, **options))
        assert drawn.faults == {}
        return drawn

    return seen


@pytest.fixture
def health() -> Callable[..., dict[str, Any]]:
    """Make a document of v7.1 from rows: symbol and what differs."""

    def made(*rows: dict[str, Any], **top: Any) -> dict[str, Any]:
        return {"updated_ts": NOW - 10, "symbols": list(rows), "per_symbol": list(rows), **top}

    return made


@pytest.fixture
def order() -> Callable[..., dict[str, Any]]:
    """Make a row of the log: a filled order, and what differs."""

    def made(**changes: Any) -> dict[str, Any]:
        row = {
            "prices": {"avg_fill": 100.0},
            "qty": {"contracts": 1.0, "notional_usd": 100.0},
            "timing_ms": {"ack": 50.0, "fill": 900.0},
            "result": {"status": "FILLED"},
            "fees_usd": 0.02,
            "slippage_bps": 1.0,
            "ts": NOW - 60,
        }
        return row | changes

    return made


@pytest.fixture
def statistics() -> dict[str, Any]:
    """Return a document of v7.6, free to be changed."""
    return deepcopy(STATISTICS)
