"""The last output of ``muntin plugins``, valid until something it depends on changes.

To know whether a plugin works, it has to be imported, which may take seconds. The output is cached
with the size and time of every file and folder that it depends on. Only output in which nothing is
wrong is cached.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

#: Sizes and times (ns) of files and folders by path; None for what is not there.
Stamps = dict[str, "list[int] | None"]


def cached(words: Iterable[str], env: Mapping[str, str] = os.environ) -> str | None:
    """Return the output for these options, None if it may have changed."""
    try:
        kept = json.loads(_file(words, env).read_text("utf-8"))
        stamps, text = kept["stamps"], kept["text"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(stamps, dict) or not isinstance(text, str):
        return None
    return text if all(_stamp(path) == found for path, found in stamps.items()) else None


def keep(words: Iterable[str], text: str, env: Mapping[str, str] = os.environ) -> None:
    """Cache the output for these options, if the cache can be written."""
    file = _file(words, env)
    stamps: Stamps = {path: _stamp(path) for path in sorted(_sources(env))}
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=file.parent, delete=False
        ) as made:
            json.dump({"stamps": stamps, "text": text}, made)
        Path(made.name).replace(file)


def _file(words: Iterable[str], env: Mapping[str, str]) -> Path:
    """Return the cache file for this interpreter, import path, folder and environment."""
    ours = sorted((name, value) for name, value in env.items() if name.startswith("MUNTIN_"))
    key = json.dumps([sys.version, sys.executable, sys.path, str(Path.cwd()), ours, sorted(words)])
    digest = hashlib.blake2s(key.encode("utf-8", "replace"), digest_size=10).hexdigest()
    base = env.get("XDG_CACHE_HOME") or str(Path(env.get("HOME", "/nonexistent"), ".cache"))
    return Path(base, "muntin", f"plugins-{digest}.json")


def _sources(env: Mapping[str, str]) -> Iterator[str]:
    """Yield what the output depends on: settings, import path, and every module's file."""
    yield env.get("MUNTIN_CONFIG") or "muntin.toml"
    for place in sys.path:
        yield place or "."
        with contextlib.suppress(OSError):
            yield from (
                entry.path for entry in os.scandir(place or ".") if _is_metadata(entry.name)
            )
    for module in tuple(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str):
            yield file
            yield os.path.dirname(file)  # noqa: PTH120  # called for thousands of files


def _is_metadata(name: str) -> bool:
    return name.endswith((".dist-info", ".egg-info", ".pth", ".egg-link"))


def _stamp(path: str) -> list[int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # called for thousands of files
    except (OSError, ValueError):
        return None
    return [found.st_size, found.st_mtime_ns]
