from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from muntin import EmptyFeed, MalformedFeed, Presence, Status
from muntin.testing import snapshot
from muntin_overview import NAV, Nav

NOW = 1764188100.0


def doc(**changes: Any) -> dict[str, Any]:
    return {**NAV.example, **changes}


def test_nav_of_nothing_is_missing_with_its_unit_and_path() -> None:
    nav = Nav().nav

    assert (nav.value, nav.presence, nav.unit, nav.feed, nav.path) == (
        None,
        Presence.MISSING,
        "usd",
        "nav",
        "nav_usd",
    )


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"nav_total": 5.5}, "nav_total"),
        ({"nav_usd": 5.5, "nav": 6}, "nav_usd"),
        ({"nav": 5.5}, "nav"),
        ({"nav": None, "nav_detail": {"total_nav": 5.5}}, "nav_detail.total_nav"),
        ({"nav_usdt": 5.5, "ts": "2025-11-06T13:25:35+00:00"}, "nav_usdt"),
    ],
)
def test_f60_nav_is_found_under_any_name_its_producers_use(raw: Any, path: str) -> None:
    """A card must not be bound to one key that nobody writes."""
    nav = NAV.read(raw).nav

    assert (nav.value, nav.path) == (5.5, path)


def test_older_documents_say_that_usdt_counts_as_usd() -> None:
    assert "USDT" in NAV.read({"nav_usdt": 1.0}).nav.formula


@pytest.mark.parametrize(
    "detail",
    [{"source": "unavailable"}, {"source": "cache", "fresh": False}, {"source": "UNAVAILABLE"}],
)
@pytest.mark.parametrize("zero", [0, 0.0, None])
def test_f23_exchange_outage_is_not_a_zero(detail: dict[str, Any], zero: Any) -> None:
    """NAV 0 from a source that was not there is no NAV: the last good one must stay."""
    raw = doc(nav=zero, nav_usd=zero, nav_detail=detail)

    with pytest.raises(EmptyFeed, match="exchange was unavailable"):
        NAV.read(raw)


def test_f23_old_shape_names_its_failed_sources() -> None:
    with pytest.raises(EmptyFeed, match="sources that had failed"):
        NAV.read({"nav_usdt": 0.0, "breakdown": {"sources_ok": False}})


def test_f23_an_outage_keeps_the_last_good_value_with_its_age() -> None:
    good = snapshot(NAV).reading(NAV)
    bad = snapshot({NAV: doc(nav=0, nav_usd=0, nav_detail={"source": "unavailable"})}).reading(NAV)

    after = bad.after(good)

    assert (after.status(snapshot().now), after.value.nav.value) == (Status.EMPTY, 10500.0)
    assert after.as_of == good.as_of


def test_f21_an_honest_zero_is_a_value() -> None:
    nav = NAV.read(doc(nav=0.0, nav_usd=0.0, nav_detail={"source": "live", "fresh": True}))

    assert nav.nav.value == 0.0


@pytest.mark.parametrize("raw", [{"foo": 1}, {"updated_ts": NOW}])
def test_f25_a_document_of_another_kind_is_malformed(raw: Any) -> None:
    """Wrong shape and no data are two things, with two messages."""
    with pytest.raises(MalformedFeed):
        NAV.read(raw)


def test_f109_a_list_at_the_root_is_malformed() -> None:
    with pytest.raises(MalformedFeed):
        NAV.read([NAV.example])


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), "abc", "$1,2", [], {"a": 1}])
def test_f81_f82_what_is_no_number_is_invalid(value: Any) -> None:
    """NaN, infinity and booleans are no values; they show as a dash, with a reason."""
    nav = NAV.read(doc(nav_usd=value)).nav

    assert (nav.value, nav.presence) == (None, Presence.INVALID)
    assert nav.problem


def test_f77_numbers_may_be_texts_with_separators() -> None:
    assert NAV.read(doc(nav_usd="$10,500.25")).nav.value == 10500.25


