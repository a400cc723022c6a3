"""``muntin new``: a whole plugin project from a name."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muntin.version import __version__

if TYPE_CHECKING:
    from muntin.cli.new.create import Created, Kind


@click.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin new fees\n"
        '  muntin new "Fee report" --into plugins\n'
        "  muntin new archive --source\n"
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
@click.option(
    "--source",
    "kind",
    flag_value="source",
    help="Make a source of state, for NAME:// addresses, in place of a page.",
)
def new(name: str, into: Path, template: str | None, kind: Kind | None) -> None:
    """Make a plugin project called NAME: a page, a panel, a feed, settings, tests.

    With --source it is a source of state instead, with its settings and tests. The project
    installs, passes its own tests and can be served as it is. Nothing that exists is changed.
    """
    from muntin.cli.new import create, names_of
    from muntin.cli.new.clashes import clashes
    from muntin.errors import ConfigError
    from muntin.plugins import load

    names = names_of(name)
    problems = tuple(clashes(names, load(), kind or "page"))
    if problems:
        raise ConfigError(problems)
    click.echo(_next(create(names, into, __version__, template, kind or "page")))


def _next(made: Created) -> str:
    """Return what was made, and the commands that show it."""
    here = Path.cwd()
    folder = made.folder.relative_to(here) if made.folder.is_relative_to(here) else made.folder
    if made.kind == "source":
        return (
            f"Made {folder}: {made.names.distribution}, a source at {made.names.slug}://. Next:\n\n"
            f"  pip install -e {shlex.quote(str(folder))}\n"
            f"  pytest {shlex.quote(str(folder))}\n"
            f"  muntin serve {made.names.slug}:///path/to/state.zip"
        )
    return (
        f"Made {folder}: {made.names.distribution}, with the page /{made.names.slug}. Next:\n\n"
        f"  pip install muntin-demo -e {shlex.quote(str(folder))}\n"
        "  muntin demo --dev      # shows it, and restarts when a file changes\n"
        f"  pytest {shlex.quote(str(folder))}"
    )


__all__ = ["new"]
