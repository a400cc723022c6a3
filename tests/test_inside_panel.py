"""Muntin's pages in Panel's own server: figures, updates, charts, a lost server."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.kit import State, nav, until

pytestmark = [pytest.mark.slow, pytest.mark.browser]

APP = """
import muntin.panel

muntin.panel.template({state!r}, config={config!r}).servable()
"""


class PanelServer:
    """``panel serve`` on a script with Muntin's template."""

    def __init__(self, root: Path) -> None:
        self.state = State(root / "state")
        self.state.put("nav", nav(12000.5))
        config = root / "muntin.toml"
        config.write_text(
            '[plugins]\nonly = ["overview"]\n[site]\ntitle = "Atlas"\nmode = "DEMO"\n'
        )
        app = root / "fund.py"
        app.write_text(APP.format(state=str(self.state.root), config=str(config)))
        self._log = root / "log"
        command = [sys.executable, "-m", "panel", "serve", str(app), "--port", "0"]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "--address", "127.0.0.1"], stdout=log, stderr=log
            )
        found = until(lambda: re.search(r"running at: (http://\S+)", self.logged), "it serves")
        self.url = found[1]

    @property
    def logged(self) -> str:
        return self._log.read_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelServer]:
    made = PanelServer(tmp_path_factory.mktemp("panel"))
    yield made
    made.process.kill()
    made.process.wait()


def test_the_page_stands_in_panels_own_server(server: PanelServer, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    page.wait_for_selector('[data-metric="nav"]')

    assert "12,000.50" in page.inner_text('[data-metric="nav"]')
    assert page.get_attribute('[data-metric="nav"]', "data-path") == "nav_usd"
    assert page.inner_text(".mu-brand").strip() == "Atlas"
    page.locator("canvas").first.wait_for(state="attached")
    assert [
        url for url in asked if "://127.0.0.1:" not in url and not url.startswith("data:")
    ] == []

    second = browser.new_page()
    second.goto(server.url)
    second.wait_for_selector('[data-metric="nav"]')

    server.state.put("nav", nav(13000.5))
    until(lambda: "13,000.50" in page.inner_text('[data-metric="nav"]'), "the figure follows")

    server.process.kill()
    until(lambda: "last known" in page.inner_text('[data-metric="nav"]'), "the page says so")
    assert "Traceback" not in server.logged
