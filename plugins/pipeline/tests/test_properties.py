"""Whatever a document holds: a value, or one of the two errors that say what is wrong."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from muntin import EmptyFeed, Feed, MalformedFeed
from muntin.testing import snapshot
from muntin.testing.strategies import documents, near
from muntin_pipeline import COMPARE, Limits, Settings, judge, muntin_pages

(PAGE,) = muntin_pages(Settings())


def readable(feed: Feed[Any], raw: Any) -> Any:
    with contextlib.suppress(EmptyFeed, MalformedFeed):
        value = feed.read(raw)
        assert value is not None
        return value
    return None


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_parsers_return_a_value_or_say_what_is_wrong(data: st.DataObject) -> None:
    feed = data.draw(st.sampled_from(PAGE.feeds))

    readable(feed, data.draw(documents(PAGE.feeds) | near(feed)))


@settings(max_examples=150, deadline=None)
@given(near(COMPARE.example), st.data())
def test_f72_green_is_never_said_without_evidence(raw: dict[str, Any], data: st.DataObject) -> None:
    raw = {**raw, "sizing_diff_stats": data.draw(near(COMPARE.example["sizing_diff_stats"]))}
    summary = readable(COMPARE, raw)
    if summary is None:
        return

    verdict = judge(summary, Limits())

    assert verdict.reason
    if verdict.word == "green":
        assert summary.sizing_samples.value > 0
        assert summary.sample_size.value >= summary.min_sample_size.value
        assert abs(summary.sizing_p95.value) <= 0.05
        assert summary.veto_mismatch.value <= 0.15


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_views_take_whatever_a_parser_let_through(data: st.DataObject) -> None:
    docs = {feed: data.draw(near(feed)) for feed in PAGE.feeds}

    for panel in PAGE.panels:
        assert panel.view(snapshot(docs).limited(panel.feeds)) is not None
