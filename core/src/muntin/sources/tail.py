"""Log files by their bytes: where reading stopped, and whole lines from the end back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from muntin.sources.files import Stamp, Unreadable, stamp

#: Bytes read at once.
BLOCK = 256 * 1024

#: A longer line is no row: it is counted, and never held in memory.
LONGEST_LINE = 1024 * 1024

#: Bytes by which a file is recognised: its first ones, and the last ones that were read.
PRINT = 1024

#: Rotated files looked at most; the contract's writers keep five.
ROTATIONS = 20

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


def rotated(path: Path, number: int) -> Path:
    """Return the path of a rotated file: ``x.1.jsonl`` for ``x.jsonl``; 0 is the live one."""
    return path.with_name(f"{path.stem}.{number}{path.suffix}") if number else path


def exists(path: Path) -> bool:
    """Return True if there is a log at a path, be it only its rotated file for a moment."""
    return any(os.path.lexists(rotated(path, number)) for number in (0, 1))


def archived(path: Path) -> bool:
    """Return True if there are older files of the log, packed away."""
    folders = (path.parent, path.parent / "archive")
    return any(next(folder.glob(f"{path.stem}.*.gz"), None) is not None for folder in folders)


@contextmanager
def opened(path: Path) -> Iterator[LogFile | None]:
    """Open a log file without blocking; None if there is none, Unreadable for anything else."""
    handle = _open(path)
    if handle is None:
        yield None
        return
    try:
        facts = os.fstat(handle)
        found = Stamp(
            facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns
        )  # fmt: skip
        yield LogFile(handle, found)
    finally:
        os.close(handle)


def _open(path: Path) -> int | None:
    try:
        stamp(path)  # refuses pipes and devices before they are opened
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except FileNotFoundError:
        return None
    except Unreadable as error:
        if not error.absent:
            raise
        return None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}") from None


@contextmanager
def chain(path: Path) -> Iterator[list[LogFile]]:
    """Open a log and its rotated files, the newest first, as they stood at one instant.

    The first is the live file, even if there is none at the moment: then it is one of no bytes.
    """
    with ExitStack() as stack:
        live = stack.enter_context(opened(path))
        files = [live or LogFile(-1, Stamp(0, 0, 0, 0, 0))]
        for number in range(1, ROTATIONS + 1):
            file = stack.enter_context(opened(rotated(path, number)))
            if file is None:
                break
            files.append(file)
        if _identity(path) != (live and (live.stamp.device, live.stamp.inode)):
            raise Unreadable(f"{path} was rotated while it was read")
        yield files


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        return stamp(path)[:2]
    except Unreadable:
        return None
