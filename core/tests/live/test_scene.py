"""A page's panels: faults stay where they happen, and only what changed is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from core.tests.live.charts import draw

from muntin.live.stage.markup import body_html, catch_up, delta, feed_row, foot_words, panel_html
from muntin.live.stage.scene import Change, Scene
from muntin.live.stage.stage import PageState
from muntin.pages import Page, Panel
from muntin.state.feeds import Feed
from muntin.state.fields import Field, Presence
from muntin.state.snapshots import Snapshot, Status, failed, read
from muntin.testing import FakeClock, snapshot
from muntin.ui import Chart, Metric, Note, label, metrics, stack
from muntin.ui.rendering.fragments import LeafChange

NAV: Feed[dict[str, Any]] = Feed("nav", dict, example={"ts": 1764188100, "nav": 1.0})
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict, example={"ts": 1764188100, "k": 1.0})
CLOCK = FakeClock()
NOW = CLOCK.now


def good(state: Snapshot) -> object:
    return metrics(Metric("nav", "NAV", label(str(state[NAV]["nav"]))))


def fails_at(value: float, view: Callable[[Snapshot], object] = good) -> Any:
    def made(state: Snapshot) -> object:
        if state[NAV]["nav"] == value:
            raise ValueError("secret /path")
        return view(state)

    return made


def scene(*views: Callable[[Snapshot], object], **options: Any) -> Scene:
    names = "ABC"
    options.setdefault("needs", (NAV,))
    panels = (Panel(names[i], view, **options) for i, view in enumerate(views))
    return Scene(Page("page", "Page", tuple(panels)), Document())


def at(value: float) -> Snapshot:
    return snapshot(NAV, nav=value)


def body(made: Scene, slug: str, state: Snapshot) -> str:
    return body_html(made.states[slug], state)


# ------------------------------------------------------------------ changes


def test_first_update_shows_every_panel_whole() -> None:
    assert scene(good, good).update(at(1.0)) == Change(panels=("a", "b"))


def test_another_value_is_a_leaf() -> None:
    made = scene(good)
    made.update(at(1.0))

    assert made.update(at(2.0)) == Change((LeafChange("a.nav", "2.0", (("data-value", "2.0"),)),))


def test_nothing_new_is_no_change() -> None:
    made = scene(good)
    made.update(at(1.0))

    assert not made.update(at(1.0))


def test_another_structure_replaces_the_panel_only() -> None:
    made = scene(good, lambda state: stack(*(Note("n") for _ in range(int(state[NAV]["nav"])))))
    made.update(at(1.0))

    change = made.update(at(2.0))
    assert change.panels == ("b",)
    assert [leaf.id for leaf in change.leaves] == ["a.nav"]


def test_views_of_unchanged_feeds_are_not_called() -> None:
    calls: list[str] = []
    panels = (
        Panel("A", lambda _: calls.append("a"), (NAV,)),
        Panel("B", lambda _: calls.append("b"), (), (KPIS,)),
        Panel("C", lambda _: calls.append("c"), (NAV, KPIS)),
    )
    made = Scene(Page("page", "Page", panels), Document())
    state = snapshot({NAV: NAV.example, KPIS: KPIS.example})
    made.update(state)
    calls.clear()

    made.update(state, frozenset({"kpis", "other"}))

    assert calls == ["b", "c"]


def test_running_view_is_named() -> None:
    seen: list[str] = []
    made = scene(lambda _: seen.append(made.running), lambda _: seen.append(made.running))

    made.update(at(1.0))

    assert seen == ["a", "b"]
    assert made.running == ""


# ------------------------------------------------------------------ faults


def test_first_picture_that_fails_says_so_with_a_reference() -> None:
    made = scene(fails_at(1.0), good)
    made.update(at(1.0))
    fault = made.states["a"].fault

    assert fault is not None
    assert not made.states["a"].drawn
    html = panel_html(made.states["a"], at(1.0))
    assert f'data-fault="{fault.ref}"' in html
    assert f"could not be drawn. Reference <b>{fault.ref}</b>" in html
    assert "secret" not in html
    assert "data-fault" not in panel_html(made.states["b"], at(1.0))


def test_update_that_fails_keeps_the_last_picture_and_says_since_when() -> None:
    made = scene(fails_at(2.0), good)
    made.update(at(1.0))

    change = made.update(at(2.0))

    assert change.panels == ("a",)
    assert [leaf.id for leaf in change.leaves] == ["b.nav"]
    fault = made.states["a"].fault
    assert fault is not None
    html = body(made, "a", at(2.0))
    assert f"Not updated since 20:15:00 UTC, ref {fault.ref}" in html
    assert ">1.0</span>" in html


def test_lasting_fault_keeps_its_beginning_and_sends_nothing_more() -> None:
    made = scene(fails_at(2.0))
    made.update(at(1.0))
    made.update(at(2.0))
    later = snapshot(NAV, nav=2.0, now=CLOCK() + 60)

    assert not made.update(later)
    fault = made.states["a"].fault
    assert fault is not None
    assert (fault.since, made.states["a"].faults) == (NOW, 2)


def test_recovered_panel_is_shown_whole_and_without_a_trace() -> None:
    made = scene(fails_at(2.0))
    made.update(at(1.0))
    made.update(at(2.0))

    assert made.update(at(3.0)) == Change(panels=("a",))
    assert made.states["a"].fault is None
    assert "mu-fault" not in body(made, "a", at(3.0))


def test_begin_and_end_of_a_fault_are_told_once() -> None:
    told: list[tuple[str, str]] = []
    panel = Panel("A", fails_at(2.0), (NAV,))
    made = Scene(
        Page("page", "Page", (panel,)),
        Document(),
        lambda kind, where, _: told.append((kind, where)),
    )

    for value in (1.0, 2.0, 2.0, 3.0, 3.0):
        made.update(at(value))

    assert told == [("panel-failed", "page/a"), ("panel-recovered", "page/a")]


def chart(state: Snapshot) -> Chart:
    return Chart(draw, {"points": {"x": [1], "y": [state[NAV]["nav"]]}}, "c")


def test_chart_stays_while_its_view_fails() -> None:
    made = scene(fails_at(2.0, chart))
    made.update(at(1.0))
    before = made.document.roots[0]

    assert not made.update(at(2.0)).resync
    assert made.document.roots == [before]
    assert "data-slot" in body(made, "a", at(2.0))
    assert not made.update(at(3.0)).resync
    assert made.document.roots == [before]


def test_chart_that_cannot_be_drawn_is_a_fault_of_its_panel() -> None:
    def bad(points: ColumnDataSource) -> Any:
        raise KeyError("points")

    made = scene(lambda _: Chart(bad, {"points": {"x": []}}, "c"), good)
    made.update(at(1.0))

    assert made.states["a"].fault is not None
    assert made.states["b"].drawn
    assert made.document.roots == []


def test_replacement_that_fails_keeps_the_last_chart() -> None:
    def bad(points: ColumnDataSource) -> Any:
        raise KeyError("points")

    def view(state: Snapshot) -> Chart:
        return chart(state) if state[NAV]["nav"] != 2 else Chart(bad, {"points": {"x": []}}, "c")

    made = scene(view)
    made.update(at(1.0))
    before = made.document.roots[0]

    made.update(at(2.0))

    assert made.states["a"].fault is not None
    assert made.document.roots == [before]


def test_system_exit_of_a_drawing_is_a_fault() -> None:
    def leave(points: ColumnDataSource) -> Any:
        raise SystemExit

    made = scene(lambda _: Chart(leave, {"points": {"x": []}}, "c"))
    made.update(at(1.0))

    assert made.states["a"].fault is not None


def test_waiting_panel_becomes_a_picture_when_its_feed_comes() -> None:
    made = scene(good)
    missing = snapshot({NAV: failed(NAV, Status.MISSING, "never seen", NOW)})
    made.update(missing)

    assert made.states["a"].waiting
    assert "Waiting for nav: never seen" in body(made, "a", missing)
    assert made.update(at(1.0)) == Change(panels=("a",))
    assert not made.states["a"].waiting


# ------------------------------------------------------------------ markup


def shown(made: Scene, state: Snapshot) -> PageState:
    return PageState(7, state, MappingProxyType(made.states), ("bokeh",), charts=False)


def valued(state: Snapshot) -> object:
    return metrics(
        Metric("nav", "NAV", Field(state[NAV]["nav"], "usd", "nav", "nav", "", Presence.OK)),
        Metric("x", "X", Field(None, "usd", "nav", "x", "", Presence.INVALID)),
        Metric("y", "Y", Field(1.0, "usd", "other", "y", "", Presence.OK)),
    )


@pytest.mark.parametrize(
    ("age", "status"), [(0, "live"), (300, "late"), (900, "stale"), (-60, "skewed")]
)
def test_values_carry_status_and_time_of_their_feed(age: float, status: str) -> None:
    made = scene(valued)
    state = snapshot(NAV, age=age)
    made.update(state)

    html = body(made, "a", state)

    assert 'data-metric="nav"' in html
    assert f'data-status="{status}"' in html
    assert 'data-own="malformed" data-status="malformed"' in html
    assert 'data-feed="other" data-path="y" data-status="missing"' in html
    assert f'data-as-of="{state.readings["nav"].as_of:%Y-%m-%dT%H:%M:%S}.000Z"' in html


def test_foot_names_the_file_and_judges_its_age() -> None:
    made = scene(valued)
    state = snapshot(NAV, age=9)
    made.update(state)

    assert panel_html(made.states["a"], state).endswith(
        '<div class="mu-foot"><span>nav.json</span><span class="mu-num" data-foot="nav">'
        "live · 9\u00a0s</span></div></section>"
    )


@pytest.mark.parametrize(
    ("raw", "age", "text"),
    [
        ({"nav": 1}, None, "age unknown"),
        ({"nav": 1}, 9, "live · 9 s"),
        ({"nav": 1}, 7200, "stale · 2.0 h"),
        ({"nav": 1}, -60, "skewed · 60 s ahead"),
        ({}, None, "empty"),
        ([], None, "malformed"),
    ],
)
def test_foot_says_status_and_age(raw: Any, age: float | None, text: str) -> None:
    [reading] = snapshot({NAV: raw}, age=age).readings.values()

    assert foot_words(reading, NOW) == text.replace(" s", "\u00a0s").replace(" h", "\u00a0h")


def test_panel_title_is_escaped_f85() -> None:
    """F85: titles as well."""
    made = Scene(Page("page", "Page", (Panel("<b>&", lambda _: "x"),)), Document())
    made.update(at(1.0))

    assert "&lt;b&gt;&amp;</h2>" in panel_html(made.states["b"], at(1.0))


def test_feed_row_lets_the_browser_judge_by_itself() -> None:
    [reading] = snapshot(NAV).readings.values()

    assert feed_row(reading, NOW) == [
        "nav", "nav.json", 1764188100000, 180.0, 600.0, "", "", True, False, "",
    ]  # fmt: skip


def test_feed_row_tells_viewers_no_detail_of_a_fault() -> None:
    faulty = failed(NAV, Status.UNREADABLE, "/home/me: Permission denied", NOW)

    row = feed_row(faulty, NOW)

    assert row[5:8] == ["unreadable", "cannot be read since 20:15:00 UTC", False]
    assert row[2] is None


def test_feed_that_never_gets_old_is_json() -> None:
    forever = Feed("nav", dict, late_after=float("inf"), stale_after=float("inf"))
    row = feed_row(read(forever, {"nav": 1}, NOW), NOW)

    assert json.loads(json.dumps(row, allow_nan=False))[3:5] == [1e12, 1e12]


def test_delta_is_revision_leaves_panels_feeds_scripts() -> None:
    made = scene(good)
    made.update(at(1.0))
    change = Change((LeafChange("a.nav", "2", (("x", None),)),), ("a",), True)

    revision, leaves, panels, feeds, scripts = delta(shown(made, at(1.0)), change, [["row"]])

    assert (revision, feeds, scripts) == (7, [["row"]], [])
    assert json.loads(json.dumps(leaves)) == [["a.nav", "2", [["x", None]]]]
    assert panels == [["a", panel_html(made.states["a"], at(1.0))]]


@pytest.mark.parametrize(
    ("charts", "resync", "scripts"),
    [(True, True, ["bokeh"]), (False, True, []), (True, False, None), (False, False, None)],
)
def test_delta_names_the_scripts_of_charts_that_came(
    charts: bool, resync: bool, scripts: list[str] | None
) -> None:
    made = replace(shown(scene(good), at(1.0)), charts=charts)

    assert delta(made, Change(resync=resync), [])[4] == scripts
    assert catch_up(made)[4] == (["bokeh"] if charts else [])


def test_catch_up_holds_every_panel_and_every_feed() -> None:
    made = scene(good, good)
    made.update(at(1.0))

    revision, leaves, panels, feeds, scripts = catch_up(shown(made, at(1.0)))

    assert (revision, leaves, scripts) == (7, [], [])
    assert [slug for slug, _ in panels] == ["a", "b"]
    assert [row[0] for row in feeds] == ["nav"]
