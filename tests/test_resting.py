"""A page that nobody sees lets go of the server, and is honest until it has caught up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import Visit
from tests.kit import Server, State, install, nav, serving, until
from tests.test_zoom import PLUGIN, SEEN, grow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

#: Lets a test hide the page, and shortens the time until it rests.
HIDING = """
window.__hidden = false;
Object.defineProperty(document, "hidden", { get: () => window.__hidden });
window.__hide = (hidden) => {
  window.__hidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
};
const later = window.setTimeout;
window.setTimeout = (what, wait, ...more) => later(what, wait === 30000 ? 0 : wait, ...more);
window.__same = true;
"""

LINK = "document.documentElement.dataset.link"
LAMP = "document.getElementById('mu-lamp-text').textContent"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("rest") / "state") as server:
        server.state.heal()
        server.wait_figure("nav", data_value="12000.5")
        yield server


@pytest.fixture
def visits(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open pages that can be hidden."""
    contexts = []

    def opened(server: Server, path: str) -> Visit:
        context = browser.new_context()
        contexts.append(context)
        context.add_init_script(HIDING)
        visit = Visit(context.new_page())
        visit.page.on("console", visit.hear)
        visit.page.goto(server.url + path)
        return visit.wait_drawn()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def visit(server: Server, visits: Callable[..., Visit]) -> Visit:
    return visits(server, "/overview")


def viewers(server: Server, page: str = "overview") -> float:
    return server.metric("muntin_viewers", page=page)


def hide(server: Server, visit: Visit, page: str = "overview") -> None:
    """Hide the page until it has let go of the server."""
    visit.js("__hide(true)")
    until(lambda: viewers(server, page) == 0, "the page lets go of the server")


def test_hidden_page_costs_the_server_nothing_and_catches_up(server: Server, visit: Visit) -> None:
    hide(server, visit)
    assert visit.js(f"[{LINK}, {LAMP}]") == ["behind", "catching up"]
    server.state.put("nav", nav(12345.25))
    server.wait_figure("nav", data_value="12345.25")
    assert visit.text("nav") == "12,000.50"

    visit.js("__hide(false)")
    visit.wait(f"{LINK} == 'live'")

    # The first moment at which it calls itself live it shows what is.
    assert visit.text("nav") == "12,345.25"
    visit.wait_slices("data.value[0] == 12345.25")
    assert "live" in visit.js(LAMP)
    assert visit.js("window.__same")
    assert visit.console == []
    assert viewers(server) == 1


def test_page_hidden_for_a_moment_only_stays_connected(server: Server, visit: Visit) -> None:
    visit.js("window.setTimeout = (what, wait, ...more) => 0")
    visit.js("__hide(true)")
    visit.js("__hide(false)")
    server.state.put("nav", nav(12345.25))

    visit.wait_value("nav", 12345.25)
    assert viewers(server) == 1
    assert visit.js(LINK) == "live"


def test_where_nothing_changed_the_charts_stay_as_they_are(server: Server, visit: Visit) -> None:
    canvas = "document.querySelector('[data-slot] *')"
    visit.js(f"window.__chart = {canvas}")
    hide(server, visit)
    visit.js("__hide(false)")
    visit.wait(f"{LINK} == 'live'")

    assert visit.js(f"window.__chart === {canvas}")


def test_what_a_viewer_has_zoomed_into_is_kept(
    tmp_path: Path, visits: Callable[..., Visit]
) -> None:
    install(tmp_path / "site", "growing", PLUGIN)
    state = State(tmp_path / "state")
    grow(state, 10)
    env = {"PYTHONPATH": str(tmp_path / "site")}
    with serving(state.root, plugins=("growing",), env=env) as server:
        visit = visits(server, "/curve")
        visit.wait(f"{SEEN}[0] === 10")
        visit.js("Bokeh.documents[0].roots()[0].x_range.setv({ start: 3, end: 6 })")
        hide(server, visit, "curve")
        grow(state, 40)
        visit.js("__hide(false)")
        visit.wait(f"{SEEN}[0] === 40")

        assert visit.js(SEEN) == [40, 3, 6]
        assert visit.js("Bokeh.documents.length") == 1


def test_page_that_rested_while_the_server_was_restarted_begins_anew(
    server: Server, visit: Visit
) -> None:
    hide(server, visit)
    server.kill()
    server.start()
    visit.js("window.__same = false")
    visit.js("__hide(false)")

    visit.wait(f"window.__same && {LINK} == 'live'")
    assert visit.text("nav") == "12,000.50"
