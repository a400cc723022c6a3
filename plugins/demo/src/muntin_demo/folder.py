"""The directory that the demo writes to: a temporary one, or one that no one else writes to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muntin import SourceError

#: A file that marks a directory as written by a demo, so that the next one may use it.
MARK = ".muntin-demo"


@contextmanager
def state_folder(named: Path | None) -> Iterator[Path]:
    """Give the directory to write to: `named`, or a temporary one that is removed at the end.

    Raises SourceError for a directory with files that no demo wrote: it would overwrite them.
    """
    if named is None:
        with tempfile.TemporaryDirectory(prefix="muntin-demo-", ignore_cleanup_errors=True) as name:
            made = Path(name, "state")
            made.mkdir()
            yield made
        return
    yield _claimed(_absolute(named.expanduser()))


def _absolute(path: Path) -> Path:
    """Return a path without ``..`` steps, by which feeds' paths can be compared with it."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links


def _claimed(folder: Path) -> Path:
    mark = folder / MARK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not mark.exists() and any(folder.iterdir()):
            raise SourceError(
                f"{folder} holds files that no demo wrote, and the demo would overwrite them;"
                " name an empty directory with --state"
            )
        mark.touch()
    except (FileExistsError, NotADirectoryError):
        raise SourceError(f"{folder} is no directory; name another with --state") from None
    except SourceError:
        raise
    except OSError as error:
        why = error.strerror or str(error)
        raise SourceError(f"the demo cannot write to {folder}: {why}") from None
    return folder


__all__ = ["MARK", "state_folder"]
