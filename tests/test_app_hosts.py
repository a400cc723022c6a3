"""Apps that take something from another host, which the operator allows or not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.kit import MUNTIN, Server
from tests.test_apps import NATURAL, READY, wait_text

if TYPE_CHECKING:
    from tests.conftest import Opener

pytestmark = pytest.mark.browser

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>'
APP = """
import panel as pn

pn.extension({template})
pn.pane.HTML("<img class='t-other' src='http://{host}/a.svg'>").servable()
"""


class Pictures(BaseHTTPRequestHandler):
    """Answers with a picture, whatever is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml")
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another host with a picture, as ``127.0.0.1:PORT``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def serving(root: Path, elsewhere: str, settings: str) -> Iterator[Server]:
    """A server of two apps with these settings."""
    for name, template in (("bare", ""), ("fast", "template='fast'")):
        (root / f"{name}.py").write_text(APP.format(host=elsewhere, template=template))
    (root / "muntin.toml").write_text(settings)
    server = Server(root / "state", root / "log", program=(MUNTIN,))
    server.serves = [str(root / f"{name}.py") for name in ("bare", "fast")]
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture(scope="module")
def allowing(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("allowing")
    with serving(root, elsewhere, f'app_hosts = ["{elsewhere}"]\n') as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("closed"), elsewhere, "") as server:
        yield server


@pytest.mark.parametrize("path", ["/bare", "/fast"])
def test_what_comes_from_an_allowed_host_is_shown(
    allowing: Server, visiting: Opener, path: str
) -> None:
    visit = visiting(allowing, path=path)
    visit.wait(READY)

    visit.wait(f"({NATURAL})('.t-other') == 40")


def test_without_leave_it_is_said_to_be_missing(
    server: Server, visiting: Opener, elsewhere: str
) -> None:
    visit = visiting(server, path="/bare")

    wait_text(visit, "#elsewhere", f"Nothing is fetched from other hosts: .* {elsewhere}")
    visit.page.locator("#elsewhere button").click()
    wait_text(visit, "#elsewhere", "^$")


def test_apps_without_a_state_have_no_run_mode(server: Server, visiting: Opener) -> None:
    visit = visiting(server, path="/bare")
    visit.wait(READY)

    assert visit.js("document.querySelector('.mu-mode')") is None
    assert "run mode" not in server.logged
