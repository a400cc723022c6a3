"""Reading files that other processes write: never blocking, never without a bound."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from muntin.errors import MuntinError

#: Bytes a state document may have unless its source says otherwise.
LIMIT = 32 * 1024 * 1024

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_CHUNK = 1024 * 1024
_ATTEMPTS = 3

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

_WORDS = {
    errno.EACCES: "no permission to read",
    errno.EPERM: "no permission to read",
    errno.ELOOP: "its symbolic links lead in a circle:",
    errno.ENAMETOOLONG: "the name is too long:",
    errno.EMFILE: "too many files are open to read",
    errno.ENFILE: "too many files are open to read",
    errno.EIO: "the disk failed to read",
    errno.ESTALE: "the network file system lost",
}


class Unreadable(MuntinError, OSError):
    """A file that cannot be read; `absent` tells that there is none."""

    def __init__(self, problem: str, *, absent: bool = False) -> None:
        super().__init__(problem)
        #: One sentence for a person.
        self.problem = problem
        self.absent = absent


class Stamp(NamedTuple):
    """What tells one state of a file from the next without reading it."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @property
    def modified_at(self) -> datetime | None:
        """The file's time, None where the calendar cannot hold it."""
        try:
            return datetime.fromtimestamp(self.mtime_ns / 1e9, UTC)
        except (OverflowError, ValueError, OSError):
            return None


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file and the stamp they belong to."""

    data: bytes
    stamp: Stamp


def stamp(path: Path) -> Stamp:
    """Return the stamp of a regular file; raise Unreadable for anything else."""
    try:
        return _stamp(path.stat(), path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def read_file(path: Path, limit: int = LIMIT) -> Content:
    """Return the content of a regular file of at most `limit` bytes, or raise Unreadable.

    Pipes and devices are refused before they are opened, and opened without blocking should one
    take a file's place meanwhile. A file that changes while it is read is read again, at once; one
    that does not stop changing is unreadable for now.
    """
    stamp(path)
    try:
        for _ in range(_ATTEMPTS):
            content = _read_once(path, limit)
            if content is not None:
                return content
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    raise Unreadable(f"{path} keeps changing while it is read")


def _read_once(path: Path, limit: int) -> Content | None:
    handle = os.open(path, _FLAGS)
    try:
        before = _stamp(os.fstat(handle), path)
        data = _read_all(handle, path, before.size, limit)
        after = _stamp(os.fstat(handle), path)
    finally:
        os.close(handle)
    # A replaced file's ctime moves with its last link; its content does not.
    same = (before.size, before.mtime_ns) == (after.size, after.mtime_ns)
    return Content(data, before) if same else None


def _read_all(handle: int, path: Path, size: int, limit: int) -> bytes:
    if size > limit:
        raise _too_large(path, size, limit)
    chunks: list[bytes] = []
    total = 0
    while chunk := os.read(handle, max(size + 1 - total, 1) if total < size else _CHUNK):
        total += len(chunk)
        if total > limit:
            raise _too_large(path, total, limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(path: Path, size: int, limit: int) -> Unreadable:
    return Unreadable(f"{path} has {size:,} bytes, more than the {limit:,} a document may have")


def _stamp(facts: os.stat_result, path: Path) -> Stamp:
    if not stat.S_ISREG(facts.st_mode):
        kind = _KINDS.get(stat.S_IFMT(facts.st_mode), "something else")
        raise Unreadable(f"{path} is {kind}, not a file")
    return Stamp(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def _unreadable(path: Path, error: OSError | ValueError) -> Unreadable:
    if isinstance(error, Unreadable):
        return error
    if not isinstance(error, OSError):
        return Unreadable(f"no file can have the name {str(path)[:200]!r}")
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return Unreadable(_absence(path), absent=True)
    words = _WORDS.get(error.errno or 0)
    shown = str(path) if len(str(path)) <= 300 else f"{str(path)[:300]}..."
    if words is None:
        return Unreadable(f"{shown} cannot be read: {error.strerror or error}")
    return Unreadable(f"{words} {shown}")


def _absence(path: Path) -> str:
    folder = path.parent
    if folder.is_dir():
        return str(path)
    if folder.exists():
        return f"{path}: {folder} is not a directory"
    return f"{path}: the directory {folder} does not exist"
