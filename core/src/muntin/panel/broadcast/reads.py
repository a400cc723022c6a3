"""Where an app's code reads what of ``pn.state`` is one viewer's own."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from inspect import getsourcefile
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Read:
    """One place in an app's code, and what it reads there: ``user`` of ``pn.state.user``."""

    path: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{Path(self.path).name}:{self.line} reads pn.state.{self.name}"


def personal_reads(app: Callable[[], object] | str | Path, names: Iterable[str]) -> list[Read]:
    """Return the reads of these names in an app, and in the modules beside it that it imports.

    A file that cannot be read or parsed has none: running it says why.
    """
    first = getsourcefile(app) if callable(app) else str(app)
    found, waiting, seen = set(), [Path(first or "")], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        tree = _parsed(path)
        found |= {Read(str(path), *read) for read in _reads(tree, frozenset(names))}
        waiting += _beside(tree, path.parent)
    return sorted(found)


def _parsed(path: Path) -> ast.AST:
    main = next(
        (path / name for name in ("main.py", "main.ipynb") if (path / name).is_file()), path
    )
    try:
        text = main.read_text("utf-8")
        return ast.parse(_code_of(text) if main.suffix == ".ipynb" else text)
    except (OSError, SyntaxError, ValueError):
        return ast.Module([], [])


def _code_of(notebook: str) -> str:
    """Return the code of a notebook's cells, without what is no Python in them."""
    cells = json.loads(notebook).get("cells", ())
    lines = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return "\n".join("pass" if line[:1] in {"%", "!"} else line for line in lines.split("\n"))


def _reads(tree: ast.AST, names: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield line and name of each read, by whatever name ``pn.state`` goes there."""
    states = set(_states(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names and _is_state(node.value, states):
            yield node.lineno, node.attr


def _states(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "panel":
            yield from (one.asname or one.name for one in node.names if one.name == "state")
        elif isinstance(node, ast.Assign) and _is_state(node.value, set()):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name))


def _is_state(node: ast.expr, states: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in states
    if not isinstance(node, ast.Attribute) or node.attr != "state":
        return False
    return isinstance(node.value, ast.Name) and node.value.id in {"pn", "panel"}


def _beside(tree: ast.AST, folder: Path) -> Iterator[Path]:
    """Yield the modules in the app's own folder that a file imports."""
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        for module in modules:
            at = folder.joinpath(*module.split("."))
            yield from (
                path for path in (at.with_suffix(".py"), at / "__init__.py") if path.is_file()
            )
