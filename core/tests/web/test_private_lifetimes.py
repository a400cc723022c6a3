"""Private sessions begin and end at any instant; the charts of all other pages stay right."""

from __future__ import annotations

import logging
import random
import re
import threading
from typing import Any

import holoviews as hv
import panel as pn
import pytest
from core.tests.kit import NAV
from core.tests.web import views
from core.tests.web.kit import Serve

from muntin import Feed, Page, Panel, Snapshot

OTHER: Feed[dict[str, Any]] = Feed("other", dict)


def element(state: Snapshot) -> object:
    value = state[OTHER]["nav"]
    return hv.Curve([(0, value)], "x", "y", label=f"value {value}")


def pane(state: Snapshot) -> object:
    return pn.pane.Markdown(f"value {state[OTHER]['nav']}")


PANELS = (
    Panel("A", views.chart, (NAV,)), Panel("B", element, (OTHER,)), Panel("C", pane, (OTHER,))
)  # fmt: skip
SHARED = [Page(f"page{number}", f"Page {number}", PANELS) for number in range(3)]


def come_and_go(server: Any, sessions: int, chance: random.Random) -> None:
    """Open private pages, some with a socket, and end them at any instant."""
    for _ in range(sessions):
        text = server.ask("/mine").text
        token = re.search(r'"token":"([^"]+)"', text)
        assert token, text[:300]
        if chance.random() < 0.3:
            viewer = server.open("/mine/ws", protocols=("bokeh", token[1]))
            if chance.random() < 0.7:
                viewer.next()
            viewer.close()
        if chance.random() < 0.5:
            end_all(server)


def end_all(server: Any) -> None:
    async def end() -> None:
        server.app.private["mine"].stop()

    server.run(end())


def trial(server: Any, sessions: int) -> None:
    over = threading.Event()
    rounds = 0

    def change() -> None:
        nonlocal rounds
        while not over.is_set():
            rounds += 1
            server.publish(NAV, nav=float(rounds))
            server.publish(OTHER, nav=float(rounds))
            for page in SHARED:
                server.ask(f"/{page.slug}")  # which has a page that nobody follows drawn

    changing = threading.Thread(target=change)
    changing.start()
    try:
        come_and_go(server, sessions, random.Random(7))  # the same trial each time
    finally:
        over.set()
        changing.join()


def charts_are_right(server: Any) -> None:
    server.publish(NAV, nav=123456.0)
    server.publish(OTHER, nav=123456.0)
    for page in SHARED:
        text = server.ask(f"/{page.slug}").text
        assert "data-fault" not in text
        viewer = server.open(f"/{page.slug}/ws")
        viewer.next()
        viewer.send({"msgtype": "PULL-DOC-REQ", "msgid": "1"}, {}, {})
        while (message := viewer.next())[0]["msgtype"] != "PULL-DOC-REPLY":
            pass
        assert str(message).count("123456.0") >= len(PANELS), page.slug
        viewer.close()


@pytest.fixture
def server(serve: Serve) -> Any:
    server = serve(*SHARED, Page("mine", "Mine", PANELS, scope="private"))
    server.publish(NAV, nav=1.0)
    server.publish(OTHER, nav=1.0)
    return server.ready()


@pytest.mark.parametrize(
    "sessions", [12, pytest.param(500, marks=[pytest.mark.faults, pytest.mark.timeout(1200)])]
)
def test_charts_are_right_after_sessions_came_and_went(
    server: Any, sessions: int, caplog: pytest.LogCaptureFixture
) -> None:
    trial(server, sessions)

    end_all(server)
    charts_are_right(server)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
