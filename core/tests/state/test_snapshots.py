"""Readings and snapshots: statuses by the reader's clock, faults that keep the last good value."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from muntin.errors import EmptyFeed, FeedUnavailable, MalformedFeed, UndeclaredFeed
from muntin.state.feeds import Feed
from muntin.state.snapshots import MEANING, Reading, Snapshot, Status, failed, read
from muntin.testing import FakeClock


def parse(raw: Any) -> Any:
    return raw["nav"]


NAV = Feed("nav", parse, late_after=180, stale_after=600)
NOW = FakeClock().now


def document(age: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"nav": 1.0, "updated_ts": NOW.timestamp() - age, **more}


def reading(age: float = 0.0) -> Reading:
    return read(NAV, document(age), NOW)


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (0, Status.LIVE),
        (110, Status.LIVE),
        (180, Status.LIVE),
        (200, Status.LATE),
        (600, Status.LATE),
        (900, Status.STALE),
        (-5, Status.LIVE),
        (-600, Status.SKEWED),
    ],
)
def test_status_follows_the_feed_s_own_ages_f7_f14(age: float, status: Status) -> None:
    """F7: thresholds belong to the feed. F14: a time from the future is skewed, not fresh."""
    assert reading(age).status(NOW) is status


def test_status_changes_by_the_clock_alone_f16() -> None:
    """F16: ten minutes on, the same reading is stale."""
    seen = reading()

    assert seen.status(NOW) is Status.LIVE
    assert seen.status(NOW + timedelta(minutes=10, seconds=1)) is Status.STALE


def test_stored_age_is_not_trusted_f1() -> None:
    """F1: `age_s: 0.0` in an hour-old document changes nothing."""
    seen = read(NAV, document(3600, age_s=0.0), NOW)

    assert seen.status(NOW) is Status.STALE


def test_file_time_is_no_content_time_f3() -> None:
    """F3: a file written just now with an old observation is stale."""
    seen = read(NAV, document(3600), NOW, modified_at=NOW)

    assert seen.status(NOW) is Status.STALE


@pytest.mark.parametrize("stamp", [None, 0, "n/a", True])
def test_unknown_age_is_none_f17(stamp: Any) -> None:
    """F17: without a usable time there is no age, and the status says so."""
    seen = read(NAV, document(updated_ts=stamp), NOW)

    assert seen.age(NOW) is None
    assert seen.status(NOW) is Status.UNDATED


@pytest.mark.parametrize("encode", [float, str, lambda s: s * 1000])
def test_status_is_the_same_in_every_encoding_f4(encode: Callable[[float], Any]) -> None:
    """F4: the encoding of a time does not change the status."""
    seen = read(NAV, document(updated_ts=encode(NOW.timestamp() - 200)), NOW)

    assert seen.status(NOW) is Status.LATE


def test_naive_time_is_utc_in_any_zone_f15(monkeypatch: pytest.MonkeyPatch) -> None:
    """F15: the reader's zone moves no age."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Africa/Johannesburg")
        time.tzset()
        seen = read(NAV, document(updated_ts=NOW.replace(tzinfo=None).isoformat()), NOW)
    time.tzset()

    assert seen.age(NOW) == timedelta(0)


def test_every_absence_has_its_own_status_f25_f28() -> None:
    """F25, F28: never seen, empty, malformed and unreadable are not the same thing."""
    found = {
        failed(NAV, Status.MISSING, "never seen", NOW).status(NOW),
        read(NAV, {}, NOW).status(NOW),
        read(NAV, {"total": 1}, NOW).status(NOW),
        failed(NAV, Status.UNREADABLE, "no permission", NOW).status(NOW),
        reading(900).status(NOW),
    }

    assert len(found) == 5
    assert len({MEANING[status] for status in Status}) == len(Status)


def test_wrong_root_is_malformed_f109() -> None:
    """F109: a list where an object is meant is the wrong shape."""
    seen = read(NAV, [1], NOW)

    assert (seen.fault, seen.problem) == (
        Status.MALFORMED,
        "$: expected an object, found a list",
    )


@pytest.mark.parametrize(
    "error",
    [NameError("x"), RecursionError("x"), AssertionError("x"), ZeroDivisionError("x"),
     KeyError("x"), StopIteration("x"), ImportError("x"), NotImplementedError("x")],
)  # fmt: skip
def test_parser_s_mistake_is_visible_and_stays_with_its_feed_f6(error: Exception) -> None:
    """F6: a programming error is named in the reading; it neither vanishes nor spreads."""

    def broken(_: Any) -> Any:
        raise error

    seen = read(Feed("nav", broken), document(), NOW)

    assert seen.fault is Status.MALFORMED
    assert type(error).__name__ in seen.problem


