"""The test kit: snapshots by hand, a clock by hand, and what a viewer would read."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from core.tests.live.charts import draw

import muntin.testing
from muntin import EmptyFeed, Feed, Field, Log, Page, Panel, Presence, Snapshot, Status, log
from muntin.state.snapshots import failed
from muntin.testing import FakeClock, FakeStore, Rendered, reading, render, snapshot
from muntin.ui import Chart, Column, Metric, label, metrics, row, stack, table

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188040, "nav": 1.5, "rows": ["a"]})
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict)
NOW = datetime(2025, 11, 26, 20, 15, tzinfo=UTC)


# ------------------------------------------------------------------ clock


def test_clock_stands_until_it_is_moved(clock: FakeClock) -> None:
    """`clock` is the fixture that the kit's own pytest plugin brings."""
    assert (clock(), clock.now) == (1764188100.0, NOW)
    clock.advance(1.5)
    assert clock() == 1764188101.5
    clock.advance(-2)
    assert clock.now == NOW - timedelta(seconds=0.5)
    assert FakeClock(5)() == 5


# ------------------------------------------------------------------ snapshot


def test_snapshot_holds_the_example() -> None:
    made = snapshot(NAV)

    assert made[NAV] == NAV.example
    assert (made.now, made.version, made.status(NAV)) == (NOW, 1, Status.LIVE)
    assert made.age(NAV) == timedelta(minutes=1)


def test_snapshot_replaces_top_level_keys_and_leaves_the_example_alone() -> None:
    made = snapshot(NAV, nav=None, more=1)

    assert made[NAV] == {"ts": 1764188040, "nav": None, "rows": ["a"], "more": 1}
    assert NAV.example == {"ts": 1764188040, "nav": 1.5, "rows": ["a"]}


def test_snapshot_holds_whole_documents_and_ready_readings() -> None:
    ready = failed(KPIS, Status.UNREADABLE, "cut off", NOW)

    made = snapshot({NAV: {"nav": 2}, KPIS: ready})

    assert made[NAV] == {"nav": 2}
    assert made.statuses() == {"nav": Status.UNDATED, "kpis": Status.UNREADABLE}


def test_snapshot_of_a_faulty_document_holds_its_fault() -> None:
    def refuse(raw: Any) -> Any:
        raise EmptyFeed("nothing")

    made = snapshot({NAV: [], Feed("e", refuse): {"a": 1}})

    assert made.statuses() == {"nav": Status.MALFORMED, "e": Status.EMPTY}


@pytest.mark.parametrize(
    ("age", "status"), [(0, "live"), (200, "late"), (601, "stale"), (-9, "skewed")]
)
def test_snapshot_sets_every_age(age: float, status: str) -> None:
    made = snapshot({NAV: {"nav": 1}, KPIS: failed(KPIS, Status.MISSING, "", NOW)}, age=age)

    assert made.status(NAV) == status
    assert made.age(NAV) == timedelta(seconds=age)
    assert made.status(KPIS) is Status.MISSING


@pytest.mark.parametrize("now", [NOW + timedelta(hours=1), 1764191700.0])
def test_snapshot_is_of_any_instant(now: Any) -> None:
    assert snapshot(NAV, now=now).now == NOW + timedelta(hours=1)


def test_snapshot_of_nothing_is_empty() -> None:
    assert dict(snapshot().readings) == {}
    assert snapshot().status(NAV) is Status.MISSING


# ------------------------------------------------------------------ render


def view(state: Snapshot) -> object:
    value = state[NAV]["nav"]
    field = Field(value, "usd", "nav", "nav", "", Presence.OK)
    columns = [Column("symbol", "Symbol", numeric=False), Column("qty", "Qty")]
    rows = [row(name, label(name), field) for name in state[NAV]["rows"]]
    return stack(metrics(Metric("nav", "NAV <&>", field)), table(columns, rows))


PANEL = Panel("A b", view, (NAV,))


def test_metric_is_read_as_a_viewer_would() -> None:
    shown = render(PANEL, snapshot(NAV)).metrics["nav"]

    assert (shown.text, shown.value, shown.feed, shown.path) == ("1.50", "1.5", "nav", "nav")
    assert (shown.status, shown.as_of) == ("live", "2025-11-26T20:14:00.000Z")


def test_status_is_that_of_the_snapshot() -> None:
    assert render(PANEL, snapshot(NAV, age=601)).metrics["nav"].status == "stale"


def test_table_is_rows_of_cells() -> None:
    made = render(PANEL, snapshot(NAV, rows=["BTC", "ETH", "BTC"]))

    assert [cells["symbol"].text for cells in made.cells] == ["BTC", "ETH", "BTC"]
    assert made.table.to_dict("list") == {"symbol": ["BTC", "ETH", "BTC"], "qty": ["1.50"] * 3}


def test_text_is_what_can_be_read() -> None:
    made = render(PANEL, snapshot(NAV))

    assert made.text == "NAV <&> 1.50 USD Symbol Qty a 1.50"
    assert 'data-metric="nav"' in made.html


