"""Files that only this user may read: written whole or not at all, one writer at a time."""

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
    """Return at most `limit` bytes of a file and what it is; raise OSError if it is no file."""
    # Not to wait at a pipe that nobody writes to.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read(limit), found


def write_private(path: Path, text: str) -> None:
    """Put a text where only its owner can read it: all of it or, if that fails, none."""
    target = path.resolve()  # a link stays a link
    handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp makes it 0600
            _leave_to_owner(target, file.fileno())
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(target)
    finally:
        Path(made).unlink(missing_ok=True)  # where it took the target's place, it is gone


def _leave_to_owner(target: Path, handle: int) -> None:
    """Give the new file to the old one's owner: root may edit what a service's user must read."""
    with contextlib.suppress(FileNotFoundError):
        found = target.stat()
        if os.geteuid() == 0 and found.st_uid != 0:
            os.fchown(handle, found.st_uid, found.st_gid)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold everybody else off who would change the same file; wait for those who are at it."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.lock")
    handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
