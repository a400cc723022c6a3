"""A stage at work on its own thread: one document, one encode a change."""

from __future__ import annotations

import pytest
from core.tests.live.messages import delta_of, events_of
from core.tests.live.running import KPIS, Start, chart, metric, value

from muntin.live.stage.stage import CHANNEL
from muntin.ui import Note


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
    revision, leaves, panels, feeds, scripts = event["msg_data"]

    assert (event["kind"], event["msg_type"]) == ("MessageSent", CHANNEL)
    assert (revision, panels, scripts) == (2, [], None)
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

    revision, _, panels, _, scripts = running.wait_text("data-slot")

    assert scripts == ["bokeh"]
    assert [slug for slug, _ in panels] == ["a"]
    assert [event["kind"] for event in events_of(running.updates[-1].frames)] == ["MessageSent"]
    shown = running.stage.shown
    assert shown is not None
    assert (shown.revision, shown.charts) == (revision, True)


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
