"""The map in docs/architecture.md names exactly the packages of the source tree."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "core" / "src"


def _packages() -> set[str]:
    """Return every package below muntin that is code, not a template or static files."""
    return {
        ".".join(file.parent.relative_to(SOURCES).parts)
        for file in (SOURCES / "muntin").glob("**/__init__.py")
        if "template" not in file.parts
    } - {"muntin"}


def _documented() -> set[str]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(muntin(?:\.[a-z_]+)+)` \|", text, re.MULTILINE))


def test_map_names_every_package_of_the_tree_and_no_other() -> None:
    assert _documented() == _packages()
