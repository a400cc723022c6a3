"""Feeds: what a document is, and where its own time stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from muntin.errors import EmptyFeed, MalformedFeed
from muntin.state.feeds import Feed, parse_example

MOMENT = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)
SECONDS = MOMENT.timestamp()


def as_is(raw: Any) -> Any:
    return raw


NAV = Feed("nav", as_is, example={"nav": 1.0, "updated_ts": SECONDS})


def test_path_follows_from_the_name() -> None:
    assert NAV.path == "nav.json"
    assert Feed("nav", as_is, path="sub/x.json").path == "sub/x.json"


@pytest.mark.parametrize("name", ["", "Nav", "a b", "1a", "a/b", "../a", "a" * 65])
def test_name_must_be_plain(name: str) -> None:
    with pytest.raises(ValueError, match="feed name"):
        Feed(name, as_is)


@pytest.mark.parametrize(("late", "stale"), [(0, 1), (-1, 1), (2, 1)])
def test_ages_must_make_sense(late: float, stale: float) -> None:
    with pytest.raises(ValueError, match="late_after"):
        Feed("nav", as_is, late_after=late, stale_after=stale)


@pytest.mark.parametrize(
    "document",
    [
        {"updated_ts": SECONDS},
        {"updated_ts": SECONDS * 1000},
        {"updated_ts": "2025-11-26T20:15:00Z"},
        {"updated_at": str(SECONDS)},
        {"ts": "2025-11-26T20:15:00"},
        {"updated_ts": None, "updated": SECONDS},
        {"updated_ts": "n/a", "updated": SECONDS},
    ],
)
def test_observed_reads_every_encoding_and_place_f4(document: dict[str, Any]) -> None:
    """F4: the first usable time of the declared paths counts, in whatever encoding."""
    assert NAV.observed(document) == MOMENT


@pytest.mark.parametrize("document", [{}, {"updated_ts": None}, {"age_s": 0.0}, {"ts": 0}])
def test_observed_is_none_without_a_usable_time_f1_f5_f17(document: dict[str, Any]) -> None:
    """F1, F5, F17: a stored age is no time, and an unknown time is not now."""
    assert NAV.observed(document) is None


def test_older_of_observed_and_written_counts_f2_f18() -> None:
    """F2, F18: a fresh stamp of a mirror does not make an old observation fresh."""
    feed = Feed("nav_state", as_is, as_of=("series[-1].t",), written=("updated_at",))
    document = {"series": [{"t": SECONDS - 3600}], "updated_at": SECONDS}

    observed = feed.observed(document)

    assert observed is not None
    assert observed.timestamp() == SECONDS - 3600


def test_empty_object_is_said_to_be_empty_f28() -> None:
    """F28: `{}` means that its producer published nothing."""
    with pytest.raises(EmptyFeed, match="empty document"):
        NAV.read({})


@pytest.mark.parametrize("raw", [[], [1], None, True, 1.5, "text"])
def test_wrong_root_is_malformed_f109(raw: Any) -> None:
    """F109: only the declared root fits."""
    with pytest.raises(MalformedFeed, match=r"\$: expected an object"):
        NAV.read(raw)


def test_list_root_fits_where_it_is_declared_f109() -> None:
    """F109: some documents are lists."""
    feed = Feed("nav_log", as_is, root=list)

    assert feed.read([1]) == [1]
    assert feed.read([]) == []


def test_example_takes_changes() -> None:
    assert parse_example(NAV, {"nav": 2.0})["nav"] == 2.0
    assert parse_example(NAV) == NAV.example
    with pytest.raises(MalformedFeed, match="no example"):
        parse_example(Feed("nav", as_is))


def test_same_document_ignores_the_parser() -> None:
    assert NAV.same_document(Feed("nav", str))
    assert not NAV.same_document(Feed("nav", as_is, stale_after=601))
