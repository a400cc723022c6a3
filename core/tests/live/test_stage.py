"""A stage at work on its own thread: one document, one encode a change, and no view ends it."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from muntin.feeds import Feed
from muntin.live.frames import Update
from muntin.live.stage import CHANNEL, Stage
from muntin.pages import Page, Panel
from muntin.state import Snapshot, read
from muntin.store import Store
from muntin.testing import FakeClock
from muntin.ui import Chart, Metric, Note, metrics, stack, words

NAV: Feed[dict[str, Any]] = Feed("nav", dict)
KPIS: Feed[dict[str, Any]] = Feed("kpis", dict)
WAIT = 5.0


def parts_of(data: bytes) -> list[bytes]:
    parts = []
    while data:
        size, start = data[1], 2
        if size >= 126:
            form, start = ("!H", 4) if size == 126 else ("!Q", 10)
            [size] = struct.unpack(form, data[2:start])
        parts.append(data[start : start + size])
        data = data[start + size :]
    return parts


def events_of(frames: bytes) -> list[dict[str, Any]]:
    header, _, content, *_ = parts_of(frames)
    assert json.loads(header)["msgtype"] == "PATCH-DOC"
    events: list[dict[str, Any]] = json.loads(content)["events"]
    return events


def delta_of(frames: bytes) -> list[Any]:
    """Return what the page's own script gets: revision, leaves, panels, feeds, resync."""
    [data] = [event["msg_data"] for event in events_of(frames) if event["kind"] == "MessageSent"]
    assert isinstance(data, list)
    return data


class Running:
    """A store with a stage on it, and every update it has emitted."""

    def __init__(self, panels: tuple[Panel, ...], refresh: float) -> None:
        self.clock = FakeClock()
        self.store = Store([NAV, KPIS], self.clock)
        self.updates: list[Update] = []
        self._news = threading.Condition()
        self.watched = True
        self.stage = Stage(
            Page("page", "Page", panels), self.store, self._emit, refresh,
            watched=lambda: self.watched,
        )  # fmt: skip

    def start(self) -> Running:
        self.stage.start()
        assert self.stage.ready.wait(WAIT)
        return self

    def _emit(self, update: Update) -> None:
        with self._news:
            self.updates.append(update)
            self._news.notify_all()

    def publish(self, *feeds: Feed[Any], value: float = 1.0) -> None:
        raw = {"nav": value, "ts": self.clock()}
        self.store.publish(*(read(feed, raw, self.clock.now) for feed in feeds or (NAV,)))

    def wait(self, count: int) -> Update:
        with self._news:
            assert self._news.wait_for(lambda: len(self.updates) >= count, WAIT), self.updates
            return self.updates[count - 1]

    def wait_text(self, text: str) -> list[Any]:
        """Wait for the update that says `text`, however many there were until then."""
        with self._news:
            assert self._news.wait_for(lambda: self._saying(text) is not None, WAIT), self.updates
        found = self._saying(text)
        assert found is not None
        return delta_of(found.frames)

    def _saying(self, text: str) -> Update | None:
        return next((one for one in self.updates if text.encode() in one.frames), None)

    def pull(self) -> tuple[int, bytes]:
        pulled: list[tuple[int, bytes]] = []
        done = threading.Event()

        def take(revision: int, body: bytes) -> None:
            pulled.append((revision, body))
            done.set()

        self.stage.pull(take)
        assert done.wait(WAIT)
        return pulled[0]


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def make(
        *views: Callable[[Snapshot], object], refresh: float = 0.02, **options: Any
    ) -> Running:
        options = options or {"wants": (NAV,)}
        panels = tuple(
            Panel(title, view, **options) for title, view in zip("ABCD", views, strict=False)
        )
        started.append(running := Running(panels, refresh))
        return running.start()

    yield make
    for running in started:
        running.stage.stop()
        assert not running.stage._thread.is_alive()


def value(state: Snapshot) -> float:
    found = state.get(NAV, None)
    return float("nan") if found is None else float(found["nav"])


def metric(state: Snapshot) -> object:
    return metrics(Metric("nav", "NAV", words(f"value {value(state)}")))


def draw(points: ColumnDataSource) -> Any:
    made = figure()
    made.line("x", "y", source=points)
    return made


def chart(state: Snapshot) -> Chart:
    return Chart(draw, {"points": {"x": [0], "y": [value(state)]}}, "c")


# ------------------------------------------------------------------ updates


