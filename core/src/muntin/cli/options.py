"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from muntin.cli.launcher import Launcher

C = TypeVar("C", bound=Callable[..., Any])

config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Settings file; ./muntin.toml is read where there is one.",
)
source_option = click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME=URL",
    help="One more source, with the feeds that [sources.NAME] lists or that carry its name.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")

_SERVING = (
    click.option("--address", metavar="IP", help="Address to listen on [127.0.0.1]."),
    click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [5006]."),
    click.option("--dev", is_flag=True, help="Restart when a file changes; show tracebacks."),
    click.option("--trace", is_flag=True, help="Log the time of each call of a hook or view."),
)


def serving_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--address``, ``--port``, ``--dev`` and ``--trace`` to a command that serves.

    In place of their values the command gets a `Launcher`, as its argument `launcher`.
    """

    @wraps(command)
    def launching(
        *args: Any, address: str | None, port: int | None, dev: bool, trace: bool, **options: Any
    ) -> None:
        invocation = click.get_current_context().obj
        launcher = Launcher(invocation, address, port, dev, trace)
        command(*args, launcher=launcher, **options)

    decorated = launching
    for option in reversed(_SERVING):
        decorated = option(decorated)
    return decorated


__all__ = ["config_option", "json_option", "serving_options", "source_option"]
