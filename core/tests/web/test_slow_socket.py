"""A viewer that stops reading for a while, whoever sends to it, comes back to the newest page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from muntin import Feed, Page, Panel, Snapshot
from muntin.ui import Metric, label, metrics

Serve = Callable[..., Any]
BOOK: Feed[dict[str, Any]] = Feed("book", dict)
MANY = 20


def view(state: Snapshot) -> object:
    text = f"{state[BOOK]['n']} {'x' * 15_000}"
    return metrics(*(Metric(f"m{index}", "M", label(f"{index}: {text}")) for index in range(MANY)))


@pytest.fixture(params=[0, 2], ids=["one process", "relay processes"])
def server(serve: Serve, request: pytest.FixtureRequest) -> Any:
    server = serve(Page("page", "Page", (Panel("A", view, (BOOK,)),)), workers=request.param)
    server.publish(BOOK, n=1)
    server.ready()
    return server


def shows(message: list[Any], number: int) -> bool:
    """Return True if an update brings the page to a number."""
    return f"0: {number} x" in json.dumps(message[2])


def test_reader_that_stops_and_goes_on_sees_the_newest_page(server: Any) -> None:
    viewer, other = server.open("/page/ws?rev=1"), server.open("/page/ws?rev=1")
    other.next()
    number, relay = 1, server.app.relays["page"]
    while relay.counts.skipped < 3 and number < 80:
        number += 1
        server.publish(BOOK, n=number)
        assert shows(other.next(), number)
    assert relay.counts.skipped >= 3

    viewer.next()
    heard = [viewer.next()]
    while not shows(heard[-1], number):
        heard.append(viewer.next())
    assert len(heard) < number - 1
    [last] = heard[-1][2]["events"]
    assert [slug for slug, _ in last["msg_data"][2]] == ["a"]  # a whole panel, not what changed