@pytest.mark.parametrize(
    ("error", "status"),
    [(MalformedFeed("a.b", "bad"), Status.MALFORMED), (EmptyFeed("warming up"), Status.EMPTY)],
)
def test_parser_may_say_what_is_wrong(error: Exception, status: Status) -> None:
    def strict(_: Any) -> Any:
        raise error

    seen = read(Feed("nav", strict), document(), NOW)

    assert (seen.fault, seen.problem) == (status, str(error))


def test_parser_that_returns_nothing_is_faulty() -> None:
    seen = read(Feed("nav", lambda _: None), document(), NOW)

    assert seen.fault is Status.MALFORMED
    assert not seen.has_value


@pytest.mark.parametrize("zero", [0, 0.0, False, ""])
def test_zero_value_is_a_value_f21(zero: Any) -> None:
    """F21: what is falsy is there."""
    seen = read(NAV, document(nav=zero), NOW)

    assert seen.has_value
    assert seen.status(NOW) is Status.LIVE


@pytest.mark.parametrize("status", [Status.EMPTY, Status.MALFORMED, Status.UNREADABLE])
def test_fault_keeps_the_last_good_value_and_its_time_f96(status: Status) -> None:
    """F96: a fault costs nothing that was known; the value keeps its own age."""
    good = reading(60)

    after = failed(NAV, status, "torn", NOW).after(good)

    assert (after.value, after.as_of, after.fault) == (1.0, good.as_of, status)


def test_fault_lasts_since_it_began() -> None:
    later = NOW + timedelta(minutes=1)
    first = failed(NAV, Status.UNREADABLE, "torn", NOW).after(reading())

    second = failed(NAV, Status.UNREADABLE, "torn again", later).after(first)

    assert second.fault_since == NOW
    assert failed(NAV, Status.MALFORMED, "list", later).after(second).fault_since == later


def test_seen_feed_never_goes_missing_again_f25() -> None:
    """F25: `missing` means never seen; what was there and is not is unreadable, since it went."""
    later = NOW + timedelta(minutes=1)
    gone = failed(NAV, Status.MISSING, "never seen: /nav.json", NOW).after(reading())

    still_gone = failed(NAV, Status.MISSING, "never seen: /nav.json", later).after(gone)

    assert (gone.fault, gone.problem, gone.value) == (Status.UNREADABLE, "gone: /nav.json", 1.0)
    assert still_gone.fault_since == NOW


def test_unseen_feed_is_missing_again_after_its_source_failed_f25() -> None:
    """F25: a source's failure does not mean that the feed was ever seen."""
    broken = failed(NAV, Status.UNREADABLE, "the source failed", NOW)

    after = failed(NAV, Status.MISSING, "never seen", NOW).after(broken)

    assert after.fault is Status.MISSING


def test_merge_joins_values_and_its_failure_keeps_the_old_one() -> None:
    feed = Feed("log", lambda raw: raw["rows"], merge=lambda old, new: [*old, *new])
    old = read(feed, {"rows": [1]}, NOW)

    joined = read(feed, {"rows": [2]}, NOW).after(old)
    failure = read(feed, {"rows": 3}, NOW).after(old)

    assert joined.value == [1, 2]
    assert (failure.value, failure.fault) == ([1], Status.MALFORMED)


@pytest.mark.parametrize(("age", "turn"), [(0, 180), (200, 600), (-600, -5)])
def test_next_turn_is_known(age: float, turn: float) -> None:
    seen = reading(age)
    assert seen.as_of is not None

    assert seen.turns_at(NOW) == seen.as_of + timedelta(seconds=turn)


@pytest.mark.parametrize("stamp", [None, "9999-12-31T23:59:59Z"])
def test_time_at_the_calendar_s_end_has_no_turn(stamp: Any) -> None:
    seen = read(NAV, document(updated_ts=stamp), NOW)

    assert seen.turns_at(NOW) is None


def test_statuses_are_ranked_from_best_to_worst() -> None:
    assert [status.rank for status in Status] == list(range(len(Status)))


def snapshot(*readings: Reading, now: datetime = NOW) -> Snapshot:
    return Snapshot({r.feed.name: r for r in readings}, now, 1)


def test_snapshot_gives_values_ages_and_statuses() -> None:
    known = snapshot(reading(200))

    assert known[NAV] == 1.0
    assert known.age(NAV) == timedelta(seconds=200)
    assert known.statuses() == {"nav": Status.LATE}
    assert known.get(Feed("other", parse), None) is None


def test_snapshot_without_value_says_why() -> None:
    known = snapshot(failed(NAV, Status.UNREADABLE, "no permission", NOW))

    with pytest.raises(FeedUnavailable, match="no permission"):
        known[NAV]
    assert known.status(Feed("other", parse)) is Status.MISSING


def test_limited_snapshot_refuses_what_is_not_declared() -> None:
    known = snapshot(reading()).limited([NAV])

    assert known[NAV] == 1.0
    with pytest.raises(UndeclaredFeed, match="other"):
        known.reading(Feed("other", parse))
