"""Threads for blocking work: a small pool for each kind, so that no kind waits for another.

They are daemons. The standard library joins the threads of an executor when the process ends, so
one call that hangs would keep the process from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from tornado.web import HTTPError

T = TypeVar("T")


class Busy(HTTPError):
    """More jobs of a kind wait than their pool takes: answered with 503."""

    def __init__(self) -> None:
        super().__init__(503)


class ThreadPool:
    """At most `size` threads that do one kind of work for an event loop, started as needed."""

    def __init__(self, name: str, size: int, waiting: int = 200) -> None:
        self._name, self._size, self._most_waiting = name, size, waiting
        self._jobs: deque[tuple[asyncio.Future[Any], Callable[[], Any]]] = deque()
        self._news = threading.Condition()
        self._threads = self._idle = 0

    async def run(self, job: Callable[..., T], *args: Any) -> T:
        """Return what `job(*args)` returns on a thread; raise Busy if too many jobs wait."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        with self._news:
            if len(self._jobs) >= self._most_waiting:
                raise Busy
            self._jobs.append((future, lambda: job(*args)))
            if len(self._jobs) > self._idle and self._threads < self._size:
                self._threads += 1
                name = f"{self._name}-{self._threads}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
            self._news.notify()
        return await future

    def _work(self) -> None:
        while True:
            with self._news:
                self._idle += 1
                self._news.wait_for(lambda: self._jobs)
                self._idle -= 1
                future, job = self._jobs.popleft()
            if not future.cancelled():
                _finish(future, job)


async def in_thread(name: str, job: Callable[..., T], *args: Any) -> T:
    """Return what `job(*args)` returns on a thread of its own."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    call = lambda: _finish(future, lambda: job(*args))  # noqa: E731  # a thread's target
    threading.Thread(target=call, name=name, daemon=True).start()
    return await future


def _finish(future: asyncio.Future[T], job: Callable[[], T]) -> None:
    """Run a job and hand its outcome to the future's event loop."""
    try:
        outcome: Callable[[], None] = partial(future.set_result, job())
    except BaseException as error:  # noqa: BLE001  # whatever it is, the one who waits gets it
        outcome = partial(future.set_exception, error)

    def tell() -> None:
        if not future.done():
            outcome()

    with suppress(RuntimeError):  # the loop is closed: no one waits any more
        future.get_loop().call_soon_threadsafe(tell)
