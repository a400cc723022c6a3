"""Whatever a document holds: a value, or one of the two errors that say what is wrong."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from muntin import EmptyFeed, Feed, MalformedFeed
from muntin.testing import snapshot
from muntin_intel import muntin_pages

(PAGE,) = muntin_pages(None)
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["1,234.5", "12%", "$5", "2025-11-26T20:14:50Z", "23", "x" * 300])
)  # fmt: skip


def keys_of(raw: Any) -> set[str]:
    """Return every key in a raw document, at any depth."""
    if isinstance(raw, dict):
        return set(raw).union(*(keys_of(value) for value in raw.values()))
    return set().union(*(keys_of(value) for value in raw)) if isinstance(raw, list) else set()


KEYS = sorted(set().union(*(keys_of(feed.example) for feed in PAGE.feeds)))
documents = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


def near(feed: Feed[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents that look like the feed's, with some values replaced."""
    changes = st.dictionaries(st.sampled_from(sorted(feed.example)), documents, max_size=3)
    return changes.map(lambda changed: {**feed.example, **changed})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_parsers_return_a_value_or_say_what_is_wrong(data: st.DataObject) -> None:
    feed = data.draw(st.sampled_from(PAGE.feeds))
    raw = data.draw(documents | near(feed))

    with contextlib.suppress(EmptyFeed, MalformedFeed):
        assert feed.read(raw) is not None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_views_take_whatever_a_parser_let_through(data: st.DataObject) -> None:
    made = snapshot({feed: data.draw(near(feed)) for feed in PAGE.feeds})

    for panel in PAGE.panels:
        if all(made.reading(need).has_value for need in panel.needs):
            assert panel.view(made.limited(panel.feeds)) is not None
