"""The HTTP source keeps what every source promises."""

from __future__ import annotations

from typing import Any

import pytest

from muntin import Feed, Secret
from muntin.sources import Source
from muntin.testing import SourceBackend
from muntin.testing.conformance.sources import *  # noqa: F403  # one line, as in a plugin's tests
from muntin_http import HttpSettings, HttpSource


class Web(SourceBackend):
    """A server that asks for a password, and refuses to answer while it is cut off."""

    secret = "hunter2hunter2"

    def __init__(self, server: Any, http: Any) -> None:
        self._server, self._http = server, http
        self._kept: dict[str, Any] | None = None

    def source(self) -> Source:
        settings = HttpSettings(interval=0.1, timeout=2, user="jo", password=Secret(self.secret))
        return HttpSource(self._server.url, settings)

    def put(self, feed: Feed[Any], data: bytes) -> None:
        self._server.answers[f"/{feed.path}"] = self._http.answer(data)

    def remove(self, feed: Feed[Any]) -> None:
        del self._server.answers[f"/{feed.path}"]

    def cut(self) -> None:
        self._kept = dict(self._server.answers)
        for path in ("/nav.json", "/kpis.json"):
            self._server.answers[path] = self._http.answer(status=503)

    def mend(self) -> None:
        self._server.answers.clear()
        self._server.answers.update(self._kept or {})


@pytest.fixture
def backend(server: Any, http: Any) -> Web:
    return Web(server, http)
