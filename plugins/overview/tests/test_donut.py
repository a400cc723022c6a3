from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muntin_overview import NAV, Nav, colors
from muntin_overview.chart import chart, columns
from muntin_overview.donut import remarks, ring


def nav(futures: Any = 100.0, total: Any = None, **offexchange: Any) -> Nav:
    held = {
        name: {"usd_value": v, "qty": 1} if not isinstance(v, dict) else v
        for name, v in offexchange.items()
    }
    aum = {"futures": futures, "offexchange": held, "total": total}
    return NAV.read({"nav": 100.0, "aum": aum})


def labels(made: Any) -> list[str]:
    return [item.label.value for item in made]


def test_slices_are_futures_and_then_every_key_there_is() -> None:
    made = ring(nav(60.0, DOGE=30.0, WHATEVER=10.0))

    assert labels(made.slices) == ["Futures", "DOGE", "WHATEVER"]
    assert [item.share.value for item in made.slices] == [0.6, 0.3, 0.1]
    assert made.slices[1].value.path == "aum.offexchange.DOGE.usd_value"
    assert made.sum is not None
    assert made.sum.value == 100.0


def test_f51_the_slices_sum_to_the_published_total() -> None:
    """The wallet's assets are inside Futures and are no slices of their own."""
    found = NAV.read(NAV.example)
    made = ring(found)

    assert made.sum is not None
    assert made.sum.value == found.aum.total.value
    assert remarks(found, made) == ()


def test_at_most_six_slices_and_then_the_rest_as_one() -> None:
    found = nav(50.0, **{f"S{n}": float(n) for n in range(1, 9)})
    made = ring(found)

    assert labels(made.slices) == ["Futures", "S4", "S5", "S6", "S7", "S8", "Other (3)"]
    assert made.slices[-1].value.value == 6.0
    assert made.slices[-1].color == colors.OTHER
    assert "Other: S1, S2, S3." in remarks(found, made)


def test_futures_keeps_its_slice_however_small() -> None:
    made = ring(nav(0.5, **{f"S{n}": float(n) for n in range(1, 9)}))

    assert labels(made.slices)[0] == "Futures"


def test_negative_and_unpriced_holdings_are_named_outside_the_ring() -> None:
    made = ring(nav(100.0, DEBT=-250.0, XAUT=None, BAD="x", BTC=50.0))

    assert labels(made.slices) == ["Futures", "BTC"]
    assert [(item.label.value, item.reason) for item in made.excluded] == [
        ("DEBT", "negative"),
        ("XAUT", "unpriced"),
        ("BAD", "unpriced"),
    ]


def test_f29_an_unpriced_holding_makes_the_total_partial() -> None:
    found = nav(100.0, total=100.0, XAUT=None)

    assert remarks(found, ring(found)) == ("Partial total: XAUT unpriced.",)


def test_f106_parts_and_total_that_differ_are_both_named() -> None:
    found = nav(100.0, total=160.0, BTC=50.0)

    assert remarks(found, ring(found)) == (
        "Parts sum to 150.00 USD, the published total is 160.00 USD.",
    )


def test_rounding_is_no_difference() -> None:
    found = nav(100.0, total=150.009, BTC=50.0)

    assert remarks(found, ring(found)) == ()


def test_a_negative_holding_counts_in_the_sum() -> None:
    found = nav(100.0, total=50.0, DEBT=-50.0)

    assert remarks(found, ring(found)) == ()


def test_a_total_that_is_not_published_is_said_to_be_so() -> None:
    found = nav(100.0, BTC=50.0)

    assert remarks(found, ring(found)) == ("The producer published no total.",)


def test_f59_no_holdings_is_said_to_be_not_reported() -> None:
    """The healthy path of the producer attaches none: that is not the same as holding none."""
    found = nav(100.0, total=100.0)

    assert remarks(found, ring(found)) == ("Off-exchange holdings not reported by the producer.",)


def test_f92_a_mark_equal_to_the_cost_may_be_the_cost() -> None:
    held = {"usd_value": 50.0, "qty": 1, "mark": 50.0, "avg_cost": 50.0}
    found = nav(100.0, total=150.0, BTC=held)

    assert remarks(found, ring(found)) == ("Possibly valued at cost: BTC.",)


