"""A stand-in for somebody's server: real, on loopback, and as well behaved as it is told to be."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

#: Writes an answer to a request, whole or not.
Answerer = Callable[[BaseHTTPRequestHandler], None]


def answer(body: Any = b"", status: int = 200, **headers: str) -> Answerer:
    """Return what answers with this body (JSON unless bytes), honouring If-None-Match."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {name.replace("_", "-"): text for name, text in headers.items()}

    def write(request: BaseHTTPRequestHandler) -> None:
        known = sent.get("ETag") and request.headers["If-None-Match"] == sent["ETag"]
        request.send_response(304 if known else status)
        for name, text in sent.items():
            request.send_header(name, text)
        request.send_header("Content-Length", "0" if known else str(len(data)))
        request.end_headers()
        request.wfile.write(b"" if known else data)

    return write


def tagged(body: Any) -> Answerer:
    """Return what answers with this body and an ETag of it."""
    return answer(body, ETag=f'"{hashlib.md5(json.dumps(body).encode()).hexdigest()}"')


def raw(data: bytes) -> Answerer:
    """Return what sends these bytes and closes the connection, whether that is HTTP or not."""

    def write(request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.wfile.write(data)

    return write


class Quiet(ThreadingHTTPServer):
    """Says nothing of clients that leave in the middle: here they are meant to."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


class Standin:
    """A server whose answers, by path, may be changed while it runs."""

    def __init__(self) -> None:
        self.answers: dict[str, Answerer] = {}
        self.requests: list[tuple[str, Message]] = []
        self.connections = 0
        #: Set at the end, so that nothing that dawdles is left behind.
        self.over = threading.Event()
        self._server = Quiet(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                standin.connections += 1
                super().setup()

            def do_GET(self) -> None:
                standin.requests.append((self.path, self.headers))
                standin.answers.get(self.path, answer(status=404))(self)

            def log_message(self, *args: Any) -> None:
                """Keep the tests quiet."""

        return Handler

    def hang(self, request: BaseHTTPRequestHandler) -> None:
        """Never answer."""
        request.close_connection = True
        self.over.wait(30)

    def dripping(self, start: bytes) -> Answerer:
        """Return what sends `start` and then a byte now and then, for ever."""

        def write(request: BaseHTTPRequestHandler) -> None:
            request.close_connection = True
            try:
                request.wfile.write(start)
                while not self.over.wait(0.02):
                    request.wfile.write(b" ")
            except OSError:
                return

        return write

    def headers(self, path: str) -> Message:
        """Return the headers of the last request for a path."""
        return next(headers for seen, headers in reversed(self.requests) if seen == path)

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Standin]:
    made = Standin()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Standin]:
    made = Standin()
    yield made
    made.close()


class Turned:
    """A monotonic clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def monotonic() -> Turned:
    return Turned()


@pytest.fixture
def http() -> Any:
    """The ways to answer: ``http.answer``, ``http.tagged`` and ``http.raw``."""

    class Ways:
        answer = staticmethod(answer)
        tagged = staticmethod(tagged)
        raw = staticmethod(raw)

    return Ways
