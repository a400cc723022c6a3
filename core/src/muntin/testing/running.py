"""An app at work within a test: its event loop on a thread of its own, its stages for real."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest

from muntin.live.stage.protocols import SharedStage
from muntin.pages import Viewer
from muntin.site import Site
from muntin.state.feeds import Feed
from muntin.state.snapshots import Reading
from muntin.testing.wire import Response, ask
from muntin.web.app import App
from muntin.web.server import BODY_LIMIT, application, listen

T = TypeVar("T")


class ByHand:
    """A source that publishes what it was given, and nothing after that."""

    location = "test://"

    def __init__(self, make: Callable[[Iterable[Feed[Any]]], Iterable[Reading]]) -> None:
        self._make = make

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., Any], stop: threading.Event
    ) -> None:
        """Publish once and wait for the end."""
        publish(*self._make(feeds))
        stop.wait()


class Running:
    """A started app; `close` leaves no thread, no socket and no event loop behind."""

    def __init__(self, site: Site, patience: float) -> None:
        self.site = site
        self._patience = patience
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="site", daemon=True)
        self._thread.start()
        self._servers: list[HTTPServer] = []
        self._closed = False
        self.app = self._run(self._start())

    async def _start(self) -> App:
        app: Any = App(self.site)
        app.start()
        if hasattr(app, "identify"):
            app.identify = viewer_of
        self._application = application(app)
        self.site.store.wait_loaded(self._patience)
        made: App = app
        return made

    def _run(self, job: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(2 * self._patience)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, viewer: Viewer
    ) -> Response:
        """Return the answer to a request, of a page that has taken in all that was published."""
        slug = path.partition("?")[0].strip("/")
        for variant in self.app.variants:  # of the page, and of what others see of it
            if variant.page.slug == slug:
                self._settle(variant.stage)
        return self._run(ask(self._application, method, path, headers, body, viewer))

    def _settle(self, stage: SharedStage) -> None:
        """Wait until a stage shows the newest snapshot; one that hangs is not waited for long."""
        version = self.site.store.snapshot.version
        deadline = time.monotonic() + self._patience
        while stage.shown is None or stage.shown.snapshot.version < version:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            turned = threading.Event()
            stage.pull(lambda *_: turned.set())  # noqa: B023  # waited for within this turn
            turned.wait(min(left, 0.1))

    def serve(self) -> str:
        """Serve on a free port of 127.0.0.1 as well, until the end; return the address."""
        return self._run(self._serve())

    async def _serve(self) -> str:
        server = HTTPServer(self._application, max_body_size=BODY_LIMIT)
        sockets = listen("127.0.0.1", 0)
        server.add_sockets(sockets)
        self._servers.append(server)
        return f"http://127.0.0.1:{sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """End everything; nothing if it has ended."""
        if self._closed:
            return
        self._closed = True
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(self._patience)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _stop(self) -> None:
        for server in self._servers:
            server.stop()
            await server.close_all_connections()
        await self.app.stop()


def viewer_of(request: HTTPServerRequest) -> Viewer:
    """Return who asks: the one whom `as_user` named; nobody over a real connection."""
    viewer = getattr(request.connection, "viewer", None)
    return viewer if isinstance(viewer, Viewer) else Viewer()