def test_first_picture_is_shown_and_nothing_sent(start: Start) -> None:
    running = start(metric)
    shown = running.stage.shown

    assert shown is not None
    assert (shown.revision, shown.charts, shown.bundles) == (1, False, ("bokeh",))
    assert shown.panels["a"].drawn
    assert running.updates == []


def test_change_is_encoded_once_and_carries_everything(start: Start) -> None:
    running = start(metric)
    running.publish(value=7)

    update = running.wait(1)
    [event] = events_of(update.frames)
    revision, leaves, panels, feeds, resync = event["msg_data"]

    assert (event["kind"], event["msg_type"]) == ("MessageSent", CHANNEL)
    assert (revision, panels, resync) == (2, [], False)
    assert leaves == [["a.nav", "value 7.0", [["data-value", "value 7.0"]]]]
    assert [row[0] for row in feeds] == ["nav"]
    assert running.stage.figures.encodes == running.stage.figures.updates == 1
    assert running.stage.figures.bytes == len(update.frames)
    assert running.stage.shown is not None
    assert running.stage.shown.revision == update.revision == 2


def test_change_of_a_feed_of_another_page_tells_its_status_only(start: Start) -> None:
    """The lamp is on every page."""
    calls: list[float] = []
    running = start(lambda state: calls.append(value(state)))
    running.publish(KPIS)

    _, leaves, panels, feeds, _ = delta_of(running.wait(1).frames)

    assert (leaves, panels, [row[0] for row in feeds]) == ([], [], ["kpis"])
    assert len(calls) == 1


def test_update_that_changes_nothing_sends_nothing(start: Start) -> None:
    running = start(metric)
    running.stage._inbox.change(frozenset({"no such feed"}))
    running.publish(value=7)

    running.wait_text("value 7.0")

    assert len(running.updates) == 1
    assert running.stage.figures.encodes == 1


def test_page_that_nobody_looks_at_is_kept_up_to_date_and_not_encoded(start: Start) -> None:
    running = start(metric)
    running.watched = False
    running.publish(value=7)
    pulled, _ = running.pull()
    shown = running.stage.shown

    assert shown is not None
    assert pulled == shown.revision == 2
    assert shown.panels["a"].fragment.leaves["a.nav"].text == "value 7.0"
    assert (running.updates, running.stage.figures.encodes) == ([], 0)
    assert b"value 7.0" in running.stage.catch_up()


def test_same_document_again_sends_nothing(start: Start) -> None:
    running = start(metric)
    running.publish(value=7)
    running.wait(1)
    running.publish(value=7)
    running.publish(value=8)

    running.wait_text("value 8.0")

    assert len(running.updates) == 2


def test_chart_and_numbers_travel_in_one_message(start: Start) -> None:
    running = start(metric, chart)
    running.publish(value=7)

    kinds = [event["kind"] for event in events_of(running.wait(1).frames)]

    assert kinds == ["ColumnDataChanged", "MessageSent"]


def test_changes_within_the_pace_are_merged(start: Start) -> None:
    """However fast the documents come, viewers get the newest at the page's own pace."""
    running = start(metric, refresh=0.25)
    running.publish(value=1)
    running.wait(1)
    for count in range(2, 50):
        running.clock.advance(0.1)
        running.publish(value=count)
        running.publish(KPIS, value=count)

    _, _, _, feeds, _ = running.wait_text("value 49.0")

    assert len(running.updates) == 2
    assert {row[0] for row in feeds} == {"nav", "kpis"}


def test_chart_that_comes_has_viewers_pull_again(start: Start) -> None:
    running = start(lambda state: chart(state) if value(state) > 1 else Note("none"))
    running.publish(value=1)
    running.publish(value=2)

    revision, _, panels, _, resync = running.wait_text("data-slot")

    assert resync
    assert [slug for slug, _ in panels] == ["a"]
    assert [event["kind"] for event in events_of(running.updates[-1].frames)] == ["MessageSent"]
    shown = running.stage.shown
    assert shown is not None
    assert (shown.revision, shown.charts) == (revision, True)


# ------------------------------------------------------------------ pulling


def document_of(body: bytes) -> Document:
    _, content = parts_of(body)
    return Document.from_json(json.loads(content)["doc"])


def test_pull_gives_the_document_of_its_revision(start: Start) -> None:
    running = start(chart)
    running.publish(value=7)
    running.wait(1)

    revision, body = running.pull()

    [root] = document_of(body).roots
    source: Any = root.select_one({"name": "points"})
    assert revision == 2
    assert root.name == "a.chart"
    assert list(source.data["y"]) == [7.0]


def test_pull_is_made_once_a_revision(start: Start) -> None:
    running = start(chart)
    first, second = running.pull(), running.pull()
    running.publish(value=7)
    running.wait(1)

    assert first[1] is second[1]
    assert running.pull()[0] == 2


