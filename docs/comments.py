"""Has the reference take the comments ``#:`` above an attribute for its docstring.

Griffe, which reads the sources for mkdocstrings, knows docstrings only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import griffe


class Comments(griffe.Extension):
    """Gives attributes without a docstring the one in the comment above."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """Take the lines of comment that end right above the attribute."""
        if attr.docstring is not None or not attr.lineno or not isinstance(attr.filepath, Path):
            return
        above = attr.lines_collection[attr.filepath][: attr.lineno - 1]
        words: list[str] = []
        while above and (line := above.pop().strip()).startswith("#:"):
            words.insert(0, line.removeprefix("#:").strip())
        if words:
            attr.docstring = griffe.Docstring("\n".join(words), parent=attr)
