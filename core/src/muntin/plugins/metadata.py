"""The metadata of installed distributions, read by hand.

`importlib.metadata` would do the same and takes 40 ms to import, a third of what
`muntin plugins` may take. It is used for what lies in archives.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution with entry points in one group."""

    name: str
    version: str
    #: Requirements as its metadata states them.
    requires: tuple[str, ...]
    #: Name and value of each entry point of the group.
    entries: tuple[tuple[str, str], ...]
    #: When its metadata was put there, in nanoseconds since the epoch; 0 if it is not known.
    at: int = 0


def installed(group: str, path: Iterable[str]) -> Iterator[Installed]:
    """Yield the distributions on a path that have entry points in `group`.

    Each name comes once: the first on the path is the one that an import finds. What cannot be
    read is passed over, as one damaged distribution must not hide the others.
    """
    seen = set()
    for folder in dict.fromkeys(path):
        for found in _of_folder(group, folder or "."):
            if normal(found.name) not in seen:
                seen.add(normal(found.name))
                yield found


def normal(name: str) -> str:
    """Return a distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _of_folder(group: str, folder: str) -> Iterator[Installed]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names only, and many of them
    except NotADirectoryError:
        yield from _of_archive(group, folder)
        return
    except OSError:
        return
    for name in names:
        if name.endswith((".dist-info", ".egg-info")):
            entries = _entries(group, _text(folder, name, "entry_points.txt"))
            if entries:
                metadata = _text(folder, name, "METADATA") or _text(folder, name, "PKG-INFO")
                at = _changed_at(folder, name)
                yield replace(_installed(metadata, name, entries), at=at)


def _changed_at(*parts: str) -> int:
    with suppress(OSError):
        return Path(*parts).stat().st_mtime_ns
    return 0


def _text(*parts: str) -> str:
    try:
        return Path(*parts).read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def _entries(group: str, text: str) -> tuple[tuple[str, str], ...]:
    if f"[{group}]" not in text:
        return ()
    entries = []
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]")
        elif section == group and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            entries.append((name.strip(), value.strip()))
    return tuple(entries)


def _installed(metadata: str, folder: str, entries: tuple[tuple[str, str], ...]) -> Installed:
    headers = metadata.replace("\r\n", "\n").partition("\n\n")[0]
    found: dict[str, list[str]] = {}
    # A line that begins with a space goes on with the one before.
    for line in re.sub(r"\n[ \t]+", " ", headers).split("\n"):
        key, _, value = line.partition(":")
        found.setdefault(key.lower(), []).append(value.strip())
    name, _, version = folder.rpartition(".")[0].partition("-")
    return Installed(
        (found.get("name") or [name])[0],
        (found.get("version") or [version])[0],
        tuple(found.get("requires-dist", ())),
        entries,
    )


def _of_archive(group: str, archive: str) -> Iterator[Installed]:
    from importlib.metadata import distributions

    for distribution in distributions(path=[archive]):
        entries = _entries(group, distribution.read_text("entry_points.txt") or "")
        if entries:
            yield _installed(distribution.read_text("METADATA") or "", "", entries)
