"""Pages that are whole Panel apps, as settings and the command line name them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from muntin.errors import ConfigError
from muntin.pages import Page, slug_of
from muntin.state.feeds import Feed

#: What names an app on the command line.
SUFFIXES = (".py", ".ipynb")


class NoState:
    """The source of a site that is apps alone: it publishes nothing."""

    location = "none"

    def run(
        self, feeds: Sequence[Feed[Any]], publish: Callable[..., Any], stop: threading.Event
    ) -> None:
        """Wait for the end."""
        del feeds, publish
        stop.wait()


def is_app(word: str) -> bool:
    """Return True for a word that names an app on the command line, not a state."""
    if "://" in word:
        return False
    return word.endswith(SUFFIXES) or _has_main(Path(word))


def _has_main(path: Path) -> bool:
    return any((path / f"main{suffix}").is_file() for suffix in SUFFIXES)


def named_apps(paths: Iterable[str]) -> dict[str, str]:
    """Return apps by the slug that their file's name gives; raise ConfigError if two share one."""
    found: dict[str, str] = {}
    for path in paths:
        slug = slug_of(Path(path).absolute().stem)
        if slug in found:
            problem = (
                f"{path}: its address /{slug} is that of {found[slug]} too;"
                " rename one, or name both under [apps] in muntin.toml"
            )
            raise ConfigError([problem])
        found[slug] = str(Path(path).absolute())
    return found


def app_pages(apps: Mapping[str, str], scope: str, taken: Iterable[str]) -> tuple[Page, ...]:
    """Return a page for each app; raise ConfigError naming all that cannot be one.

    `taken` are the slugs of other pages.
    """
    problems, pages = [], []
    for slug, path in apps.items():
        problem = _problem(Path(path)) or (slug in set(taken) and "a plugin has a page there") or ""
        try:
            pages.append(Page(slug, _title(slug), app=path, scope=scope))
        except ValueError as error:
            problem = problem or str(error)
        if problem:
            problems.append(f"apps.{slug}: {problem}")
    if problems:
        raise ConfigError(problems)
    return tuple(pages)


def _title(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


def _problem(path: Path) -> str:
    return next(_problems(path), "")


def _problems(path: Path) -> Iterator[str]:
    if not path.exists():
        yield f"there is no such file: {path}"
    elif path.is_dir() and not _has_main(path):
        yield f"this directory has no main.py: {path}"
    elif path.is_file() and path.suffix not in SUFFIXES:
        yield f"an app is a script (.py) or a notebook (.ipynb), not {path.name}"
    elif path.suffix == ".ipynb" and find_spec("nbconvert") is None:
        yield "notebooks are read with nbconvert, which is not installed: pip install nbconvert"
