"""What a view does to the machine: every file it opens and every connection it makes."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

#: Beginnings of the names of audit events that no view has any business with.
FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn",
    "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.listdir", "os.scandir", "os.putenv", "shutil.", "tempfile.", "urllib.",
    "http.", "smtplib.", "ftplib.", "sqlite3.connect",
)  # fmt: skip

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

_seen: ContextVar[tuple[list[str], tuple[str, ...]] | None] = ContextVar("_seen", default=None)


@contextmanager
def watched(own: Iterable[str | Path] = ()) -> Iterator[list[str]]:
    """The list of what is done within the block, on this thread, that a view must not do.

    Importing is no such thing, nor is reading a file that a library, or the package in `own`,
    brought with it.
    """
    _install()
    found: list[str] = []
    token = _seen.set((found, (*_libraries(), *map(os.path.realpath, own))))
    try:
        yield found
    finally:
        _seen.reset(token)


@cache
def _install() -> None:
    """Begin to listen, once a process: an audit hook cannot be taken out again."""
    sys.addaudithook(_hear)


@cache
def _libraries() -> tuple[str, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = [sysconfig.get_path(name) for name in names] + [sys.base_prefix, sys.prefix]
    found = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    # The system's own tables of time zones, fonts and certificates are libraries as well.
    return tuple({os.path.realpath(path) for path in (*paths, *found, "/usr/share") if path})


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    seen = _seen.get()
    if seen is None:
        return
    found, roots = seen
    if event == "open":
        said = _opening(arguments, roots)
    else:
        said = f"{event} {arguments!r}"[:200] if event.startswith(FORBIDDEN) else ""
    if said and not _importing():
        found.append(said)


def _opening(arguments: tuple[Any, ...], roots: tuple[str, ...]) -> str:
    """Return what is wrong with opening a file, "" if nothing is."""
    name, mode, flags = (*arguments, None, None, None)[:3]
    if not isinstance(name, (str, bytes, os.PathLike)):
        return ""
    path = os.path.realpath(os.fsdecode(name))
    writes = set(mode or "") & set("wax+") or (isinstance(flags, int) and flags & _WRITING)
    if writes:
        return f"writes the file {path}"
    own = any(path == root or path.startswith(f"{root.rstrip('/')}/") for root in roots)
    return "" if own else f"reads the file {path}"


def _importing() -> bool:
    """Return True if this happens on behalf of an import statement."""
    frame = sys._getframe(2)  # noqa: SLF001  # the audited call's own stack is what is asked for
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    return False
