"""One Panel session, on a thread with an event loop of its own.

It is the session that ``panel serve`` makes for a visitor, with Panel's own `Application`. Here it
has its own thread, so a callback that never returns holds up this session and no other. Importing
this module loads Panel's server, which takes half a second.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, Protocol, TypeVar

import panel.io.server  # noqa: F401  # its import has Bokeh's server know Panel's requests
import structlog
from bokeh.application.handlers.document_lifecycle import DocumentLifecycleHandler
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document
from bokeh.protocol.receiver import Receiver
from bokeh.server.connection import ServerConnection
from bokeh.server.contexts import ApplicationContext
from bokeh.server.protocol_handler import ProtocolHandler
from bokeh.server.session import ServerSession
from bokeh.util.token import get_session_id
from panel.io.application import Application
from panel.io.state import set_curdoc
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop

from muntin.live.bokeh import LocalProtocol, SessionSocket, forget_views, mark_connected
from muntin.live.stage.faults import FAULTS

T = TypeVar("T")

log = structlog.get_logger("muntin.panel")

#: Bytes from a viewer that may wait for the session's thread.
MOST_WAITING = 1_000_000
#: Seconds that callbacks may take to let go of the document when their session ends.
LET_GO = 5.0


class Outlet(Protocol):
    """A viewer's socket as a session sees it; called from the session's thread."""

    def send(self, parts: list[str | bytes]) -> None:
        """Send the fragments of one message; raise nothing."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close the socket."""
        ...


class Connection:
    """One viewer's connection to a session: messages are handled one after another."""

    def __init__(self, session: PanelSession, outlet: Outlet) -> None:
        self._session, self._outlet = session, outlet
        self._parts: asyncio.Queue[str | bytes] = asyncio.Queue()
        # Each is written by one thread only: their difference is what waits.
        self._received = self._handled = 0
        self.socket = SessionSocket(outlet.send)

    def receive(self, part: str | bytes) -> None:
        """Hand on a fragment from the viewer; close a viewer who sends more than is handled."""
        if self._received - self._handled > MOST_WAITING:
            self._outlet.close(1008, "too much at once")
            return
        self._received += len(part)
        self._session.post(lambda: self._parts.put_nowait(part))

    async def run(self, context: ApplicationContext, session: ServerSession) -> None:
        """Speak the Bokeh protocol until cancelled."""
        protocol = LocalProtocol()
        connection = ServerConnection(protocol, self.socket, context, session)  # type: ignore[arg-type]  # all that Bokeh asks of a socket
        receiver, handler = Receiver(protocol), ProtocolHandler()
        self.socket.push(protocol.create("ACK"))
        try:
            while True:
                message = await receiver.consume(await self._next())
                if message is not None:
                    await self._handle(message, handler, connection)
        except FAULTS as error:
            if not isinstance(error, asyncio.CancelledError):
                self._outlet.close(1002, "message not understood")
        finally:
            connection.detach_session()

    async def _next(self) -> str | bytes:
        part = await self._parts.get()
        self._handled += len(part)
        return part

    async def _handle(self, message: Any, handler: Any, connection: ServerConnection) -> None:
        reply = await handler.handle(message, connection)
        if message.msgtype == "PULL-DOC-REQ":
            # From here on the viewer has the document, so changes have to be sent.
            mark_connected(connection.session.document)
        if reply is not None:
            self.socket.push(reply)
        if message.msgtype == "PULL-DOC-REQ":
            self._session.joined(self)


