"""The files of a log: the live one, and those its writer has rotated away."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from muntin.sources.files.reading import Stamp, Unreadable, stamp
from muntin.sources.logs.lines import LogFile

#: Rotated files looked at, at most.
ROTATIONS = 20


def rotated(path: Path, number: int) -> tuple[Path, ...]:
    """Return the names that the rotated file of a number may have; 0 is the live file.

    ``x.1.jsonl`` and, as logrotate and Python's handlers name it, ``x.jsonl.1`` for ``x.jsonl``.
    """
    if not number:
        return (path,)
    inside = path.with_name(f"{path.stem}.{number}{path.suffix}")
    return inside, path.with_name(f"{path.name}.{number}")


def exists(path: Path) -> bool:
    """Return True if there is a log at a path, even if only its rotated file for a moment."""
    return any(os.path.lexists(name) for number in (0, 1) for name in rotated(path, number))


def archived(path: Path) -> bool:
    """Return True if there are older files of the log, compressed."""
    folders = (path.parent, path.parent / "archive")
    patterns = (f"{path.stem}.*.gz", f"{path.name}.*.gz")
    found = (folder.glob(pattern) for folder in folders for pattern in patterns)
    return any(next(files, None) is not None for files in found)


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
        )
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
            named = (stack.enter_context(opened(name)) for name in rotated(path, number))
            file = next((one for one in named if one is not None), None)
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
