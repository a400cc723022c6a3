"""What a stage gives those who come: its document, or the whole page at once."""

from __future__ import annotations

from typing import Any

from bokeh.document import Document
from core.tests.live.messages import delta_of, parts
from core.tests.live.running import Start, chart, metric


def document_of(body: bytes) -> Document:
    _, content = parts(body)
    return Document.from_json(content["doc"])


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

    revision, leaves, panels, feeds, scripts = delta_of(running.stage.catch_up())

    assert (revision, leaves, scripts) == (1, [], [])
    assert [slug for slug, _ in panels] == ["a", "b"]
    assert {row[0] for row in feeds} == {"nav", "kpis"}
