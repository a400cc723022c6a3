"""One run of a Panel app: a real Bokeh session, on a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from traceback import format_exc
from typing import Any

from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent

from muntin.live.panel_apps import (
    application_of,
    begin,
    current_document,
    end,
    failure_of,
    open_session,
    refuse_personal,
)
from muntin.live.stage.faults import FAULTS
from muntin.panel.broadcast.errors import NotShared
from muntin.panel.broadcast.failures import Failed, listening, watch_loop

#: Seconds between two signs that the loop turns, and for what an app does at its end.
TURN, END_WITHIN = 0.25, 1.0
#: One app is made at a time, for that changes what is the whole process's; one that takes longer
#: than these seconds holds nobody up.
_MAKING, PATIENCE = threading.Lock(), 20.0


class AppSession:
    """Runs an app until `stop`; `take` gets its changes and `failed` its traces, on its thread.

    `made` is called once its document is there, `ended` when it is over.
    """

    def __init__(
        self,
        app: Any,
        slug: str,
        title: str,
        *,
        take: Callable[[DocumentPatchedEvent], None],
        failed: Failed,
        made: Callable[[Document], None],
        ended: Callable[[], object],
    ) -> None:
        self._app, self._slug, self._title = app, slug, title
        self._take, self._failed, self._made, self._ended = take, failed, made, ended
        self.document: Document | None = None
        self._session: Any = None
        self._broken = False
        self._task: asyncio.Task[None] | None = None
        #: True once it has ended, by itself or not.
        self.over = False
        self._loop = asyncio.new_event_loop()
        self._turned = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"app-{slug}", daemon=True)

    def start(self) -> None:
        """Run the app."""
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End the app; one that hangs is left behind as a daemon."""
        if self._thread.ident is None:
            return
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._ending)
        self._thread.join(timeout)

    @property
    def busy(self) -> float:
        """Seconds for which the app has held its loop by now; none once it is over."""
        return 0.0 if self.over else max(0.0, time.monotonic() - self._turned - TURN)

    def call(self, job: Callable[[], object], after: float = 0.0) -> None:
        """Have a job done on the app's thread, some seconds later."""
        with suppress(RuntimeError):  # it is over
            if after and threading.get_ident() == self._thread.ident:
                self._loop.call_later(after, job)
            else:
                self._loop.call_soon_threadsafe(job)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        watch_loop(self._loop, self._failed)
        with listening(self._failed, lambda: current_document() is self.document is not None):
            try:
                self._loop.run_until_complete(self._make())
                if self.document is not None:
                    self._turn()
                    self._loop.run_forever()
            except FAULTS:  # of the app's own script
                self._failed(format_exc())
            finally:
                self._close()

    async def _make(self) -> None:
        refuse_personal(NotShared)
        alone = _MAKING.acquire(timeout=PATIENCE)
        self._turned = time.monotonic()
        try:
            application = application_of(self._watched(self._app), self._title)
            self._session = await open_session(application, self._take, self._slug)
        finally:
            if alone:
                _MAKING.release()
        error, trace = failure_of(application)
        if error:
            self._failed(trace or error)
        if error or self._broken:
            return
        self.document = self._session.document
        await self._session.with_document_locked(self._made, self.document)
        await begin(self._session)

    def _watched(self, app: Any) -> Any:
        """Return an app that says so if it raises: Panel would show its trace to viewers."""
        if not callable(app):
            return app

        def build() -> Any:
            try:
                return app()
            except FAULTS:
                self._broken = True
                self._failed(format_exc())
                raise

        return build

    def _turn(self) -> None:
        self._turned = time.monotonic()
        self._loop.call_later(TURN, self._turn)

    def _ending(self) -> None:
        if self._task is None:  # who stops a server asks twice
            self._task = self._loop.create_task(self._end())

    async def _end(self) -> None:
        with suppress(*FAULTS):  # of what the app has for its end
            if self._session is not None:
                await asyncio.wait_for(end(self._session), END_WITHIN)
        self._loop.stop()

    def _close(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        with suppress(RuntimeError):
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.set_exception_handler(None)  # the app is over: nothing is wrong with it any more
        self._loop.close()
        self.over = True
        self._ended()
