"""Private pages under load: a view that hangs, a crowd, and sessions no one looks at."""

from __future__ import annotations

import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import panel as pn
import pytest
from core.tests.web.kit import Answer, Serve

from muntin import Page, Panel, Snapshot
from muntin.web import private_pages


class Gate:
    """A view that hangs for as long as it is closed."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()

    def view(self, state: Snapshot) -> object:
        self.entered.set()
        assert self.open.wait(60)
        return "drawn"


@pytest.fixture
def gate() -> Any:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def server(serve: Serve, gate: Gate) -> Any:
    """Return a server whose private page is loaded."""
    server = serve(
        Page("mine", "Mine", (Panel("A", gate.view),), scope="private"),
        Page("other", "Other", (Panel("A", lambda _: "of other"),)),
    )
    server.publish_reading()
    server.ready()
    assert "drawn" in server.ask("/mine").text
    return server


def page(server: Any) -> private_pages.PrivatePage:
    made: private_pages.PrivatePage = server.app.private["mine"]
    return made


def sweep(server: Any, later: float = 0.0) -> None:
    async def once() -> None:
        page(server)._clock = lambda: time.monotonic() + later
        page(server).sweep()

    server.run(once())


def sessions(server: Any) -> list[Any]:
    return [visit.session.session for visit in page(server).visits.values()]


def test_crowd_at_a_page_that_hangs_costs_other_pages_nothing(
    server: Any, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_pages, "PATIENCE", 1.0)
    gate.open.clear()
    with ThreadPoolExecutor(30) as crowd:
        asking = [crowd.submit(server.ask, "/mine") for _ in range(30)]
        assert gate.entered.wait(10)
        began = time.monotonic()
        assert "of other" in server.ask("/other").text
        assert server.ask("/healthz").status == 200
        assert time.monotonic() - began < 1.0
        answers: list[Answer] = [one.result() for one in asking]

    assert {answer.status for answer in answers} == {503}
    assert all("still being drawn" in answer.text for answer in answers)
    gate.open.set()
    assert "drawn" in server.ask("/mine").text


def test_page_is_asked_for_again_while_a_session_of_it_hangs(server: Any, gate: Gate) -> None:
    [session] = sessions(server)
    hung = threading.Event()
    session.post(lambda: hung.wait(60))

    assert "drawn" in server.ask("/mine").text

    hung.set()


def test_hanging_session_is_reported_once_and_given_up(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(page(server), "_happened", lambda *event: told.append(event))
    [visit] = page(server).visits.values()
    token = re.search(r'"token":"([^"]+)"', server.ask("/mine").text)
    assert token is not None
    viewer = server.open("/mine/ws", protocols=("bokeh", token[1]))
    viewer.next()
    [visit] = [one for one in page(server).visits.values() if one.sockets]
    seconds = 6.0
    monkeypatch.setattr(visit.session.session, "silent", lambda: seconds)
    for _ in range(3):
        sweep(server)
    assert [(kind, where) for kind, where, _ in told] == [("panel-hangs", "mine/callback")]
    assert visit in page(server).visits.values()

    seconds = 31.0
    sweep(server)

    assert visit not in page(server).visits.values()
    assert viewer.closed() == (private_pages.HUNG, "this page does not answer")


def test_page_whose_sessions_all_hang_says_so_at_once(
    server: Any, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_pages, "PATIENCE", 0.2)
    monkeypatch.setattr(private_pages, "HANGS_AFTER", 0.0)
    monkeypatch.setattr(private_pages, "MOST_HANGING", 3)
    gate.open.clear()
    for _ in range(3):
        assert "still being drawn" in server.ask("/mine").text

    answer = server.ask("/mine")

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert "“Mine” does not answer" in answer.text


def test_sessions_without_a_socket_are_bounded_in_number(
    server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(private_pages, "WAITING", 5)
    [first] = sessions(server)
    for _ in range(20):
        assert server.ask("/mine").status == 200

    assert len(page(server).visits) == 5
    first._thread.join(10)
    assert not first.alive
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_sessions_are_bounded_in_rate(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_pages, "RATE", 0.0)
    page(server)._allowance = 3.0

    statuses = [server.ask("/mine").status for _ in range(5)]

    assert statuses == [200, 200, 200, 503, 503]


def test_session_no_one_claims_ends_after_a_while(server: Any) -> None:
    [session] = sessions(server)
    sweep(server, later=private_pages.UNCLAIMED - 1)
    assert len(page(server).visits) == 1

    sweep(server, later=private_pages.UNCLAIMED + 1)

    assert len(page(server).visits) == 0
    session._thread.join(10)
    assert not session.alive


@pytest.mark.parametrize(
    "number", [15, pytest.param(400, marks=[pytest.mark.faults, pytest.mark.timeout(600)])]
)
def test_many_sessions_end_without_holding_the_event_loop(
    serve: Serve, number: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(private_pages, "WAITING", 1000)
    monkeypatch.setattr(private_pages, "RATE", 1e9)
    monkeypatch.setattr(private_pages, "BURST", 1e9)
    server = serve(Page("mine", "Mine", (Panel("A", widgets),), scope="private"))
    server.publish_reading()
    server.ready()
    for _ in range(number):
        assert server.ask("/mine").status == 200
    made = sessions(server)
    assert len(made) == number

    sweep(server, later=60)

    longest = 0.0
    for session in made:
        while session.alive:
            began = time.monotonic()
            assert server.ask("/healthz").status == 200
            longest = max(longest, time.monotonic() - began)
            session._thread.join(0.01)
    assert longest < 0.5
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def widgets(state: Snapshot) -> object:
    choice = pn.widgets.Select(options=["a", "b"])
    return pn.Column(choice, pn.pane.Markdown("text"), pn.widgets.IntSlider())
