"""``muntin demo``: a simulated fund that writes real state documents, and the app on it.

The fund itself is `muntin_demo.simulator`; its documents are those of a real one, so that every
page can be tried without an account anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from muntin import hookimpl

if TYPE_CHECKING:
    import click


@hookimpl
def muntin_commands(cli: click.Group) -> None:
    """Add ``muntin demo``."""
    from muntin_demo.command import demo

    cli.add_command(demo)
