"""The apps of the gallery, as they are, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.contrast import wait_readable
from tests.kit import MUNTIN, Server
from tests.test_apps import MODELS, READY, own_only, wait_text

if TYPE_CHECKING:
    from tests.conftest import Opener

pytestmark = pytest.mark.browser

APPS = Path(__file__).parent.parent / "examples" / "apps"
#: A text that each app shows once it is live, and where.
SHOWN = {
    "ticker": ("div", r"\d+\.\d\d USD"),
    "book": ("p", r"\d+ % of the size is on the bid"),
    "correlations": ("h1", "Correlations"),
    "breadth": ("div", r"\d+ of 100 names rise"),
    "sizing": ("div", "Units, worth 25,000 USD"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("gallery")
    server = Server(root / "state", root / "log", program=(MUNTIN,))
    server.serves = [str(path) for path in sorted(APPS.glob("*.py"))]
    try:
        yield server.start()
    finally:
        server.close()


def test_every_app_of_the_gallery_is_tried() -> None:
    assert {path.stem for path in APPS.glob("*.py")} == set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_an_app_of_the_gallery_is_drawn_and_takes_nothing_from_elsewhere(
    server: Server, visiting: Opener, name: str
) -> None:
    visit = visiting(server, path=f"/{name}")
    visit.wait(READY)

    wait_text(visit, *SHOWN[name])
    assert visit.js("document.documentElement.dataset.link") == "live"
    assert own_only(visit, server)


def test_what_streams_reaches_the_charts(server: Server, visiting: Opener) -> None:
    ticker, heat = (visiting(server, path=path) for path in ("/ticker", "/correlations"))

    sources = f"{MODELS}.filter((m) => m.type == 'ColumnDataSource').map((m) => m.data)"
    ticker.wait(READY)
    ticker.wait(f"{sources}.some((data) => data.second?.at(-1) > 61)")
    heat.wait(READY)
    heat.wait(f"{sources}.some((data) => Object.values(data).some((one) => one.length == 25))")


def test_the_controls_of_the_calculator_are_not_in_use(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/sizing")
    visit.wait(READY)

    visit.wait(f"{MODELS}.filter((m) => 'mode' in m && 'step' in m).every((m) => m.disabled)")
    wait_text(visit, "#unused", "not in use")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_app_without_a_template_is_readable_on_a_phone_in_both_themes(
    server: Server, visiting: Opener, theme: str
) -> None:
    visit = visiting(server, width=390, theme=theme, path="/sizing")
    visit.wait(READY)
    wait_text(visit, *SHOWN["sizing"])

    wait_readable(visit)
    assert visit.js("document.documentElement.scrollWidth <= innerWidth")
