"""What these tests share: a made-up plugin, and what the checks say of it when it is changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from muntin.plugins import load
from muntin.testing.conformance.subject import Subject

#: A plugin without a fault; tests change one thing each.
GOOD = """
from dataclasses import dataclass
from muntin import Feed, Field, MalformedFeed, Node, Page, Panel, hookimpl, ui

def parse(raw):
    node = Node(raw, "toy")
    return (node.text("name"), node.number("size"))

TOY = Feed("toy", parse, example={"ts": 1764188000, "name": "a", "size": 1.5})
SIDE = Feed("side", parse, example={"ts": 1764188000, "name": "b", "size": 2.5})

@dataclass(frozen=True)
class Settings:
    width: int = 6

def view(snapshot):
    name, size = snapshot[TOY]
    return ui.metrics(ui.Metric("name", "Name", name), ui.Metric("size", "Size", size))

PANEL = Panel("Toy", view, (TOY,), (SIDE,))

@hookimpl
def muntin_pages(settings):
    yield Page("toy", "Toy", (PANEL,))
"""

Change = tuple[str, str]


def changed(changes: tuple[Change, ...], view: str = "") -> str:
    """Return the plugin's source with parts replaced, or with another view's body."""
    source = GOOD
    if view:
        body = "".join(f"    {line}\n" for line in view.strip().splitlines())
        head, _, rest = source.partition("    name, size = ")
        source = head + body + "\nPANEL =" + rest.partition("\nPANEL =")[2]
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return source


@pytest.fixture
def subject(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Subject]:
    """Load the plugin, changed as asked, without installing it."""

    def make(*changes: Change, view: str = "", budget: float = 1.0) -> Subject:
        module = ModuleType("muntin_toy")
        monkeypatch.setitem(sys.modules, "muntin_toy", module)
        code = compile(changed(changes, view), "muntin_toy.py", "exec", dont_inherit=True)
        exec(code, vars(module))  # made up here
        (record,) = load(plugins={"toy": module}, discover=False).records
        return Subject(record, {}, budget)

    return make


@pytest.fixture
def said(subject: Callable[..., Subject]) -> Callable[..., str]:
    """Return what a check says of the plugin, changed as asked; "" if it passes everywhere."""

    def ask(check: Callable[..., Any], *changes: Change, view: str = "", **more: Any) -> str:
        cases: Any = check.muntin_cases  # type: ignore[attr-defined]  # set by `checks`
        answers = []
        for case in cases(subject(*changes, view=view, **more)):
            try:
                check(case)
            except pytest.fail.Exception as failure:
                answers.append(str(failure))
        return "\n".join(answers)

    return ask


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Put the plugin into a folder as pip would; return the folder, which is importable here."""

    def put(
        *changes: Change,
        requires: str = "muntin>=0.1,<0.2",
        typed: bool = True,
        module: bool = False,
        entry: str = "[muntin]\ntoy = muntin_toy\n",
    ) -> Path:
        folder = tmp_path / "site"
        package, info = folder / "muntin_toy", folder / "muntin_toy-1.0.dist-info"
        info.mkdir(parents=True)
        file = folder / "muntin_toy.py" if module else package / "__init__.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(changed(changes))
        if typed:
            file.with_name("py.typed").touch()
        stated = f"Requires-Dist: {requires}\n" if requires else ""
        head = "Metadata-Version: 2.1\nName: muntin-toy\nVersion: 1.0\n"
        (info / "METADATA").write_text(head + stated)
        (info / "entry_points.txt").write_text(entry)
        names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        (info / "RECORD").write_text("".join(f"{name},,\n" for name in names))
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, "muntin_toy", raising=False)
        return folder

    yield put
    sys.modules.pop("muntin_toy", None)
