"""A served fund that tells a webhook what happens."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.kit import nav, serving, until


@pytest.fixture
def posted() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a webhook, and what it is sent."""
    came: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()
    server.server_close()


def test_a_document_that_is_torn_is_posted_and_that_it_is_well_again(
    tmp_path: Path, posted: tuple[str, list[dict[str, Any]]]
) -> None:
    url, came = posted
    settings = '[plugin.webhook]\nurl = { env = "HOOK" }\nkinds = ["feed-status"]\n'
    plugins = ("overview", "webhook")
    state = tmp_path / "state"
    with serving(state, plugins=plugins, env={"HOOK": url}, settings=settings) as server:
        server.state.heal()
        server.wait_figure("nav", data_status="live")
        (state / "nav.json").write_text('{"nav": 12')
        until(lambda: "live to unreadable" in details(came), "the fault is posted")
        server.state.put("nav", nav())
        until(lambda: "unreadable to live" in details(came), "so is its end")


def details(came: list[dict[str, Any]]) -> list[str]:
    return [one["detail"] for one in came if one["subject"] == "nav"]
