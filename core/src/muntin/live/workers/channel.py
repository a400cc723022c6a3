"""Messages and open sockets between two processes, in order, over a Unix socket."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_HEAD = struct.Struct("!II")
_READ = 1024 * 1024
_RIGHTS = socket.CMSG_SPACE(16 * array("i").itemsize)


@dataclass(frozen=True, slots=True)
class Message:
    """What one process tells the other: a word, facts, bytes, and perhaps an open socket."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    #: Descriptor that came with it; it is the receiver's to close.
    handle: int | None = None


class Channel:
    """One end of a Unix stream socket, on the event loop; it sends without waiting.

    `heard` gets each message, `lost` is called once when the other end is gone.
    """

    def __init__(
        self, end: socket.socket, heard: Callable[[Message], None], lost: Callable[[], None]
    ) -> None:
        end.setblocking(False)
        self._end = end
        self._heard, self._lost = heard, lost
        self._loop = asyncio.get_running_loop()
        self._unsent: deque[tuple[memoryview, socket.socket | None]] = deque()
        self._received = bytearray()
        self._handles: deque[int] = deque()
        self._open = True
        #: Bytes that the other end has not taken yet.
        self.owed = 0
        self._loop.add_reader(end, self._read)

    def send(
        self, kind: str, body: bytes = b"", given: socket.socket | None = None, **facts: Any
    ) -> None:
        """Send a message; a socket that is `given` away is closed here once it is sent."""
        if not self._open:
            if given is not None:
                given.close()
            return
        head = json.dumps([kind, facts | ({"given": True} if given else {})]).encode()
        data = _HEAD.pack(len(head), len(body)) + head + body
        self._unsent.append((memoryview(data), given))
        self.owed += len(data)
        if len(self._unsent) == 1:
            self._write()

    def _write(self) -> None:
        try:
            while self._unsent:
                data, given = self._unsent[0]
                sent = self._send_some(data, given)
                self.owed -= sent
                if sent < len(data):
                    self._unsent[0] = (data[sent:], None)
                    self._loop.add_writer(self._end, self._write)
                    return
                self._unsent.popleft()
        except BlockingIOError:
            self._loop.add_writer(self._end, self._write)
        except OSError:
            self.close()
        else:
            self._loop.remove_writer(self._end)

    def _send_some(self, data: memoryview, given: socket.socket | None) -> int:
        if given is None:
            return self._end.send(data)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [given.fileno()]))
        sent = self._end.sendmsg([data], [rights])
        given.close()
        return sent

    def _read(self) -> None:
        try:
            data, said, _, _ = self._end.recvmsg(_READ, _RIGHTS)
        except BlockingIOError:
            return
        except OSError:
            data, said = b"", []
        for level, kind, rights in said:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                handles = array("i")
                handles.frombytes(rights[: len(rights) - len(rights) % handles.itemsize])
                self._handles.extend(handles)
        if not data:
            self.close()
            return
        self._received += data
        self._tell()

    def _tell(self) -> None:
        """Pass on every message that is whole."""
        at = 0
        while len(self._received) - at >= _HEAD.size:
            head, body = _HEAD.unpack_from(self._received, at)
            start = at + _HEAD.size
            at_next = start + head + body
            if len(self._received) < at_next:
                break
            kind, facts = json.loads(self._received[start : start + head])
            handle = self._handles.popleft() if facts.pop("given", False) else None
            at, part = at_next, bytes(self._received[start + head : at_next])
            self._heard(Message(kind, facts, part, handle))
        del self._received[:at]

    def close(self) -> None:
        """End the connection; `lost` is told."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._end)
        self._loop.remove_writer(self._end)
        self._end.close()
        for _, given in self._unsent:
            if given is not None:
                given.close()
        for handle in self._handles:
            os.close(handle)
        self._unsent.clear()
        self._lost()
