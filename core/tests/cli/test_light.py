"""What the command line loads: nothing heavy, for everybody pays for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"panel", "bokeh", "holoviews", "pandas", "pydantic", "click", "tornado", "structlog"}


def imported(code: str) -> set[str]:
    """Return the names of the heavy packages that a program has imported at its end."""
    ask = "import sys; print(' '.join(sys.modules), file=sys.stderr)"
    program = f"try:\n    {code}\nexcept SystemExit:\n    pass\n{ask}"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/"
    )
    return HEAVY & set(result.stderr.split())


def test_import_muntin_is_light() -> None:
    """Everybody pays for it: plugins' tests, the command line, other programs."""
    assert imported("import muntin") == set()


@pytest.mark.parametrize("words", [["plugins"], ["plugins", "--json"], ["plugins", "--pages"]])
def test_listing_plugins_imports_nothing_heavy(words: list[str]) -> None:
    assert imported(f"from muntin.cli import main; main({words!r})") == set()


def test_help_imports_nothing_heavy_but_click() -> None:
    assert imported("from muntin.cli import main; main(['serve', '--help'])") <= {"click"}
