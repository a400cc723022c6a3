"""Log files by their bytes: where reading stopped, and whole lines from the end back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from muntin.sources.files.reading import Stamp, Unreadable

#: Bytes read at once.
BLOCK = 256 * 1024

#: A longer line is no row: it is counted, and never held in memory.
LONGEST_LINE = 1024 * 1024

#: Bytes by which a file is recognised: its first ones, and the last ones that were read.
PRINT = 1024

#: Stands for a line that is too long; it is no JSON, so it counts as rejected.
_TOO_LONG = b"?\n"


class LogFile:
    """An open log file of the size that it had when it was opened; `bytes_read` counts."""

    def __init__(self, handle: int, found: Stamp) -> None:
        self.stamp = found
        self.size = found.size
        self.bytes_read = 0
        self._handle = handle

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes of a range; raise Unreadable if the file has become shorter."""
        data = os.pread(self._handle, end - start, start) if end > start else b""
        self.bytes_read += len(data)
        if len(data) < end - start:
            raise Unreadable("the log became shorter while it was read")
        return data


@dataclass(frozen=True, slots=True)
class Position:
    """How far a file has been read, recognised by content: it may be renamed, copied, replaced."""

    offset: int = 0
    head: bytes = b""
    tail: bytes = b""
    #: True within a line that is too long: what follows up to the newline belongs to it.
    inside: bool = False

    def matches(self, file: LogFile) -> bool:
        """Return True if the file begins with all that was read; nothing was read of no file."""
        if not 0 < self.offset <= file.size:
            return False
        tail = file.read(self.offset - len(self.tail), self.offset)
        return tail == self.tail and file.read(0, len(self.head)) == self.head


def position(file: LogFile, offset: int, *, inside: bool = False) -> Position:
    """Return the position at an offset of a file."""
    length = min(PRINT, offset)
    head = file.read(0, length)
    tail = head if offset == length else file.read(offset - length, offset)
    return Position(offset, head, tail, inside)


class Lines:
    """The whole lines of a file from `start` on, as chunks of bytes, the last chunk first.

    After the first chunk `end` is the offset behind the last newline, and `torn` what follows it
    (None if that is longer than a block).
    """

    def __init__(self, file: LogFile, start: int = 0, *, inside: bool = False) -> None:
        #: Bytes read at most.
        self.limit = file.size
        self.end = start
        self.torn: bytes | None = b""
        self._file = file
        self._start = start
        self._inside = inside

    def __iter__(self) -> Iterator[bytes]:
        """Yield chunks of whole lines, each chunk in the order of the file."""
        carry = b""
        for at, block in self._up_to_last_newline():
            if at == self._start:
                yield (b"?" if self._inside else b"") + block + carry
                return
            cut = block.find(b"\n") + 1
            if cut:
                yield block[cut:] + carry
                carry = b""
            carry = (block[:cut] if cut else block) + carry
            if len(carry) > LONGEST_LINE:
                carry = _TOO_LONG

    def _up_to_last_newline(self) -> Iterator[tuple[int, bytes]]:
        found = False
        for at, block in self._blocks():
            if found:
                yield at, block
                continue
            cut = block.rfind(b"\n") + 1
            found = cut > 0
            self.torn = block[cut:] if at + len(block) == self._file.size else None
            if found:
                self.end = at + cut
                yield at, block[:cut]

    def _blocks(self) -> Iterator[tuple[int, bytes]]:
        size = at = self._file.size
        lowest = max(self._start, size - self.limit)
        while at > lowest:
            end, at = at, max(lowest, at - BLOCK)
            yield at, self._file.read(at, end)

    def position(self) -> Position:
        """Return where reading goes on: behind the last whole line, or within one too long."""
        end, size = self.end, self._file.size
        if size - end > LONGEST_LINE or (self._inside and end == self._start < size):
            return position(self._file, size, inside=True)
        return position(self._file, end, inside=self._inside and end == self._start)
