"""The command ``muntin``: its own commands, and those that plugins add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from muntin.cli.check.command import check
from muntin.cli.group import CommandLine
from muntin.cli.invocation import Invocation
from muntin.cli.mirror import mirror
from muntin.cli.new.command import new
from muntin.cli.plugins.command import plugins
from muntin.cli.schema import schema
from muntin.cli.serve import serve
from muntin.cli.users import users
from muntin.version import __version__

if TYPE_CHECKING:
    from muntin.cli.dev import Child


@click.group(
    cls=CommandLine,
    epilog=(
        "\b\n"
        "Try it:         muntin demo\n"
        "On your data:   muntin serve path/to/state\n"
        "What is wrong:  muntin check path/to/state"
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="muntin")
@click.pass_context
def app(ctx: click.Context) -> None:
    """Live pages, made by plugins, on the state that a system publishes."""
    ctx.obj = ctx.obj or Invocation(run)


for command in (check, mirror, new, plugins, schema, serve, users):
    app.add_command(command)


def run(words: Sequence[str], child: Child | None = None) -> None:
    """Run a command line and exit; `child` is what a supervisor passed to this process."""
    app.main(args=list(words), prog_name="muntin", obj=Invocation(run, child))


__all__ = ["app", "run"]
