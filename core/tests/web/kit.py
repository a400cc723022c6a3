"""A server at work: its event loop on a thread of its own, asked over 127.0.0.1."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from core.tests.sites import STILL, site
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from muntin import Feed, Page
from muntin.access import Access
from muntin.live.workers.pool import WorkerPool
from muntin.settings import Config
from muntin.site import Site
from muntin.state.snapshots import Reading, read
from muntin.testing import FakeClock
from muntin.web.app import App
from muntin.web.server import listen, serve_http

T = TypeVar("T")
WAIT = 10.0


def make_site(*pages: Page, config: Config | None = None, clock: FakeClock | None = None) -> Site:
    return site("still://x", *pages, config=config, clock=clock or FakeClock(), kinds=(STILL,))


@dataclass
class Answer:
    """What a server has said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Socket:
    """A viewer's WebSocket, spoken to from the test's thread."""

    def __init__(self, server: Server, connection: WebSocketClientConnection) -> None:
        self._server = server
        self.connection = connection
        self._over = False

    def next(self) -> list[Any]:
        """Return the next message that is no heartbeat: header, metadata, content."""
        while True:
            parts = [self._read() for _ in range(3)]
            parts += [self._read() for _ in range(2 * parts[0].get("num_buffers", 0))]
            if parts[0].get("reqid") != "beat":
                return parts

    def _read(self) -> Any:
        part = self._server.run(self._message())
        assert part is not None, "closed"
        return json.loads(part) if isinstance(part, str) else part

    async def _message(self) -> str | bytes | None:
        part = None if self._over else await self.connection.read_message()
        self._over = part is None
        return part

    async def _drain(self) -> None:
        while await self._message() is not None:
            pass

    def closed(self) -> tuple[int | None, str | None]:
        """Wait for the server to close; return its code and reason."""
        self._server.run(self._drain())
        return self.connection.close_code, self.connection.close_reason

    def send(self, *parts: Any) -> None:
        async def write() -> None:
            for part in parts:
                await self.connection.write_message(
                    part if isinstance(part, (str, bytes)) else json.dumps(part),
                    binary=isinstance(part, bytes),
                )

        self._server.run(write())

    def close(self) -> None:
        async def end() -> None:
            self.connection.close()
            await self._drain()

        self._server.run(end())


class Server:
    """A started app with what is needed to ask it."""

    def __init__(self, site: Site, access: Access | None = None, workers: int = 0) -> None:
        self.site = site
        self.clock: Any = site.store.clock
        self._access, self._workers = access, workers
        self._opened: list[Socket] = []
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="server")
        self._thread.start()
        self.app: App = self.run(self._start())

    async def _start(self) -> App:
        pool = WorkerPool(self._workers) if self._workers else None
        access: Any = self._access  # None for that of the site's settings
        app = App(self.site, access, pool=pool)
        app.start()
        if pool is not None:
            await pool.ready()
        self._server = serve_http(app)
        sockets = listen("127.0.0.1", 0)
        self.port = sockets[0].getsockname()[1]
        self._server.add_sockets(sockets)
        return app

    def run(self, job: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await job

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(WAIT)

    def stop(self) -> None:
        for opened in self._opened:
            opened.close()

        async def end() -> None:
            self._server.stop()
            await self._server.close_all_connections()
            await self.app.stop()

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(WAIT)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def publish(self, feed: Feed[Any], **raw: Any) -> None:
        raw = {"ts": self.clock(), **raw}
        self.site.store.publish(read(feed, raw, self.clock.now))

    def publish_reading(self, *readings: Reading) -> None:
        self.site.store.publish(*readings)

    def ready(self) -> Server:
        for stage in self.app.stages.values():
            assert stage.ready.wait(WAIT)
        return self

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=named)
            answer = connection.getresponse()
            return Answer(
                answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    def open(
        self,
        path: str,
        origin: str | None = None,
        protocols: Any = ("bokeh",),
        cookie: str = "",
    ) -> Socket:
        origin = f"http://127.0.0.1:{self.port}" if origin is None else origin
        headers = {"Origin": origin, "Cookie": cookie}
        request = HTTPRequest(
            f"ws://127.0.0.1:{self.port}{path}",
            headers={name: value for name, value in headers.items() if value},
        )

        async def connect() -> WebSocketClientConnection:
            return await websocket_connect(request, subprotocols=list(protocols))

        self._opened.append(opened := Socket(self, self.run(connect())))
        return opened


#: Starts a server for some pages.
Serve = Callable[..., Server]


@contextmanager
def servers() -> Iterator[Serve]:
    """What starts a server for some pages; all of them end with the block."""
    started: list[Server] = []

    def serve(*pages: Page, workers: int = 0, **options: Any) -> Server:
        started.append(server := Server(make_site(*pages, **options), workers=workers))
        return server

    try:
        yield serve
    finally:
        for server in started:
            server.stop()
