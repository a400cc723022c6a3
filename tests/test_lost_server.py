"""A viewer whose server died, froze or came back: never an old number without saying so."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.kit import Server, nav, serving

if TYPE_CHECKING:
    from tests.conftest import Opener, Visit

pytestmark = pytest.mark.browser

#: Seconds within which every number says that it is the last known one.
BOUND = 5.0

#: Elements that show a value and do not say that it is the last known one.
UNMARKED = """() => [...document.querySelectorAll("[data-metric],[data-column]")]
  .filter((el) => el.dataset.value && !/last known \\d\\d:\\d\\d:\\d\\d/.test(el.textContent))
  .map((el) => el.id)"""
#: What the browser itself says of a server that is away, or back and not ready yet.
EXPECTED = ("Failed to load resource", "WebSocket connection to")
ALL_MARKED = f"({UNMARKED})().length == 0"
NONE_MARKED = (
    "!document.querySelector('.mu-known') && document.documentElement.dataset.link == 'live'"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    state = tmp_path_factory.mktemp("lost") / "state"
    with serving(state) as server:
        yield server


@pytest.fixture
def visit(server: Server, visiting: Opener) -> Visit:
    server.state.heal()
    server.wait_figure("nav", data_value="12000.5", data_status="live")
    return visiting(server).wait_drawn()


def test_f16_a_killed_server_is_said_on_every_number(server: Server, visit: Visit) -> None:
    """Within five seconds; the page comes back by itself, live, once the server does."""
    assert visit.js(UNMARKED)

    server.kill()
    try:
        visit.wait(ALL_MARKED, seconds=BOUND)
        lamp = visit.page.inner_text("#mu-lamp")
        said = visit.page.inner_text("#mu-link")
    finally:
        server.state.put("nav", nav(12010.25))
        server.start()
    visit.wait(NONE_MARKED)
    visit.wait_value("nav", 12010.25)
    server.state.put("nav", nav(12020.75))
    visit.wait_value("nav", 12020.75, 5.0)

    assert "lost" in lamp
    assert "Connection lost" in said
    assert visit.text("nav") == "12,020.75"


FEET = "[...document.querySelectorAll('[data-foot]')].map((foot) => foot.textContent)"
#: Heights of what stands in each card, between its head and its foot.
HEIGHTS = """[...document.querySelectorAll("tr, .mu-v, [data-slot]")]
  .map((el) => el.offsetHeight)"""


def test_a_lost_server_is_said_on_every_foot_and_chart_and_moves_nothing(
    server: Server, visit: Visit
) -> None:
    before = visit.js(HEIGHTS)
    server.kill()
    try:
        visit.wait(ALL_MARKED, seconds=BOUND)
        feet, after = visit.js(FEET), visit.js(HEIGHTS)
        centre = visit.page.inner_text(".mu-centre")
    finally:
        server.start()
    visit.wait(NONE_MARKED)

    assert feet
    assert all("last known" in foot and "live" not in foot for foot in feet)
    assert "last known" in centre
    assert after == before


def test_f16_ages_grow_while_the_server_is_dead(server: Server, visit: Visit) -> None:
    """The page judges by the server's clock, which it carries on by itself."""
    server.state.put("nav", nav(12030.0, at=time.time() - 175.5))
    visit.wait_value("nav", 12030.0)
    before = visit.js("document.querySelector('[data-metric=nav]').dataset.status")

    server.kill()
    try:
        visit.wait(
            "document.querySelector('[data-metric=nav]').dataset.status == 'late'", seconds=12
        )
    finally:
        server.start()

    assert before == "live"


def test_a_frozen_server_is_said_on_every_number_until_it_goes_on(
    server: Server, visit: Visit
) -> None:
    """A process that hangs keeps its sockets open; the silence tells."""
    server.signal(signal.SIGSTOP)
    try:
        # The last sign of life may be as old as the time between two of them.
        visit.wait(ALL_MARKED, seconds=BOUND)
    finally:
        server.signal(signal.SIGCONT)
    visit.wait(NONE_MARKED)
    server.state.put("nav", nav(12040.0))
    visit.wait_value("nav", 12040.0, 5.0)

    assert visit.text("nav") == "12,040.00"


def test_the_donut_is_drawn_again_after_a_restart(server: Server, visit: Visit) -> None:
    """Model ids of another process differ: nothing of the old document may linger."""
    visit.js("window.__before = true")
    server.kill()
    server.start()
    visit.wait("!window.__before")
    visit.wait_drawn()
    server.state.put("nav", nav(12050.0))

    visit.wait_slices("data.value[0] == 12050")


def test_nothing_went_wrong_in_the_scripts(server: Server, visit: Visit) -> None:
    """A lost connection is expected: the browser's own word on it is all the console may hold."""
    server.kill()
    visit.wait(ALL_MARKED, seconds=BOUND)
    server.start()
    visit.wait(NONE_MARKED)

    unexpected = [said for said in visit.console if not any(word in said for word in EXPECTED)]
    assert unexpected == []
