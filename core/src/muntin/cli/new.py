"""``muntin new``: a whole plugin project from a name."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

import muntin

if TYPE_CHECKING:
    from muntin.scaffold import Created


@click.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin new fees\n"
        '  muntin new "Fee report" --into plugins\n'
        "  muntin new fees --template https://git.example.org/our-template.git"
    )
)
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path(), metavar="DIR",
    help="Folder in which the project's folder is made [.].",
)  # fmt: skip
@click.option(
    "--template", metavar="SOURCE",
    help="Another template: a folder or git address, as copier takes it.",
)  # fmt: skip
def new(name: str, into: Path, template: str | None) -> None:
    """Make a plugin project called NAME: a page, a panel, a feed, settings, tests.

    The project installs, passes its own checks and is shown by `muntin demo` as it is. Nothing that
    exists is changed.
    """
    from muntin.errors import ConfigError
    from muntin.plugins import load
    from muntin.scaffold import create, names_of
    from muntin.scaffold.clashes import clashes
    from muntin.simulator import DOCUMENTS

    names = names_of(name)
    problems = tuple(clashes(names, load(), DOCUMENTS))
    if problems:
        raise ConfigError(problems)
    click.echo(_next(create(names, into, muntin.__version__, template)))


def _next(made: Created) -> str:
    """Return what has been made, and the three commands that show it."""
    here = Path.cwd()
    folder = made.folder.relative_to(here) if made.folder.is_relative_to(here) else made.folder
    return (
        f"Made {folder}: {made.names.distribution}, with the page /{made.names.slug}. Next:\n\n"
        f"  pip install -e {shlex.quote(str(folder))}\n"
        "  muntin demo --dev      # shows it, and follows every change of a file\n"
        f"  pytest {shlex.quote(str(folder))}"
    )


__all__ = ["new"]
