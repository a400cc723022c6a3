"""The supervisor: owns the address, watches files, and has servers born and ended."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Self

from muntin.dev.watching import Watcher, places, site_folders

#: What happened: what, and of what.
News = tuple[str, str]

_NURSERY = Path(__file__).with_name("nursery.py")


def supervise(
    words: Sequence[str],
    sockets: Sequence[socket.socket],
    config: Path | None,
    say: Callable[[str], object],
) -> int:
    """Keep a server running on the sockets, anew after every change, until a signal.

    `words` are the server's command. Returns the exit code: 0 after a signal, or that of a first
    server that never came to serve.
    """
    news: queue.Queue[News] = queue.Queue()
    with _signals(news), Nursery(sockets, news) as nursery:
        return _Life(nursery, config, news, say).run(words)


@dataclass(slots=True)
class _Life:
    """The supervisor's own course: what it waits for, and what it does then."""

    nursery: Nursery
    config: Path | None
    news: queue.Queue[News]
    say: Callable[[str], object]
    #: When the change was seen that the next server is for, and what changed.
    changed: tuple[float, str] = (0.0, "")
    served: bool = False

    def run(self, words: Sequence[str]) -> int:
        watcher = self._watch()
        self.nursery.bear(words, again=False)
        while True:
            kind, what = self.news.get()
            if kind == "stop":
                watcher.close()
                return 0
            if kind == "changed":
                self.changed = (time.monotonic(), what)
                watcher = self._rewatch(watcher)
                self.nursery.bear(words, again=self.served)
            elif kind == "up":
                self._up()
            elif not self.served:
                return int(what) if what.isdecimal() else 1
            else:
                self.say(f"The server ended (exit code {what}); change a file to start it again.")

    def _watch(self) -> Watcher:
        return Watcher(places(self.config), lambda path: self.news.put(("changed", path)))

    def _rewatch(self, watcher: Watcher) -> Watcher:
        """Watch the plugins that there are now."""
        if places(self.config) == watcher.places:
            return watcher
        watcher.close()
        return self._watch()

    def _up(self) -> None:
        if self.served:
            at, what = self.changed
            self.say(f"{what} changed: serving again after {time.monotonic() - at:.1f} s")
        self.served = True


@dataclass(slots=True)
class Nursery:
    """The process that bears servers; it and they end with this one."""

    sockets: Sequence[socket.socket]
    news: queue.Queue[News]
    _process: subprocess.Popen[bytes] = field(init=False)
    _told: int = field(init=False)

    def __enter__(self) -> Self:
        heard, self._told = os.pipe()
        kept = (*(one.fileno() for one in self.sockets), self._told)
        self._process = subprocess.Popen(  # noqa: S603  # this interpreter, and a file of ours
            [sys.executable, "-P", str(_NURSERY)], stdin=subprocess.PIPE, pass_fds=kept,
            start_new_session=True,  # so that Ctrl-C is for the supervisor alone
        )  # fmt: skip
        os.close(self._told)
        threading.Thread(target=self._hear, args=(heard,), name="news", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None  # noqa: S101  # it was asked for
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def bear(self, words: Sequence[str], *, again: bool) -> None:
        """Have a new server born in place of the one that there is."""
        order: dict[str, Any] = {
            "words": list(words), "again": again, "news": self._told, "path": sys.path,
            "sites": site_folders(), "listening": [one.fileno() for one in self.sockets],
        }  # fmt: skip
        assert self._process.stdin is not None  # noqa: S101  # it was asked for
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self.news.put(("stop", ""))

    def _hear(self, heard: int) -> None:
        with os.fdopen(heard) as lines:
            for line in lines:
                kind, _, what = line.strip().partition(" ")
                self.news.put((kind, what))
        self.news.put(("stop", ""))  # the nursery is gone


@contextmanager
def _signals(news: queue.Queue[News]) -> Iterator[None]:
    """Take SIGINT and SIGTERM for the wish to end."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        news.put(("stop", ""))

    wanted = (signal.SIGINT, signal.SIGTERM)
    before = [(number, signal.signal(number, stop)) for number in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