def test_pull_does_not_wait_for_the_pace(start: Start) -> None:
    running = start(chart, refresh=30.0)
    running.publish(value=7)
    running.wait(1)

    assert running.pull()[0] == 2


def test_catch_up_holds_the_whole_page(start: Start) -> None:
    running = start(metric, metric)

    revision, leaves, panels, feeds, resync = delta_of(running.stage.catch_up())

    assert (revision, leaves, resync) == (1, [], False)
    assert [slug for slug, _ in panels] == ["a", "b"]
    assert {row[0] for row in feeds} == {"nav", "kpis"}


# ------------------------------------------------------------------ faults


def fails_at(number: float) -> Callable[[Snapshot], object]:
    def view(state: Snapshot) -> object:
        if value(state) == number:
            raise ValueError("secret")
        return metric(state)

    return view


def test_fault_is_told_and_the_other_panels_go_on(start: Start) -> None:
    running = start(fails_at(2), metric)
    running.publish(value=1)
    running.publish(value=2)

    _, leaves, [[slug, html]], _, _ = running.wait_text("data-fault")

    assert slug == "a"
    assert "Not updated since 20:15:00 UTC" in html
    assert "secret" not in html
    assert [leaf[:2] for leaf in leaves] == [["b.nav", "value 2.0"]]

    running.publish(value=3)
    _, _, [[slug, html]], _, _ = running.wait_text("value 3.0")
    assert "data-fault" not in html


def test_chart_that_cannot_be_encoded_does_not_end_the_stage(start: Start) -> None:
    def view(state: Snapshot) -> Chart:
        y: Any = object() if value(state) == 2 else value(state)
        return Chart(draw, {"points": {"x": [0], "y": [y]}}, "c")

    running = start(view, metric)
    running.publish(value=2)
    running.wait_text("data-fault")
    running.publish(value=3)

    running.wait_text("value 3.0")
    assert running.pull()[0] > 1


def test_hostile_text_does_not_end_the_stage(start: Start) -> None:
    running = start(lambda state: stack("\ud800" * int(value(state) > 1), metric(state)))
    running.publish(value=2)

    running.wait_text("value 2.0")


def test_hanging_view_is_named_and_ends_nothing(start: Start) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(state: Snapshot) -> object:
        if value(state) == 2:
            entered.set()
            release.wait(WAIT)
        return metric(state)

    running = start(metric, hang)
    assert running.stage.running == ("", 0.0)
    running.publish(value=2)
    assert entered.wait(WAIT)

    panel, seconds = running.stage.running
    assert panel == "b"
    assert seconds >= 0
    running.publish(value=3)
    assert running.stage.shown is not None
    assert running.stage.shown.revision == 1

    release.set()
    running.wait_text("value 3.0")
    assert running.stage.running == ("", 0.0)


def test_stopping_does_not_wait_for_a_view_that_hangs(start: Start) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang(state: Snapshot) -> object:
        entered.set()
        release.wait(WAIT)
        return metric(state)

    running = Running((Panel("A", hang),), 0.02)
    running.stage.start()
    assert entered.wait(WAIT)

    running.stage.stop(0.01)

    assert running.stage._thread.is_alive()
    assert running.stage.shown is None
    release.set()
    running.stage._thread.join(WAIT)
    assert not running.stage._thread.is_alive()


def test_stopped_stage_follows_nothing(start: Start) -> None:
    running = start(metric)
    running.stage.stop()
    running.publish(value=2)

    assert running.updates == []
    assert running.store._wakes == ()


def test_stage_that_was_stopped_is_not_started() -> None:
    running = Running((Panel("A", metric),), 0.02)
    running.stage.stop()
    running.stage.start()

    assert running.stage._thread.ident is None
    assert running.store._wakes == ()


@pytest.mark.parametrize("count", [20])
def test_every_change_reaches_a_viewer_that_only_applies_leaves(start: Start, count: int) -> None:
    """What a browser has, after every update was applied in order, is what the stage shows."""
    running = start(metric, refresh=0.001)
    seen: dict[str, str] = {}
    for number in range(count):
        running.publish(value=number)
    running.wait_text(f"value {count - 1}.0")

    revisions = []
    for update in running.updates:
        revision, leaves, *_ = delta_of(update.frames)
        revisions.append(revision)
        seen |= {leaf: text for leaf, text, _ in leaves}

    assert revisions == sorted(set(revisions))
    assert seen == {"a.nav": f"value {count - 1}.0"}
