"""Browser scripts: ES modules, joined into one script when the server starts.

One script is one request, and needs one nonce. Modules run in the order in which a browser would
run them: those that a module imports come before it.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function|class|const|let)", re.MULTILINE)


def joined(entry: Path) -> str:
    """Return a module and all that it imports as one script with a scope of its own."""
    bodies = "".join(map(plain, ordered(entry)))
    return f'"use strict";\n(() => {{\n{bodies}}})();\n'


def ordered(entry: Path) -> list[Path]:
    """Return a module and all that it imports, each after those that it imports."""
    found: dict[Path, None] = {}
    seen: set[Path] = set()

    def visit(path: Path) -> None:
        if path in seen:
            return
        seen.add(path)
        for name in _IMPORT.findall(path.read_text("utf-8")):
            visit(path.with_name(name))
        found[path] = None

    visit(entry)
    return list(found)


def plain(path: Path) -> str:
    """Return a module's text without its imports and exports; names are the same everywhere."""
    return _EXPORT.sub("", _IMPORT.sub("", path.read_text("utf-8")))
