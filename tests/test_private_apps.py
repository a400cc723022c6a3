"""Panel apps as they are, one session for each viewer, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.kit import MUNTIN, Server, until
from tests.test_apps import APPS, BOUND, READY, deep, own_only, wait_text

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("private")
    server = Server(root / "state", root / "log", program=(MUNTIN,))
    apps = [str(APPS / f"{name}.py") for name in ("desk", "extension", "broken")]
    server.serves = ["--private", *apps]
    try:
        yield server.start()
    finally:
        server.close()


def desk(server: Server, visiting: Opener, query: str = "") -> Visit:
    visit = visiting(server, path=f"/desk{query}")
    visit.wait(READY)
    wait_text(visit, ".t-loaded", "^\\s*loaded")
    return visit


def press(visit: Visit, size: int) -> None:
    visit.page.locator(".t-more button").click()
    wait_text(visit, ".t-shown", f"size {size}")


def test_controls_work_both_ways_and_for_this_viewer_alone(
    server: Server, visiting: Opener
) -> None:
    one, two = desk(server, visiting), desk(server, visiting)

    press(one, 1)
    one.page.locator(".t-size .noUi-handle").press("ArrowRight")

    wait_text(one, ".t-shown", "size 2")
    wait_text(one, ".t-ticks", "[2-9]|\\d\\d")
    assert [text.strip() for text in deep(two, ".t-shown")] == ["size 0"]
    assert deep(one, "#unused") == [""]


def test_the_address_is_the_viewers_own_and_what_comes_later_is_from_here(
    server: Server, visiting: Opener
) -> None:
    visit = desk(server, visiting, "?size=2")
    wait_text(visit, ".t-shown", "size 2")

    press(visit, 3)

    visit.wait("location.search.includes('size=3')")
    wait_text(visit, ".tabulator-cell", "BTC")
    assert own_only(visit, server)


def test_a_template_of_its_own_is_kept(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/extension")
    visit.wait(READY)

    wait_text(visit, ".t-main", "main [2-9]|main \\d\\d")
    assert visit.page.title() == "By the extension"
    assert own_only(visit, server)


def test_a_callback_that_raises_is_marked_and_named_for_the_operator(
    server: Server, visiting: Opener
) -> None:
    visit, other = desk(server, visiting, "?size=3"), desk(server, visiting)
    visit.page.locator(".t-more button").click()

    wait_text(visit, "#said", "A part of this app has failed since .* Reference [0-9a-f]{4}")
    assert deep(other, "#said") == [""]
    until(
        lambda: "exchange is shut" in server.get("/-/").text,
        "the operators' page names what has failed",
    )


def test_an_app_that_does_not_start_says_so_without_its_trace(server: Server) -> None:
    answer = server.get("/broken")

    assert answer.status == 503
    assert "could not be started" in answer.text
    assert "no key" not in answer.text


def test_a_dead_server_is_said_and_the_page_comes_back(server: Server, visiting: Opener) -> None:
    visits = [desk(server, visiting), visiting(server, path="/extension")]
    visits[1].wait(READY)
    for visit in visits:
        visit.js("window.__before = true")

    server.kill()
    try:
        for visit in visits:
            wait_text(visit, "#link", r"Connection lost at \d\d:\d\d:\d\d UTC", BOUND)
    finally:
        server.start()

    for visit in visits:
        visit.wait("!window.__before", seconds=60)
        visit.wait(READY, seconds=60)
        assert deep(visit, "#link") == [""]
