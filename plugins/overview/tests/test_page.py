from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

import muntin_overview
from muntin import Feed, Field
from muntin.testing import snapshot
from muntin_overview import Settings, muntin_pages

(PAGE,) = muntin_pages(Settings())


def test_hook_muntin_pages_gives_the_overview_first() -> None:
    assert (PAGE.slug, PAGE.title, PAGE.order) == ("overview", "Overview", 10)


def test_the_page_has_full_rows() -> None:
    assert [(panel.title, panel.width) for panel in PAGE.panels] == [
        ("Net asset value", 4),
        ("Assets under management", 4),
        ("Status", 4),
        ("AUM by holding", 8),
        ("Risk and router", 4),
        ("Exposure", 12),
        ("Positions", 12),
    ]


def test_settings_reach_the_donut() -> None:
    (page,) = muntin_pages(Settings(max_slices=1))
    aum_panel = next(panel for panel in page.panels if panel.title == "AUM by holding")

    shown = aum_panel.view(snapshot(muntin_overview.NAV))

    assert "Other (2)" in repr(shown)


@pytest.mark.parametrize("wrong", [0, 13])
def test_settings_out_of_range_are_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 12"):
        Settings(max_slices=wrong)


def test_every_metric_has_one_place_on_the_page(look: Any) -> None:
    docs = {feed: feed.example for feed in PAGE.feeds}
    seen = [name for panel in PAGE.panels for name in look(panel.view(snapshot(docs))).metrics]

    assert len(set(seen)) == len(seen)
    assert {
        "nav",
        "aum",
        "drawdown_state",
        "drawdown_pct",
        "atr_regime",
        "atr_ratio",
        "drawdown_usd",
        "fee_pnl_ratio",
        "router_quality",
        "maker_fill_ratio",
        "fallback_ratio",
        "slippage_p50",
        "peak",
    } <= set(seen)


def test_every_metric_names_its_feed_and_path(look: Any) -> None:
    docs = {feed: feed.example for feed in PAGE.feeds}
    for panel in PAGE.panels:
        for one in (snapshot(docs), snapshot()):
            seen = look(panel.view(one.limited(panel.feeds)))
            for metric in seen.metrics.values():
                assert metric.field.feed
                assert metric.field.path


@pytest.mark.parametrize("gone", PAGE.feeds, ids=lambda feed: feed.name)
def test_f27_every_panel_does_without_any_feed(gone: Feed[Any]) -> None:
    docs = {feed: feed.example for feed in PAGE.feeds if feed is not gone}

    for panel in PAGE.panels:
        panel.view(snapshot(docs).limited(panel.feeds))


@pytest.mark.parametrize("feed", PAGE.feeds, ids=lambda feed: feed.name)
def test_f26_without_any_one_key_no_panel_fails(feed: Feed[Any]) -> None:
    for key in feed.example:
        raw: Any = [row for row in feed.example if row is not key]
        if isinstance(feed.example, dict):
            raw = {name: value for name, value in feed.example.items() if name != key}
        docs = {other: other.example for other in PAGE.feeds} | {feed: raw}
        for panel in PAGE.panels:
            panel.view(snapshot(docs).limited(panel.feeds))


@pytest.mark.parametrize("feed", PAGE.feeds, ids=lambda feed: feed.name)
def test_feeds_describe_themselves(feed: Feed[Any]) -> None:
    value = feed.read(feed.example)

    assert feed.doc
    assert feed.producer
    assert feed.observed(feed.example) is not None
    assert feed.path.removeprefix("../") == f"{feed.name}.json"
    if not is_dataclass(value):
        return
    fed = {
        getattr(value, item.name).feed
        for item in fields(value)
        if isinstance(getattr(value, item.name), Field)
    }
    assert fed <= {feed.name}


def test_views_are_pure() -> None:
    docs = {feed: feed.example for feed in PAGE.feeds}
    for panel in PAGE.panels:
        assert panel.view(snapshot(docs)) == panel.view(snapshot(docs))


def test_all_is_what_is_there() -> None:
    names = muntin_overview.__all__

    assert len(set(names)) == len(names)
    assert all(hasattr(muntin_overview, name) for name in names)


def test_f89_importing_the_plugin_loads_nothing_heavy() -> None:
    """No I/O, no user interface, no drawing library at import."""
    code = (
        "import sys, muntin_overview;"
        "print([m for m in ('bokeh', 'panel', 'holoviews', 'pandas', 'numpy') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