class PanelSession:
    """A Bokeh session whose document `build` fills; made, used and ended on its own thread.

    `joined` is called on that thread for each viewer who has just received the document. Where an
    `application` of Bokeh is given, that fills the document. `made` is called with the document
    once it is filled; what it raises is the outcome of `opened`. `within` surrounds the thread.
    """

    def __init__(
        self,
        build: Callable[[Document], None],
        request: HTTPServerRequest,
        token: str,
        path: str,
        joined: Callable[[Connection], None] = lambda _: None,
        *,
        application: Any = None,
        made: Callable[[Document], None] = lambda _: None,
        within: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.id = get_session_id(token)
        self._request, self._token, self._path = request, token, path
        fill = FunctionHandler(lambda doc: build(doc))  # noqa: PLW0108  # Bokeh wants this name
        self._application = application or Application(fill, DocumentLifecycleHandler())
        self._made, self._within = made, within
        #: Has no result until the document is built; then None.
        self.opened: Future[None] = Future()
        #: Called on the session's thread for each viewer who has just received the document.
        self.joined = joined
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._session: ServerSession | None = None
        self._context: ApplicationContext | None = None
        self._tasks: dict[Connection, asyncio.Task[None]] = {}
        self._asked_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"session{path}", daemon=True)

    def start(self) -> None:
        """Start the thread, which builds the document."""
        self._asked_at = time.monotonic()
        self._thread.start()

    def post(self, job: Callable[[], object]) -> None:
        """Have a job done on the session's thread; nothing once the session is over."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(job)

    def end(self) -> None:
        """End the session once its thread is free; from any thread, returns at once."""
        if self._thread.ident is None:
            self._loop.close()  # never started
        self.post(self._over.set)

    @property
    def alive(self) -> bool:
        """True until the session has ended and its thread with it."""
        return self._thread.is_alive()

    def silent(self) -> float:
        """Return for how many seconds the thread has not answered, and ask it again if it has."""
        if self._asked_at is not None:
            return time.monotonic() - self._asked_at
        self._asked_at = time.monotonic()
        self.post(self._answer)
        return 0.0

    def _answer(self) -> None:
        self._asked_at = None

    def connect(self, outlet: Outlet) -> Connection:
        """Return a viewer's connection, which begins as soon as the thread is free."""
        connection = Connection(self, outlet)
        self.post(lambda: self._begin(connection))
        return connection

    def disconnect(self, connection: Connection) -> None:
        """End a viewer's connection."""
        self.post(lambda: self._cancel(connection))

    def _begin(self, connection: Connection) -> None:
        assert self._session is not None  # noqa: S101  # no one has a token before
        assert self._context is not None  # noqa: S101  # as above
        task = self._loop.create_task(connection.run(self._context, self._session))
        self._tasks[connection] = task
        task.add_done_callback(lambda _: self._tasks.pop(connection, None))

    def _cancel(self, connection: Connection) -> None:
        task = self._tasks.get(connection)
        if task is not None:
            task.cancel()

    async def locked(self, job: Callable[[Document], T]) -> T | None:
        """Return what `job(document)` returns, run while nothing else uses the document.

        Return None, and run nothing, once the session is over. For the session's own thread.
        """
        session = self._session
        if session is None or session.destroyed or self._over.is_set():
            return None

        def run() -> T:
            with set_curdoc(session.document):
                return job(session.document)

        locked: Any = session.with_document_locked  # takes plain functions as well
        result: T | None = await locked(run)
        return result

    def _run(self) -> None:
        with self._within(), asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        try:
            session = await self._create()
        except FAULTS as error:
            self._finish(error)
            return
        self._asked_at = None
        self._finish(None)
        await self._over.wait()
        for task in tuple(self._tasks.values()):
            task.cancel()
        await self._destroy(session)

    def _finish(self, error: BaseException | None) -> None:
        with suppress(Exception):  # nobody waits any more
            self.opened.set_result(None) if error is None else self.opened.set_exception(error)

    async def _create(self) -> ServerSession:
        self._context = context = ApplicationContext(
            self._application, io_loop=IOLoop.current(), url=self._path
        )
        self._session = await context.create_session_if_needed(self.id, self._request, self._token)
        locked: Any = self._session.with_document_locked
        await locked(self._made, self._session.document)
        return self._session

    async def _destroy(self, session: ServerSession) -> None:
        document = session.document
        context = document.session_context
        locked: Any = session.with_document_locked
        with suppress(TimeoutError):
            await asyncio.wait_for(locked(lambda: None), LET_GO)
        try:
            if context is not None:
                await self._application.on_session_destroyed(context)
            forget_views(document)
            session.destroy()
        except FAULTS as error:
            log.warning("session not ended cleanly", page=self._path, error=repr(error)[:300])
