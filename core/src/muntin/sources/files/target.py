"""A directory as a target: each document replaced by a rename, so that no reader sees half."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from muntin.sources.files.reading import Unreadable, read_file
from muntin.state.feeds import Feed


class DirectoryTarget:
    """Writes documents below `root`, which is made if it is not there."""

    def __init__(self, root: Path) -> None:
        #: Absolute path.
        self.location = str(root)
        self._root = root

    def _path(self, feed: Feed[Any]) -> Path:
        path = Path(os.path.normpath(self._root / feed.path))
        if not path.is_relative_to(self._root):
            raise OSError(f"{feed.path} lies outside {self._root}, so it is not written")
        return path

    def read(self, feed: Feed[Any]) -> bytes | None:
        """Return the file's content, None if there is none."""
        try:
            return read_file(self._path(feed)).data
        except Unreadable as error:
            if error.absent:
                return None
            raise

    def write(self, feed: Feed[Any], data: bytes, modified_at: datetime | None) -> None:
        """Replace the file; it is on disk, with the time it had, before the new name shows it."""
        path = self._path(feed)
        path.parent.mkdir(parents=True, exist_ok=True)
        # One name: what a killed process leaves is used again, not left lying about.
        temporary = path.with_name(f".{path.name}.part")
        with temporary.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(data)
            file.flush()
            if modified_at is not None:
                os.utime(file.fileno(), (modified_at.timestamp(),) * 2)
            os.fsync(file.fileno())
            temporary.replace(path)
        _sync(path.parent)

    def close(self) -> None:
        """Do nothing: no file is held open."""


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