@pytest.mark.parametrize("time", [1764188090.6, 1764188090600, "2025-11-26T20:14:50.600000+00:00"])
def test_f4_every_encoding_of_time_gives_one_age(time: Any) -> None:
    """Epoch seconds, milliseconds and ISO are the same instant."""
    seen = snapshot({NAV: doc(updated_ts=time)}, now=NOW)

    assert seen.reading(NAV).as_of == datetime(2025, 11, 26, 20, 14, 50, 600000, tzinfo=UTC)
    assert seen.status(NAV) is Status.LIVE


def test_f4_f17_a_document_without_a_time_is_undated_and_not_of_age_zero() -> None:
    raw = doc()
    del raw["updated_ts"]

    seen = snapshot({NAV: raw})

    assert (seen.status(NAV), seen.age(NAV)) == (Status.UNDATED, None)


@pytest.mark.parametrize(
    ("age", "status"),
    [(110, Status.LIVE), (200, Status.LATE), (900, Status.STALE), (-600, Status.SKEWED)],
)
def test_f7_f14_thresholds_fit_the_writers_period(age: float, status: Status) -> None:
    """The executor writes every 110 s at worst; a time in the future is no freshness."""
    assert snapshot({NAV: doc(updated_ts=NOW - age)}, now=NOW).status(NAV) is status


def test_f51_the_wallets_own_assets_are_no_holdings() -> None:
    """They are parts of Futures; adding them would count them twice."""
    nav = NAV.read(doc(nav_detail={"source": "live", "asset_breakdown": {"USDT": 9.0}}))

    assert [h.label.value for h in nav.aum.holdings] == ["BTC", "XAUT"]


def test_f29_a_holding_without_a_worth_stays_and_is_unpriced() -> None:
    aum = {"futures": 1.0, "offexchange": {"XAUT": {"qty": 2, "usd_value": None}, "ETH": None}}

    nav = NAV.read(doc(aum=aum))

    assert nav.aum.unpriced == ("XAUT", "ETH")
    assert nav.aum.holdings[0].qty.value == 2


@pytest.mark.parametrize("price", [0, -1, "x"])
def test_f30_a_price_of_zero_makes_no_worth_of_zero(price: Any) -> None:
    """A price <= 0 is invalid, and so is the worth of zero that comes of it."""
    held = {"qty": 2, "mark": price, "usd_value": 0.0}

    nav = NAV.read(doc(aum={"futures": 1.0, "offexchange": {"XAUT": held}}))

    assert nav.aum.holdings[0].value.presence is Presence.INVALID
    assert nav.aum.unpriced == ("XAUT",)


def test_a_holding_of_nothing_is_worth_zero() -> None:
    held = {"qty": 0, "mark": 4000, "usd_value": 0.0}

    nav = NAV.read(doc(aum={"futures": 1.0, "offexchange": {"XAUT": held}}))

    assert nav.aum.holdings[0].value.value == 0.0


def test_f61_holdings_may_be_a_list_with_symbols() -> None:
    aum = {"futures": 1.0, "offexchange": [{"symbol": "BTC", "qty": 1, "usd_value": 3.0}, {}]}

    held = NAV.read(doc(aum=aum)).aum.holdings

    assert [h.label.value for h in held] == ["BTC", "(no name)"]
    assert held[0].value.path == "aum.offexchange[0].usd_value"


def test_labels_are_one_short_line() -> None:
    aum = {"offexchange": {"a\n b": {"usd_value": 1}, "x" * 500: {"usd_value": 1}, " ": {}}}

    labels = [h.label.value or "" for h in NAV.read(doc(aum=aum)).aum.holdings]

    assert labels[0] == "a b"
    assert len(labels[1]) == 40
    assert labels[2] == "(no name)"


@pytest.mark.parametrize("aum", [None, [], "x", 5])
def test_an_aum_that_is_no_object_is_not_reported(aum: Any) -> None:
    assert not NAV.read(doc(aum=aum)).aum.reported
