"""Apps whose server died: every template says so, and the pages come back by themselves.

A module of its own: every page that is open then comes back at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.kit import MUNTIN, Server
from tests.test_apps import APPS, BOUND, READY, deep, wait_text

if TYPE_CHECKING:
    from tests.conftest import Opener

pytestmark = pytest.mark.browser

PATHS = ("/bootstrap", "/plain", "/fast", "/material")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("lost")
    server = Server(root / "state", root / "log", program=(MUNTIN,))
    server.serves = [str(APPS / f"{path[1:]}.py") for path in PATHS]
    try:
        yield server.start()
    finally:
        server.close()


@pytest.mark.timeout(300)  # four pages come back, each with its own template's scripts
def test_a_dead_server_is_said_and_the_page_comes_back(server: Server, visiting: Opener) -> None:
    """Within five seconds, whatever the template."""
    visits = {path: visiting(server, path=path) for path in PATHS}
    for visit in visits.values():
        visit.wait(READY)
        visit.js("window.__before = true")

    server.kill()
    try:
        for visit in visits.values():
            wait_text(visit, "#link", r"Connection lost at \d\d:\d\d:\d\d UTC", BOUND)
    finally:
        server.start()

    for visit in visits.values():
        visit.wait("!window.__before", seconds=120)
        visit.wait(READY, seconds=60)
        assert deep(visit, "#link") == [""]
    wait_text(visits["/plain"], ".t-bound", r"\d")
