"""File events of Linux as they come: the thread sleeps in the kernel until there is one."""

from __future__ import annotations

import ctypes
import math
import os
import select
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from muntin.sources.stopping import Stop

#: Quiet milliseconds that end a burst: one document replaced tells of itself up to five times.
QUIET_MS = 2

#: Milliseconds between looks at a plain event, which cannot wake who waits for the file system;
#: a `Stop` can.
STOP_MS, NEVER_MS = 50, 2**31 - 1

_CREATE, _MODIFY, _ATTRIB, _CLOSE_WRITE = 0x100, 0x2, 0x4, 0x8
_MOVED_FROM, _MOVED_TO, _DELETE, _DELETE_SELF, _MOVE_SELF = 0x40, 0x80, 0x200, 0x400, 0x800
_ONLYDIR = 0x01000000
_MASK = (
    _CREATE
    | _MODIFY
    | _ATTRIB
    | _CLOSE_WRITE
    | _MOVED_FROM
    | _MOVED_TO
    | _DELETE
    | _DELETE_SELF
    | _MOVE_SELF
    | _ONLYDIR
)

#: struct inotify_event without its name: watch, mask, cookie, length of the name.
_EVENT = struct.Struct("iIII")
_ROOM = 64 * 1024


class Inotify:
    """Reports what changes directly inside directories; used like the notifier of watchfiles.

    Raises OSError where the system has no inotify, or no watch left to give.
    """

    def __init__(self, directories: Iterable[str]) -> None:
        self._libc = _libc()
        self._handle = _checked(self._libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK))
        self._paths: dict[int, str] = {}
        self._poll = select.poll()
        self._poll.register(self._handle, select.POLLIN)
        try:
            for path in directories:
                self._paths[self._add(path)] = path
        except OSError:
            self.close()
            raise

    def _add(self, path: str) -> int:
        return _checked(self._libc.inotify_add_watch(self._handle, os.fsencode(path), _MASK))

    def watch(
        self, gather: int, _step: int, timeout: int, stop: threading.Event
    ) -> set[tuple[int, str]] | str:
        """Return what a burst of events tells of, ``stop`` or ``timeout``; milliseconds.

        A burst ends after a moment of quiet, at the latest `gather` after its first event.
        """
        with self._woken_by(stop) as longest:
            until = time.monotonic() + timeout / 1000
            while not stop.is_set():
                left = max(0, math.ceil((until - time.monotonic()) * 1000))
                ready = self._poll.poll(min(left, longest))
                if any(handle == self._handle for handle, _ in ready):
                    return self._burst(gather)
                if not ready and left <= longest:
                    return "timeout"
        return "stop"

    @contextmanager
    def _woken_by(self, stop: threading.Event) -> Iterator[int]:
        """Have `stop` end the wait; yield the milliseconds after which it is looked at anyway."""
        if not isinstance(stop, Stop):
            yield STOP_MS
            return
        self._poll.register(stop, select.POLLIN)
        try:
            yield NEVER_MS
        finally:
            self._poll.unregister(stop)

    def _burst(self, gather: int) -> set[tuple[int, str]]:
        until = time.monotonic() + gather / 1000
        found: set[tuple[int, str]] = set()
        while True:
            # What has begun goes on: let it, rather than be woken by each event of it.
            time.sleep(QUIET_MS / 1000)
            found.update(self._read())
            more = {handle for handle, _ in self._poll.poll(QUIET_MS)}
            if self._handle not in more or time.monotonic() >= until:
                return found

    def _read(self) -> Iterator[tuple[int, str]]:
        data, at = os.read(self._handle, _ROOM), 0
        while at < len(data):
            watch, mask, _, size = _EVENT.unpack_from(data, at)
            at += _EVENT.size + size
            name = os.fsdecode(data[at - size : at].rstrip(b"\0"))
            if name and watch in self._paths:  # what concerns no name is seen at the next look
                yield mask, os.path.join(self._paths[watch], name)  # noqa: PTH118  # exactly so

    def close(self) -> None:
        """Give the watches back."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "inotify_init1"):
        raise OSError("this system has no inotify")
    return libc


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
