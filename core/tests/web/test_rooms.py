"""The room of a private page: made, with Panel's server loaded, when somebody asks for the page."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from muntin import Page, Panel

Serve = Callable[..., Any]
MINE = Page("mine", "Mine", (Panel("A", lambda _: "of mine"),), scope="private")

#: Starts a server of a shared and a private page, and says what it has loaded by the first page.
STARTED = """
import sys
from types import SimpleNamespace
from muntin import Page, Panel, hookimpl
from muntin.testing import site

panels = (Panel("A", lambda _: "drawn"),)
pages = [Page("all", "All", panels), Page("mine", "Mine", panels, scope="private")]
with site([("x", SimpleNamespace(muntin_pages=hookimpl(lambda: pages)))]) as client:
    assert "drawn" in client.get("/all").text
    print(sorted({"panel", "holoviews", "pandas", "prometheus_client"} & set(sys.modules)))
    assert "drawn" in client.get("/mine").text
    print("panel.io.server" in sys.modules)
"""


@pytest.fixture
def server(serve: Serve) -> Any:
    return serve(MINE)


def test_the_first_page_waits_for_no_library_that_only_other_pages_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.stdout.split("\n")[:2] == ["[]", "True"], done.stderr


def test_a_room_is_made_for_the_first_who_asks_and_serves_all_others(server: Any) -> None:
    assert list(server.app.rooms) == []

    async def together() -> list[Any]:
        return await asyncio.gather(*(server.app.rooms.of("mine") for _ in range(5)))

    made = server.run(together())
    assert "of mine" in server.ask("/mine").text
    assert {id(room) for room in made} == {id(server.app.rooms["mine"])}
    assert len(server.app.rooms) == 1


def test_what_was_loaded_for_a_room_counts_as_settled(server: Any) -> None:
    told: list[str] = []
    server.app.rooms._settled = lambda: told.append("settled")

    for _ in range(2):
        server.ask("/mine")

    assert told == ["settled"]


def test_a_socket_that_no_page_was_made_for_is_turned_away(server: Any) -> None:
    with pytest.raises(HTTPClientError, match="403"):
        server.open("/mine/ws", protocols=("bokeh", "invented"))

    assert server.ask("/mine/ws").status == 400
    assert list(server.app.rooms) == []