def test_update_tells_what_was_new() -> None:
    made = render(PANEL, snapshot(NAV))

    value = made.update(snapshot(NAV, nav=2.5))
    rows = made.update(snapshot(NAV, nav=2.5, rows=["a", "b"]))

    assert (value.models_rebuilt, value.leaves, value.panels) == (0, 2, ())
    assert (rows.leaves, rows.panels) == (0, ("a-b",))
    assert made.metrics["nav"].text == "2.50"


def test_chart_is_read_by_the_name_of_its_source() -> None:
    def chart(state: Snapshot) -> Chart:
        columns = {"x": [0, 1], "y": [0.0, state[NAV]["nav"]]}
        return Chart(draw, {"points": columns}, "c")

    made = render(Panel("A", chart, (NAV,)), snapshot(NAV))

    assert made.data == {"points": {"x": [0, 1], "y": [0.0, 1.5]}}
    assert made.update(snapshot(NAV, nav=2.0)).models_rebuilt == 0
    assert made.data["points"]["y"] == [0.0, 2.0]


def test_fault_is_told_with_its_text() -> None:
    def fails(state: Snapshot) -> object:
        raise KeyError("no")

    made = render(Page("p", "P", (PANEL, Panel("B", fails))), snapshot(NAV))

    assert made.faults == {"b": "KeyError: 'no'"}
    assert made.waiting == ()
    assert "could not be drawn" in made.text


def test_waiting_panel_is_named() -> None:
    made = render(PANEL, snapshot())

    assert made.waiting == ("a-b",)
    assert made.text == "Waiting for nav: never seen"
    assert made.metrics == {}
    assert made.faults == {}


def test_kit_is_loaded_without_bokeh_until_something_is_rendered() -> None:
    code = "import sys, muntin.testing; sys.exit('bokeh' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_kit_has_the_names_it_promises() -> None:
    assert muntin.testing.render is render
    assert muntin.testing.Rendered is Rendered
    assert isinstance(render(PANEL, snapshot(NAV)), Rendered)
    with pytest.raises(AttributeError):
        muntin.testing.no_such_name  # noqa: B018  # asking is the test


# ------------------------------------------------------------------ readings, logs, store

EVENTS: Log[str] = log("events", lambda row: str(row["what"]), example=[{"ts": 1, "what": "a"}])


@pytest.mark.parametrize("status", [*Status])
def test_reading_has_the_status_asked_for(status: Status) -> None:
    made = snapshot({NAV: reading(NAV, status)})

    assert made.status(NAV) is status
    assert (made.get(NAV, None) is None) is (
        status in {"empty", "missing", "malformed", "unreadable"}
    )


def test_reading_keeps_a_last_good_value() -> None:
    made = reading(NAV, Status.UNREADABLE, {"nav": 3}, kept=True)

    assert (made.value, made.fault) == ({"nav": 3}, Status.UNREADABLE)


def test_reading_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="'same' with this document is never late"):
        reading(Feed("same", dict, example={"a": 1}, late_after=9, stale_after=9), Status.LATE)
    with pytest.raises(ValueError, match="never stale"):
        reading(Feed("ever", dict, example={"a": 1}, stale_after=1e300), Status.STALE)


def test_snapshot_of_a_log_is_its_rows() -> None:
    assert [entry.value for entry in snapshot(EVENTS)[EVENTS].entries] == ["a"]
    rows = [{"ts": 1, "what": "b"}, {"ts": 2, "what": "c"}]
    assert [entry.value for entry in snapshot({EVENTS: rows})[EVENTS].entries] == ["b", "c"]
    with pytest.raises(TypeError, match="what= replaces nothing"):
        snapshot(EVENTS, what="b")


def test_store_takes_up_what_is_published(store: FakeStore, clock: FakeClock) -> None:
    woken: list[frozenset[str]] = []
    close = store.subscribe(woken.append)

    assert store.publish(NAV, nav=2.0) == {"nav"}
    assert store.publish(KPIS, {"a": 1}) == {"kpis"}
    assert store.publish(NAV, nav=2.0) == frozenset()
    assert store.publish(reading(NAV, Status.MALFORMED)) == {"nav"}
    close()
    assert store.snapshot[NAV]["nav"] == 2.0
    assert store.snapshot.statuses() == {"nav": Status.MALFORMED, "kpis": Status.UNDATED}
    assert woken == [{"nav"}, {"kpis"}, {"nav"}]
    assert (store.snapshot.now, store.snapshot.version) == (clock.now, 3)


def test_store_grows_old_by_the_clock(store: FakeStore) -> None:
    store.publish(NAV)

    assert store.advance(10) == frozenset()
    assert store.advance(600) == {"nav"}
    assert store.snapshot.status(NAV) is Status.STALE


def test_status_names_how_each_panel_stands() -> None:
    def fails(state: Snapshot) -> object:
        raise KeyError("no")

    page = Page("p", "P", (PANEL, Panel("B", fails), Panel("C", lambda _: "x")))

    assert render(page, snapshot()).status == {"a-b": "waiting", "b": "failed", "c": "ok"}


def test_tables_are_told_apart_by_their_panel() -> None:
    page = Page("p", "P", (PANEL, Panel("B", view, (NAV,))))

    made = render(page, snapshot(NAV))

    assert {name: frame.shape for name, frame in made.tables.items()} == {
        "a-b": (1, 2), "b": (1, 2),
    }  # fmt: skip
