"""Makes the reference pages from the code when the site is built: an MkDocs hook.

Public names, hooks, commands and settings are listed by asking the code for them, so none can be
forgotten; their words are docstrings, ``#:`` comments and help texts.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

#: The public modules, with what stands above their names.
MODULES = {
    "muntin": ("muntin", "What a plugin is made of. Importing it is cheap."),
    "ui": ("muntin.ui", "Components that a view may return: plain, frozen descriptions."),
    "cli": ("muntin.cli", "What a plugin's command needs to serve pages."),
    "panel": ("muntin.panel", "Panels and pages in Panel's own server and in notebooks."),
    "testing": ("muntin.testing", "The test kit: no server, no browser, no global state."),
}

#: How types are called in a settings file.
_TYPES = {bool: "true or false", int: "whole number", float: "number", str: "text"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages made from the code."""
    for name, text in pages().items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files


def pages() -> dict[str, str]:
    """Return every page of the reference by name, as Markdown."""
    made = {name: module_page(*about) for name, about in MODULES.items()}
    return made | {"hooks": hooks(), "commands": commands(), "settings": settings()}


# ------------------------------------------------------------------ names and hooks


def module_page(name: str, words: str) -> str:
    """Return the page of a public module: every name that it exports."""
    exported = importlib.import_module(name).__all__
    parts = [f"# {name}", words, *(f"::: {name}.{one}" for one in exported)]
    return "\n\n".join(parts) + "\n"


def hook_names() -> list[str]:
    """Return the names of all hooks, in the order in which they are declared."""
    specs = importlib.import_module("muntin.hookspecs")
    return [name for name in vars(specs) if name.startswith("muntin_")]


def hooks() -> str:
    """Return the page of all hooks."""
    intro = (
        "A plugin is a module, named by an entry point of the group `muntin`, with functions of"
        " these names, each marked with `@muntin.hookimpl`. All are optional, and each takes as"
        " many of its arguments as it likes. A misspelt one is an error with a suggestion."
    )
    parts = ["# Hooks", intro, *(f"::: muntin.hookspecs.{name}" for name in hook_names())]
    return "\n\n".join(parts) + "\n"


# ------------------------------------------------------------------ commands


def commands() -> str:
    """Return the page of all commands, as each prints its own help."""
    app = importlib.import_module("muntin.cli.app").app
    parts = ["# Commands", *(f"## {path}\n\n```text\n{text}\n```" for path, text in helps(app))]
    return "\n\n".join(parts) + "\n"


def helps(command: click.Command, path: str = "muntin", parent: Any = None) -> Iterator[Any]:
    """Yield path and help text of a command, and of those below it."""
    context = click.Context(
        command, info_name=path.rsplit(maxsplit=1)[-1], parent=parent, max_content_width=88
    )
    yield path, command.get_help(context)
    group = command if isinstance(command, click.Group) else click.Group()
    for own in group.list_commands(context):
        inner = group.get_command(context, own)
        if inner is not None and not inner.hidden:
            yield from helps(inner, f"{path} {own}", context)


# ------------------------------------------------------------------ settings


def settings() -> str:
    """Return the page of all settings: core's, those of sources, and the built-in plugins'."""
    config = importlib.import_module("muntin.settings").Config
    parts = ["# Settings", _INTRO, *_tables(config, "")]
    for cls, schemes in _sources().items():
        parts += [f"## [source] for {' and '.join(schemes)}", table(cls)]
    for name, cls in sorted(_plugins().items()):
        parts += [f"## [plugin.{name}]", table(cls)]
    return "\n\n".join(parts) + "\n"


_INTRO = (
    "`muntin.toml` is read from the working directory, or from where `--config` or `MUNTIN_CONFIG`"
    " says. It is checked as a whole before anything starts; unknown names are refused with a"
    ' suggestion. A secret is never written into it: it stands as `{ env = "NAME" }` or'
    ' `{ file = "/path" }`. Tables under `[plugin.NAME]` belong to the plugins, `[source]` to the'
    " kind of source that `state` names."
)


