"""``muntin new``: a whole plugin project from a name."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muntin.version import __version__

if TYPE_CHECKING:
    from muntin.cli.new import Created


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
    "--into",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder in which the project's folder is made [.].",
)
@click.option(
    "--template",
    metavar="SOURCE",
    help="Another template: a folder or git address, as copier takes it.",
)
def new(name: str, into: Path, template: str | None) -> None:
    """Make a plugin project called NAME: a page, a panel, a feed, settings, tests.

    The project installs, passes its own tests and is shown by `muntin demo` as it is. Nothing that
    exists is changed.
    """
    from muntin.cli.new import create, names_of
    from muntin.cli.new.clashes import clashes
    from muntin.errors import ConfigError
    from muntin.plugins import load

    names = names_of(name)
    problems = tuple(clashes(names, load()))
    if problems:
        raise ConfigError(problems)
    click.echo(_next(create(names, into, __version__, template)))


def _next(made: Created) -> str:
    """Return what was made, and the commands that show it."""
    here = Path.cwd()
    folder = made.folder.relative_to(here) if made.folder.is_relative_to(here) else made.folder
    return (
        f"Made {folder}: {made.names.distribution}, with the page /{made.names.slug}. Next:\n\n"
        f"  pip install muntin-demo -e {shlex.quote(str(folder))}\n"
        "  muntin demo --dev      # shows it, and restarts when a file changes\n"
        f"  pytest {shlex.quote(str(folder))}"
    )


__all__ = ["new"]
