from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muntin import MalformedFeed, Presence, Status
from muntin.testing import snapshot
from muntin_overview import NAV_STATE, NavState

NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)
MIRROR = {"nav": 10510.0, "nav_usd": 10510.0, "updated_ts": NOW.timestamp() - 5, "aum": {}}


def doc(**changes: Any) -> dict[str, Any]:
    return {**NAV_STATE.example, **changes}


def test_series_is_read_in_order_of_time() -> None:
    series = [{"t": 1764188040, "nav": 3}, {"t": "2025-11-26T20:00:00Z", "nav": "1,002.5"}]

    found = NAV_STATE.read(doc(series=series)).series

    assert found.value is not None
    assert [value for _, value in found.value] == [1002.5, 3.0]
    assert (found.unit, found.path) == ("usd", "series[*].nav")


@pytest.mark.parametrize(
    "row",
    [
        None,
        5,
        {},
        {"t": 1764188040},
        {"t": "n/a", "nav": 1},
        {"t": 1764188040, "nav": float("nan")},
    ],
)
def test_f64_a_bad_point_costs_only_itself(row: Any) -> None:
    """The series survives the normaliser."""
    series = [row, {"t": 1764188050, "nav": 2}]

    found = NAV_STATE.read(doc(series=series)).series

    assert found.value is not None
    assert [value for _, value in found.value] == [2.0]


def test_one_series_uses_one_key() -> None:
    """A wallet NAV and an equity in one line would draw steps that never happened."""
    series = [{"t": 1764188040, "equity": 9}, {"t": 1764188050, "nav": 2, "equity": 7}]

    found = NAV_STATE.read(doc(series=series)).series

    assert found.value is not None
    assert [value for _, value in found.value] == [2.0]


@pytest.mark.parametrize(
    ("series", "presence"),
    [
        (None, Presence.MISSING),
        ({"a": 1}, Presence.INVALID),
        ([], Presence.INVALID),
    ],
)
def test_no_series_is_no_value(series: Any, presence: Presence) -> None:
    assert NAV_STATE.read(doc(series=series)).series.presence is presence


def test_f33_drawdown_is_per_cent_by_its_key_whatever_its_size() -> None:
    """0.6895 per cent is 0.69 %, not 68.95 %; 150 per cent stays 1.5."""
    assert NAV_STATE.read(doc(drawdown_pct=0.6895)).drawdown.value == pytest.approx(0.006895)
    assert NAV_STATE.read(doc(drawdown_pct=150)).drawdown.value == 1.5


def test_f1_a_stored_age_is_ignored() -> None:
    """`age_s` is 0 for ever; the age follows from the content's own time."""
    later = snapshot({NAV_STATE: doc(age_s=0.0)}, now=NOW + timedelta(hours=1))

    assert later.status(NAV_STATE) is Status.STALE


def test_f2_f18_a_fresh_stamp_on_an_old_observation_is_stale() -> None:
    """The observation's time counts, not that of a mirror's last write."""
    old = {"t": (NOW - timedelta(hours=1)).isoformat(), "nav": 1.0}

    restamped = snapshot({NAV_STATE: doc(series=[old], updated_at=NOW.timestamp())}, now=NOW)

    assert restamped.status(NAV_STATE) is Status.STALE
    assert restamped.reading(NAV_STATE).as_of == NOW - timedelta(hours=1)


def test_f57_the_executors_copy_keeps_the_curve_with_its_age() -> None:
    """Two producers write two shapes under this name; the curve must not come and go."""
    first = snapshot({NAV_STATE: doc()}, now=NOW).reading(NAV_STATE)
    second = snapshot({NAV_STATE: MIRROR}, now=NOW).reading(NAV_STATE)

    state = second.after(first).value

    assert (state.equity.value, state.equity.path) == (10510.0, "nav_usd")
    assert state.series.value == first.value.series.value
    assert state.series.as_of == datetime(2025, 11, 26, 20, 14, tzinfo=UTC)
    assert (state.peak.value, state.peak.as_of) == (10600.0, state.series.as_of)


def test_f57_the_time_of_what_is_carried_over_never_moves() -> None:
    merge = NAV_STATE.merge
    assert merge is not None
    good, copy = NAV_STATE.read(doc()), NAV_STATE.read(MIRROR)

    twice = merge(merge(good, copy), NAV_STATE.read({**MIRROR, "updated_ts": NOW.timestamp()}))

    assert twice.series.as_of == good.at.value


def test_f57_a_whole_document_takes_over_again() -> None:
    merge = NAV_STATE.merge
    assert merge is not None
    carried = merge(NAV_STATE.read(doc()), NAV_STATE.read(MIRROR))

    state = merge(carried, NAV_STATE.read(doc(drawdown_abs=None)))

    assert state.series.as_of is None
    assert not state.drawdown_usd.ok


def test_f57_nothing_known_before_carries_nothing() -> None:
    merge = NAV_STATE.merge
    assert merge is not None

    assert not merge(NavState(), NAV_STATE.read(MIRROR)).series.ok


def test_f36_the_highest_published_peak_is_remembered() -> None:
    """A peak recomputed from a short window hides a drawdown."""
    merge = NAV_STATE.merge
    assert merge is not None

    state = merge(NAV_STATE.read(doc()), NAV_STATE.read(doc(peak_equity=10550.0)))

    assert (state.peak.value, state.highest.value) == (10550.0, 10600.0)


def test_f36_a_reset_nav_starts_a_new_peak() -> None:
    merge = NAV_STATE.merge
    assert merge is not None

    state = merge(NAV_STATE.read(doc()), NAV_STATE.read(doc(peak_equity=5000, total_equity=5000)))

    assert state.highest.value == 5000


@pytest.mark.parametrize("raw", [{"foo": 1}, {"updated_at": 1764188092.0}])
def test_f25_a_document_of_another_kind_is_malformed(raw: Any) -> None:
    with pytest.raises(MalformedFeed):
        NAV_STATE.read(raw)