def _tables(cls: type, where: str) -> Iterator[str]:
    yield f"## [{where}]" if where else "## Top level"
    yield table(cls)
    for name, annotation in _hints(cls).items():
        inner, many = _inner(annotation)
        if inner is not None:
            path = f"{where}.{name}" if where else name
            yield from _tables(inner, f"{path}.NAME" if many else path)


def _inner(annotation: Any) -> tuple[type | None, bool]:
    """Return the dataclass that a setting is made of, and whether there is one for each name."""
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return annotation, False
    many = typing.get_origin(annotation) in {Mapping, dict}
    for one in typing.get_args(annotation):
        found, _ = _inner(one)
        if found is not None:
            return found, many
    return None, False


def table(cls: type) -> str:
    """Return the table of a settings class: every name with type, default and meaning."""
    words = meanings(cls)
    rows = ["| name | type | default | meaning |", "|---|---|---|---|"]
    for field in dataclasses.fields(cls):
        kind = _kind(_hints(cls)[field.name])
        cells = (f"`{field.name}`", kind, _default(field), words.get(field.name, ""))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    summary = (inspect.getdoc(cls) or "").partition("\n")[0]
    return f"{summary}\n\n" + "\n".join(rows)


def meanings(cls: type) -> dict[str, str]:
    """Return what the ``#:`` comments above a class's fields say, by field."""
    found: dict[str, str] = {}
    words: list[str] = []
    for line in inspect.getsource(cls).splitlines():
        text = line.strip()
        if text.startswith("#:"):
            words.append(text.removeprefix("#:").strip())
            continue
        match = re.match(r"(\w+):", text)
        if match and words:
            found[match[1]] = " ".join(words)
        words = []
    return {name: text.replace("``", "`") for name, text in found.items()}


def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls, include_extras=True)


def _kind(annotation: Any) -> str:
    """Return a setting's type in words, with its bounds."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(inner[0]) + _bounds(inner[1])
    if origin in {typing.Union, types.UnionType}:
        return " or ".join(_kind(one) for one in inner if one is not type(None))
    if origin in {tuple, list}:
        return f"list of {_kind(inner[0])}".replace("of text", "of texts", 1)
    if origin in {Mapping, dict} or dataclasses.is_dataclass(annotation):
        return "table"
    if origin is typing.Literal:
        return " or ".join(f"`{one}`" for one in inner)
    return _TYPES.get(annotation, getattr(annotation, "__name__", str(annotation)).lower())


def _bounds(limits: Any) -> str:
    bounds = getattr(limits, "bounds", {})
    low, high = (bounds.get(one, bounds.get(other)) for one, other in _LIMITS)
    unit = " long" if "max_length" in bounds or "min_length" in bounds else ""
    if low is not None and high is not None:
        return f", {low:g} to {high:g}{' characters' if unit else ''}"
    if low is None and high is None:
        return ""
    if unit and low == 1:
        return ", not empty"
    return f", at {'least' if high is None else 'most'} {low or high:g}{unit}"


_LIMITS = (("ge", "min_length"), ("le", "max_length"))


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return "" if field.default_factory is not dataclasses.MISSING else "required"
    if field.default is None or field.default in {"", ()}:
        return ""
    default = list(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{json.dumps(default, default=str)}`"


def _sources() -> dict[type, list[str]]:
    """Return the settings classes of the installed kinds of source, each with its schemes."""
    found: dict[type, list[str]] = {}
    records = importlib.import_module("muntin.plugins").load().records
    for kind in (kind for one in records for kind in one.sources):
        if kind.settings is not None:
            found.setdefault(kind.settings, []).append(f"{kind.scheme}://")
    return found


def _plugins() -> dict[str, type]:
    """Return the settings classes of the installed plugins."""
    records = importlib.import_module("muntin.plugins").load().records
    found = {one.name: getattr(one.target, "Settings", None) for one in records}
    return {name: cls for name, cls in found.items() if cls is not None}
