"""What our own plugins may lean on: the public package and its test kit, as a stranger's must."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

#: Modules, with what lies below them, that plugins' tests may import of Muntin.
PUBLIC = ("muntin.settings", "muntin.sources", "muntin.testing", "muntin.ui")
#: Builds a site from a settings file, which the kit's `site` does by itself.
WHOLE_SITE = Path("plugins/http/tests/test_http_source.py")

FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("plugins", "examples")
    for path in ROOT.glob(f"{folder}/*/tests/**/*.py")
)


def imports(source: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def private(source: str) -> list[str]:
    """Return what a module imports of Muntin besides its public names."""
    return sorted(
        name for name in imports(source)
        if name.startswith("muntin.")
        and not any(f"{name}.".startswith(f"{public}.") for public in PUBLIC)
    )  # fmt: skip


@pytest.mark.parametrize("path", [path for path in FILES if path != WHOLE_SITE], ids=str)
def test_plugins_are_tested_with_the_public_kit_alone(path: Path) -> None:
    assert private((ROOT / path).read_text()) == []


def test_a_private_import_is_found_wherever_it_stands() -> None:
    source = (
        "import muntin\nfrom muntin import ui\nfrom muntin.ui import table\nimport muntin_intel\n"
        "from muntin.testing.strategies import near\n"
        "def test():\n    from muntin.state.snapshots import failed\n    import muntin.uix\n"
    )

    assert private(source) == ["muntin.state.snapshots", "muntin.uix"]
    assert len(FILES) > 20
