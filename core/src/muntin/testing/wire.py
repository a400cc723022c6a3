"""A connection without a socket: takes one answer of a Tornado application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    RequestStartLine,
    ResponseStartLine,
)

from muntin.pages import Viewer
from muntin.testing.readout import Cells, PanelReadout, Readout, Shown

if TYPE_CHECKING:
    import pandas as pd
    from tornado.web import Application


@dataclass(frozen=True)
class Response:
    """What the app has answered: status, headers by lower-case name, body, and what it says."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def html(self) -> str:
        """The body as it came, decoded."""
        return self.body.decode()

    @cached_property
    def _read(self) -> Readout:
        return Readout(self.html if "text/html" in self.headers.get("content-type", "") else "")

    @property
    def text(self) -> str:
        """What can be read of a page, white space folded; anything else as it is."""
        return self._read.text or self.html

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def metrics(self) -> dict[str, Shown]:
        """Every metric of the page by its id."""
        return self._read.metrics

    @property
    def cells(self) -> list[Cells]:
        """Every table row, of all tables in order, as cells by column id."""
        return self._read.cells

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table as a DataFrame of texts, by its panel's slug; a second one is ``slug~2``."""
        return self._read.tables

    @property
    def panels(self) -> dict[str, PanelReadout]:
        """Every panel by its slug, with its text and the reference of its fault."""
        return self._read.panels

    @property
    def faults(self) -> dict[str, str]:
        """References of the faults that the page marks, by panel."""
        return {slug: panel.fault for slug, panel in self.panels.items() if panel.fault}


class Wire(HTTPConnection):
    """Keeps what a handler writes; it knows who asks, as a session cookie would."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    def write_headers(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
        chunk: bytes | None = None,
    ) -> asyncio.Future[None]:
        """Keep status and headers; several of one name are joined by newlines."""
        self._status = start_line.code if isinstance(start_line, ResponseStartLine) else 0
        for name, value in headers.get_all():
            key = name.lower()
            self._headers[key] = f"{self._headers[key]}\n{value}" if key in self._headers else value
        return self.write(chunk or b"")

    def write(self, chunk: bytes) -> asyncio.Future[None]:
        """Keep a part of the body."""
        self._body += chunk
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        taken.set_result(None)
        return taken

    def finish(self) -> None:
        """Hand over the whole answer."""
        if not self.answer.done():
            self.answer.set_result(Response(self._status, self._headers, bytes(self._body)))

    def set_close_callback(self, callback: Callable[[], None] | None) -> None:
        """Take note of nothing: this connection is never lost."""


async def ask(
    application: Application,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    viewer: Viewer,
) -> Response:
    """Return what a Tornado application answers, without a socket."""
    wire = Wire(viewer)
    line = RequestStartLine(method, path, "HTTP/1.1")
    sent = HTTPHeaders({"Host": "muntin.test", **headers})
    request = application.start_request(wire, wire)
    waiting = request.headers_received(line, sent)
    if waiting is not None:
        await waiting
    if body:
        waiting = request.data_received(body)
        if waiting is not None:
            await waiting
    request.finish()
    return await wire.answer
