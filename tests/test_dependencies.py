"""What each distribution declares is what it imports, no more and no less."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MEMBERS = sorted(file.parent for file in ROOT.glob("*/pyproject.toml")) + sorted(
    file.parent for file in ROOT.glob("plugins/*/pyproject.toml")
)

#: Import names that differ from the distribution's.
IMPORTED_AS = {"argon2-cffi": "argon2", "prometheus-client": "prometheus_client"}
#: Brought by Muntin, whose plugins may use them without naming them.
WITH_MUNTIN = {"bokeh", "holoviews", "numpy", "pandas", "panel", "param"}
#: Brought by what is declared, and never used without it.
WITH_OTHERS = {"markupsafe", "numpy", "param", "pydantic_core", "pyviz_comms", "urllib3"}


def project(member: Path) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((member / "pyproject.toml").read_text())["project"]
    return table


def names(requirements: object) -> set[str]:
    """Return the import names of requirements."""
    assert isinstance(requirements, list)
    found = (re.split(r"[^A-Za-z0-9_-]", one, maxsplit=1)[0].lower() for one in requirements)
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in found}


def optional(member: Path) -> set[str]:
    extras = project(member).get("optional-dependencies", {})
    assert isinstance(extras, dict)
    return set().union(*map(names, extras.values()))


def imported(member: Path) -> set[str]:
    """Return the top-level names that the sources import."""
    found: set[str] = set()
    for file in (member / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").partition(".")[0])
    own = {package.name for package in (member / "src").iterdir()}
    return found - own - set(sys.stdlib_module_names)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda one: one.name)
def test_every_declared_dependency_is_imported(member: Path) -> None:
    assert names(project(member)["dependencies"]) - imported(member) == set()


@pytest.mark.parametrize("member", MEMBERS, ids=lambda one: one.name)
def test_every_import_is_declared(member: Path) -> None:
    known = names(project(member)["dependencies"]) | optional(member) | WITH_OTHERS
    tests = {"pytest", "hypothesis", "py"} if member.name == "core" else set()

    assert imported(member) - known - tests - (WITH_MUNTIN if member.name != "core" else set()) == (
        set()
    )
