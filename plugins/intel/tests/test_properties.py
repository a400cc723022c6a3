"""Whatever a document holds: a value, or one of the two errors that say what is wrong."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from muntin import EmptyFeed, MalformedFeed
from muntin.testing import snapshot
from muntin.testing.strategies import documents, near
from muntin_intel import muntin_pages

(PAGE,) = muntin_pages()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_parsers_return_a_value_or_say_what_is_wrong(data: st.DataObject) -> None:
    feed = data.draw(st.sampled_from(PAGE.feeds))
    raw = data.draw(documents(PAGE.feeds) | near(feed))

    with contextlib.suppress(EmptyFeed, MalformedFeed):
        assert feed.read(raw) is not None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_views_take_whatever_a_parser_let_through(data: st.DataObject) -> None:
    made = snapshot({feed: data.draw(near(feed)) for feed in PAGE.feeds})

    for panel in PAGE.panels:
        if all(made.reading(need).has_value for need in panel.needs):
            assert panel.view(made.limited(panel.feeds)) is not None
