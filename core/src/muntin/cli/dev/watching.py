"""Which files a server is made from, and word of every change of them."""

from __future__ import annotations

import importlib.util
import os
import site
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from muntin.plugins import discover
from muntin.settings import DEFAULT_NAME

#: Milliseconds without another change after which the changes so far are told: to a file that is
#: worked on, and to what pip writes piece by piece.
QUIET, QUIET_INSTALL = 50, 300


@dataclass(frozen=True, slots=True)
class Places:
    """What is watched: folders with all that is below them, and single names in folders."""

    trees: frozenset[Path]
    #: Single files: the settings, and plugins that are no packages.
    files: frozenset[Path]
    #: Folders into which packages are installed.
    sites: frozenset[Path]

    @property
    def folders(self) -> frozenset[Path]:
        """The folders in which single names count."""
        return self.sites | {file.parent for file in self.files if file.parent.is_dir()}

    def telling(self, path: str) -> bool:
        """Return True for one of the files, and for what pip writes."""
        installed = path.endswith((".pth", ".dist-info", ".egg-link", ".egg-info"))
        return installed or Path(path) in self.files


def places(config: Path | None) -> Places:
    """Return what a server with this settings file is made from, as things are installed now."""
    for folder in site_folders():
        site.addsitedir(folder)  # knows plugins that were installed after the start
    importlib.invalidate_caches()
    core = Path(__file__).parents[2]
    found = [place for plugin in discover() if (place := _place(plugin.module))]
    settings = Path(config or os.environ.get("MUNTIN_CONFIG") or DEFAULT_NAME).absolute()
    return Places(
        frozenset({core, *(place for place in found if place.is_dir())}),
        frozenset({settings, *(place for place in found if place.is_file())}),
        frozenset(map(Path, site_folders())),
    )


def site_folders() -> list[str]:
    """Return the folders into which packages are installed."""
    known = (folder for folder in site.getsitepackages() if folder in sys.path)
    return [folder for folder in known if Path(folder).is_dir()]


def _place(reference: str) -> Path | None:
    """Return the folder or file of the package that an entry point names; None if unknown."""
    top = reference.partition(":")[0].partition(".")[0].strip()
    try:
        spec = importlib.util.find_spec(top) if top else None
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin else None


class Watcher:
    """Tells of changes below some places, on threads of its own, until it is closed."""

    def __init__(self, where: Places, tell: Callable[[str], object]) -> None:
        self.places = where
        self._tell = tell
        self._stop = threading.Event()
        for folders, deep in ((where.trees, True), (where.folders, False)):
            work = (tuple(folders), deep)
            threading.Thread(target=self._run, args=work, name="watch", daemon=True).start()

    def close(self) -> None:
        """Stop telling."""
        self._stop.set()

    def _run(self, folders: Iterable[Path], deep: bool) -> None:
        ignored = DefaultFilter()

        def counts(change: Change, path: str) -> bool:
            return ignored(change, path) and (deep or self.places.telling(path))

        changes = watch(
            *folders, watch_filter=counts, recursive=deep, debounce=1000,
            step=QUIET if deep else QUIET_INSTALL, stop_event=self._stop, raise_interrupt=False,
        )  # fmt: skip
        for found in changes:
            self._tell(min(path for _, path in found))
