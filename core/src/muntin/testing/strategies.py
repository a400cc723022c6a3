"""Hypothesis strategies for documents, from nonsense to nearly right; they need hypothesis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from muntin.state.feeds import Feed

_TEXTS = ("1,234.5", "12%", "$5", "2025-11-26T20:14:50Z", "LONG", "BOTH", "23", "x" * 300)
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(_TEXTS) | st.just(1764188000.0)
)  # fmt: skip


def documents(feeds: Iterable[Feed[Any]] = ()) -> st.SearchStrategy[Any]:
    """Return arbitrary JSON in which the keys of the feeds' examples are likely."""
    keys = sorted(set().union(*(_keys(feed.example) for feed in feeds)))
    key = st.sampled_from(keys) | st.text(max_size=5) if keys else st.text(max_size=5)
    return st.recursive(
        _LEAVES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(key, inner, max_size=6),
        max_leaves=25,
    )


def near(what: Feed[Any] | dict[str, Any] | list[Any]) -> st.SearchStrategy[Any]:
    """Return documents, or lists of rows, that look like an example with some values replaced.

    `what` is the example, or the feed it belongs to.
    """
    example = what.example if isinstance(what, Feed) else what
    anything = documents([what]) if isinstance(what, Feed) else documents()
    if isinstance(example, list):
        return st.lists(near(example[0]) | anything, max_size=5)
    changes = st.dictionaries(st.sampled_from(sorted(example)), anything, max_size=4)
    return changes.map(lambda changed: {**example, **changed})


def _keys(raw: Any) -> set[str]:
    """Return every key in a raw document, at any depth."""
    if isinstance(raw, dict):
        return set(raw).union(*(_keys(value) for value in raw.values()))
    return set().union(*(_keys(value) for value in raw)) if isinstance(raw, list) else set()
