"""The supervisor: owns the address, watches files, and starts and ends servers."""

from __future__ import annotations

import base64
import json
import os
import pickle
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
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Self

from muntin.cli.dev.child import Child
from muntin.cli.dev.watching import Watcher, places, site_folders

#: What happened, and to what: ``stop``, ``changed FILE``, ``up``, ``ended CODE``.
Message = tuple[str, str]

#: Runs a command in a server process; a module's function.
Runner = Callable[[Sequence[str], Child], object]

_FORK_SERVER = Path(__file__).with_name("fork_server.py")


def supervise(
    run: Runner,
    words: Sequence[str],
    sockets: Sequence[socket.socket],
    config: Path | None,
    say: Callable[[str], object],
) -> int:
    """Keep a server running on the sockets, restarted after every change, until a signal.

    `run` is called with `words`, the server's command, in a process of its own. Returns the exit
    code: 0 after a signal, or that of the first server if it never came to serve.
    """
    messages: queue.Queue[Message] = queue.Queue()
    with _signals(messages), ForkServer(run, sockets, messages) as servers:
        return _Supervision(servers, config, messages, say).run(words)


@dataclass(slots=True)
class _Supervision:
    """What the supervisor waits for, and what it does then."""

    servers: ForkServer
    config: Path | None
    messages: queue.Queue[Message]
    say: Callable[[str], object]
    #: When the change was seen that the next server is for, and the file that changed.
    changed: tuple[float, str] = (0.0, "")
    served: bool = False

    def run(self, words: Sequence[str]) -> int:
        watcher = self._watch()
        self.servers.spawn(words, again=False)
        while True:
            kind, what = self.messages.get()
            if kind == "stop":
                watcher.close()
                return 0
            if kind == "changed":
                self.changed = (time.monotonic(), what)
                watcher = self._rewatch(watcher)
                self.servers.spawn(words, again=self.served)
            elif kind == "up":
                self._up()
            elif not self.served:
                return int(what) if what.isdecimal() else 1
            else:
                self.say(f"The server ended (exit code {what}); change a file to restart it.")

    def _watch(self) -> Watcher:
        return Watcher(places(self.config), lambda path: self.messages.put(("changed", path)))

    def _rewatch(self, watcher: Watcher) -> Watcher:
        """Return a watcher of the plugins that are installed now."""
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
class ForkServer:
    """The process that forks servers; it and they end with this one."""

    run: Runner
    sockets: Sequence[socket.socket]
    messages: queue.Queue[Message]
    _process: subprocess.Popen[bytes] = field(init=False)
    _pipe: int = field(init=False)

    def __enter__(self) -> Self:
        reading, self._pipe = os.pipe()
        inherited = (*(one.fileno() for one in self.sockets), self._pipe)
        self._process = subprocess.Popen(  # noqa: S603  # this interpreter, and a file of ours
            [sys.executable, "-P", str(_FORK_SERVER)],
            stdin=subprocess.PIPE,
            pass_fds=inherited,
            start_new_session=True,  # so that Ctrl-C reaches the supervisor alone
        )
        os.close(self._pipe)
        threading.Thread(
            target=self._receive, args=(reading,), name="messages", daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None  # noqa: S101  # it is a pipe
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def spawn(self, words: Sequence[str], *, again: bool) -> None:
        """Start a new server in place of the running one."""
        child = Child(tuple(one.fileno() for one in self.sockets), self._pipe, again)
        call = pickle.dumps(partial(self.run, list(words), child))
        request = {
            "call": base64.b64encode(call).decode(),
            "messages": self._pipe,
            "path": sys.path,
            "sites": site_folders(),
        }
        assert self._process.stdin is not None  # noqa: S101  # it is a pipe
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self.messages.put(("stop", ""))

    def _receive(self, reading: int) -> None:
        with os.fdopen(reading) as lines:
            for line in lines:
                kind, _, what = line.strip().partition(" ")
                self.messages.put((kind, what))
        self.messages.put(("stop", ""))  # the fork server is gone


@contextmanager
def _signals(messages: queue.Queue[Message]) -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into the message ``stop``."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        messages.put(("stop", ""))

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [(number, signal.signal(number, stop)) for number in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
