"""The sections of RESULTS.md that have benches of their own, at its end, each behind its mark."""

from __future__ import annotations

import re
from pathlib import Path

_MARK = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)


def put(path: Path, name: str, section: str) -> None:
    """Write a section in place of the one of that name, or behind all others; keep the rest."""
    text = path.read_text("utf-8") if path.exists() else ""
    head, *rest = _MARK.split(text)
    found = dict(zip(rest[::2], rest[1::2], strict=True)) | {name: section}
    marked = (f"<!-- {one} -->\n\n{body.strip()}" for one, body in found.items())
    path.write_text("\n\n".join((head.rstrip(), *marked)) + "\n", "utf-8")


def kept(path: Path) -> str:
    """Return all sections as they stand, with their marks; "" if there is none."""
    text = path.read_text("utf-8") if path.exists() else ""
    first = _MARK.search(text)
    return text[first.start() :] if first else ""
