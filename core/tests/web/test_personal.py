"""Personal pages: a document for each viewer, by the machinery of shared pages."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from core.tests.kit import NAV
from core.tests.web.kit import Serve, Socket
from prometheus_client.parser import text_string_to_metric_families
from tornado.httputil import HTTPServerRequest

from muntin import Page, Panel, Snapshot, Viewer
from muntin.web import page_variants

#: What the views of hanging viewers wait for.
GO = threading.Event()


def mine(state: Snapshot, viewer: Viewer) -> object:
    if viewer.name == "hal" and state[NAV]["nav"] > 1:
        GO.wait(10)
    if viewer.name == "eve":
        raise ValueError("not for eve")
    return f"{viewer.name} has {state[NAV]['nav']}"


PAGES = (
    Page("all", "All", (Panel("A", lambda _: "for all"),), 1),
    Page("mine", "Mine", (Panel("Mine", mine, (NAV,)),), 2, scope="personal"),
)


def named(request: HTTPServerRequest) -> Viewer:
    """Return the viewer whom the request names; somebody may follow their own page twice."""
    return Viewer(request.headers.get("X-Name") or request.query_arguments["as"][-1].decode())


@pytest.fixture
def server(serve: Serve) -> Any:
    server = serve(*PAGES)
    server.app.identify = named
    server.publish(NAV, nav=1)
    return server.ready()


def ask(server: Any, name: str) -> Any:
    return server.ask("/mine", X_Name=name)


def follow(server: Any, name: str) -> Socket:
    ask(server, name)
    socket: Socket = server.open(f"/mine/ws?rev=1&as={name}")
    assert socket.next()[0]["msgtype"] == "ACK"
    return socket


def own(server: Any) -> list[Any]:
    return [variant for variant in server.app.variants if variant.viewer is not None]


def test_each_viewer_reads_what_is_theirs(server: Any) -> None:
    texts = {name: ask(server, name).text for name in ("ann", "bob")}

    assert "ann has 1" in texts["ann"]
    assert "bob" not in texts["ann"]
    assert "bob has 1" in texts["bob"]


def test_a_viewer_has_one_document_however_often_it_is_opened(server: Any) -> None:
    for _ in range(3):
        ask(server, "ann")

    assert [variant.viewer.name for variant in own(server)] == ["ann"]


def test_updates_reach_each_viewer_with_their_own_words(server: Any) -> None:
    sockets = {name: follow(server, name) for name in ("ann", "bob")}
    server.publish(NAV, nav=2)

    told = {name: json.dumps(socket.next()) for name, socket in sockets.items()}
    assert "ann has 2" in told["ann"]
    assert "bob" not in told["ann"]
    assert "bob has 2" in told["bob"]


def test_no_panel_server_is_begun(server: Any) -> None:
    ask(server, "ann")

    assert list(server.app.private) == []


def test_a_view_that_hangs_for_one_viewer_holds_up_no_other(server: Any) -> None:
    names = ("hal", "ann", "bob")
    sockets = {name: follow(server, name) for name in names}
    server.publish(NAV, nav=2)

    try:
        assert "bob has 2" in json.dumps(sockets["bob"].next())
        assert "ann has 2" in json.dumps(sockets["ann"].next())
        assert server.ask("/readyz", X_Name="ann").status == 200
    finally:
        GO.set()
    assert "hal has 2" in json.dumps(sockets["hal"].next())
    GO.clear()


@contextmanager
def limit(pages: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_variants, "OWN_LIMIT", pages)
        yield


def test_a_full_house_says_so(server: Any) -> None:
    with limit(1):
        follow(server, "ann")

        assert ask(server, "bob").status == 503
        assert ask(server, "ann").status == 200
        assert server.ask("/all", X_Name="bob").status == 200


def test_a_page_that_nobody_looks_at_makes_room(server: Any) -> None:
    with limit(1):
        ask(server, "ann")

        assert ask(server, "bob").status == 200
    assert [variant.viewer.name for variant in own(server)] == ["bob"]


def test_revisions_count_on_when_a_page_was_closed(server: Any) -> None:
    """A browser that comes back must not take another document for the one it has."""
    first = follow(server, "ann")
    server.publish(NAV, nav=2)
    first.next()
    first.close()

    async def sweep() -> None:
        server.app.variants.sweep(time.monotonic() + 100)

    [before] = [variant.stage.shown.revision for variant in own(server)]
    server.run(sweep())
    assert own(server) == []
    ask(server, "ann")
    [after] = [variant.stage.shown.revision for variant in own(server)]

    assert after > before


def test_operators_read_of_the_page_and_not_of_its_viewers(server: Any) -> None:
    for name in ("ann", "bob", "eve"):
        follow(server, name)
    server.app.identify = None
    text = server.ask("/metrics").text
    labels = [
        (sample.labels["page"], sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "muntin_viewers"
    ]

    assert labels == [("all", 0), ("mine", 3)]


def test_what_fails_for_a_viewer_is_told_to_operators_once(server: Any) -> None:
    ask(server, "eve")
    server.app.identify = None

    rows = [row for one in server.ask("/-/plugins").json for row in one["panels"]]
    failing = [(row["page"], row["error"]) for row in rows if row["fault"]]
    assert failing == [("mine", "ValueError: not for eve")]
    assert "eve" not in server.ask("/-/panels").text.replace("not for eve", "")