def test_f92_a_pegged_coin_at_par_is_priced() -> None:
    par = {"usd_value": 50.0, "qty": 50, "mark": 1.0, "avg_cost": 1.0}
    found = nav(100.0, total=150.0, USDC=par)

    assert remarks(found, ring(found)) == ()


def test_f84_labels_that_collide_stay_two_slices() -> None:
    """A holding called Futures, or btc beside BTC, must not merge into another."""
    made = ring(nav(10.0, Futures=20.0, FUTURES=30.0, btc=40.0, BTC=50.0))

    assert labels(made.slices) == ["Futures", "Futures", "FUTURES", "btc", "BTC"]
    assert [item.value.value for item in made.slices] == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert len({item.color for item in made.slices}) == 5


def test_no_aum_gives_no_ring() -> None:
    assert ring(Nav()).slices == ()
    assert ring(NAV.read({"nav": 1.0})).sum is None


def test_zero_has_a_row_and_no_wedge() -> None:
    found = nav(100.0, total=100.0, OLD=0.0)
    drawn = chart(ring(found), found.aum.total)

    assert labels(ring(found).slices) == ["Futures", "OLD"]
    assert drawn is not None
    assert drawn.data["aum_slices"]["label"] == ["Futures"]


@pytest.mark.parametrize("found", [nav(0.0, total=0.0), nav(-5.0, DEBT=-1.0), Nav()])
def test_nothing_above_zero_draws_nothing(found: Nav) -> None:
    assert chart(ring(found), found.aum.total) is None


def test_a_single_slice_is_a_full_ring() -> None:
    data = columns(list(ring(nav(100.0)).slices))

    assert data["end"][0] - data["start"][0] == pytest.approx(2 * 3.141592653589793)


def test_wedges_run_clockwise_from_the_top_and_do_not_overlap() -> None:
    data = columns(list(ring(nav(50.0, A=30.0, B=20.0)).slices))

    assert data["end"][0] < 3.1415926 / 2
    for before, after in zip(data["start"], data["end"][1:], strict=False):
        assert after < before


@given(
    st.floats(0, 1e12),
    st.dictionaries(st.text(max_size=8), st.floats(-1e12, 1e12), max_size=12),
)
def test_a_ring_is_whole_whatever_is_in_it(futures: float, held: dict[str, float]) -> None:
    offexchange = {name: {"usd_value": value} for name, value in held.items()}
    found = NAV.read({"aum": {"futures": futures, "offexchange": offexchange}})
    made = ring(found)
    shares = [item.share.value for item in made.slices if item.share.value is not None]

    assert len(made.slices) <= 7
    assert not shares or sum(shares) == pytest.approx(1)
    assert all((item.value.value or 0) >= 0 for item in made.slices)
    neighbours = [item.color for item in made.slices]
    assert len(set(neighbours)) == len(neighbours)


def test_the_chart_carries_its_data_under_the_agreed_name() -> None:
    found = nav(60.0, total=100.0, BTC=40.0)
    drawn = chart(ring(found), found.aum.total)

    assert drawn is not None
    assert list(drawn.data) == ["aum_slices"]
    data = drawn.data["aum_slices"]
    assert (data["label"], data["value"], data["qty"]) == (
        ["Futures", "BTC"],
        [60.0, 40.0],
        [None, 1.0],
    )
    assert drawn.centre == ("100", "USD total")
    assert "BTC 40.0" in drawn.label


def test_f85_the_tooltip_shows_columns_as_text() -> None:
    """Bokeh escapes what it fills in, unless a template says safe."""
    pytest.importorskip("bokeh")
    from bokeh.models import ColumnDataSource, HoverTool

    found = nav(60.0, total=100.0, **{"<img src=x onerror=alert(1)>": 40.0})
    drawn = chart(ring(found), found.aum.total)
    assert drawn is not None
    source = ColumnDataSource(data=dict(drawn.data["aum_slices"]), name="aum_slices")
    figure = drawn.draw(aum_slices=source)

    (hover,) = figure.select(HoverTool)
    assert "safe" not in hover.tooltips
    assert "<img" not in hover.tooltips
    assert all(f"@{name}" in hover.tooltips for name in ("label", "usd", "share", "quantity"))
    assert figure.select_one({"name": "aum_slices"}) is source
    assert figure.toolbar_location is None
