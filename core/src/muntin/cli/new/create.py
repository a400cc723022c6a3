"""Making the project: rendered beside its place, and moved there when it is whole."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from muntin.cli.new.names import Names
from muntin.errors import ConfigError

#: What a new plugin brings.
Kind = Literal["page", "source"]

#: Muntin's own template.
TEMPLATE = Path(__file__).parent / "template"


@dataclass(frozen=True, slots=True)
class Created:
    """A new project: where it is, its names, and what it brings."""

    folder: Path
    names: Names
    kind: Kind = "page"


def create(
    names: Names, into: Path, running: str, template: str | None = None, kind: Kind = "page"
) -> Created:
    """Return the project of a new plugin, made from a template in a folder of its own.

    `kind` is what the plugin brings; a template of one's own may ignore it. `template` is a folder
    or anything that copier takes; Muntin's own otherwise. Raises ConfigError with what to do if the
    place is taken or refuses; nothing there is ever changed.
    """
    target = into.expanduser().absolute() / names.folder
    problem = _taken(target)
    if problem:
        raise ConfigError([problem])
    with _beside(target) as made:
        answers = {"name": names.plugin, "title": names.title, "kind": kind}
        _render(template or str(TEMPLATE), made, answers | {"muntin": requirement(running)})
        if target.is_dir():
            target.rmdir()  # empty, as was seen; fails if somebody has filled it since
        made.rename(target)
    return Created(target, names, kind)


def requirement(running: str) -> str:
    """Return the versions of muntin that a plugin made today accepts: up to the next breaking one.

    Before 1.0 a minor version may break plugins, from then on a major one. A pre-release is named
    in full, as pip takes it for older than its release.
    """
    release = re.match(r"\d+(?:\.\d+)*", running)
    parts = [int(part) for part in release[0].split(".")] if release else [0]
    major, minor = parts[0], parts[1] if len(parts) > 1 else 0
    plain = release is not None and release[0] == running
    lowest = f"{major}.{minor}" if plain else running.partition("+")[0]
    return f">={lowest},<{f'{major + 1}' if major else f'0.{minor + 1}'}"


def _taken(target: Path) -> str:
    try:
        if not target.exists() and not target.is_symlink():
            return ""
        if target.is_dir() and not any(target.iterdir()):
            return ""
    except OSError as error:
        return f"{target} cannot be looked into: {error.strerror or error}"
    return f"{target} exists already; choose another name, or another folder with --into"


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a new folder beside the target, and clean up; a place that refuses is a sentence."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        holder = tempfile.TemporaryDirectory(prefix=".muntin-new-", dir=target.parent)
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigError([f"cannot write to {target.parent}: {why}; choose with --into"]) from None
    with holder as name:
        try:
            yield Path(name, "project")
        except OSError as error:
            why = error.strerror or str(error)
            raise ConfigError([f"cannot write {target}: {why}"]) from None


def _render(template: str, into: Path, answers: dict[str, str]) -> None:
    """Fill the template in without asking anything; what is wrong with it is a sentence."""
    from copier import run_copy
    from copier.errors import CopierError
    from jinja2 import TemplateError

    os.environ.setdefault("GIT_TERMINAL_PROMPT", "0")
    try:
        run_copy(template, into, data=answers, defaults=True, quiet=True)
    except (CopierError, TemplateError, ValueError) as error:
        raise ConfigError([_unusable(template, str(error) or type(error).__name__)]) from None
    except OSError as error:
        if error.errno is not None:
            raise
        # Git said no: its exit status and what it printed, but no error of the system.
        said = getattr(error, "stderr", "") or str(error)
        raise ConfigError([_unusable(template, str(said))]) from None


def _unusable(template: str, why: str) -> str:
    return f"the template {template} cannot be used: {' '.join(why.split())[:300]}"
