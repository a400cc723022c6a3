"""Files that only their owner may read: written atomically, by one process at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path


def read_regular(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """Return at most `limit` bytes of a file and what it is; raise OSError if it is not a file."""
    # O_NONBLOCK: opening a pipe without a writer would wait forever.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read(limit), found


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read: with all of a text, or not at all."""
    target = _behind_links(path)
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp makes it 0600
            _keep_owner(target, file.fileno())
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(target)
        _sync_folder(target.parent)
    finally:
        Path(made).unlink(missing_ok=True)  # a success has renamed it


def remove_private(path: Path) -> None:
    """Remove a file for good, or empty it where its folder allows no change.

    Raises OSError if neither is possible. Both work on a disk that is full.
    """
    target = _behind_links(path)
    try:
        target.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError:
        with target.open("r+b") as file:
            file.truncate()
            os.fsync(file.fileno())


def _behind_links(path: Path) -> Path:
    """Return the target of links, so that a link stays a link; raise OSError for a loop."""
    try:
        return Path(os.path.realpath(path, strict=True))
    except FileNotFoundError:
        return Path(os.path.realpath(path))


def _sync_folder(folder: Path) -> None:
    """Make changes of names in a folder survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _keep_owner(target: Path, handle: int) -> None:
    """Give a new file to the old one's owner: root may edit a file that a service must read."""
    with contextlib.suppress(FileNotFoundError):
        found = target.stat()
        if os.geteuid() == 0 and found.st_uid != 0:
            os.fchown(handle, found.st_uid, found.st_gid)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on a file's changes; wait for other processes that hold it."""
    target = _behind_links(path)
    beside = target.with_name(f".{target.name}.lock")
    handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
