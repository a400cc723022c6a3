"""``muntin serve``: the pages of all installed plugins on a state, and Panel apps as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from muntin.cli.launcher import Launcher
from muntin.cli.options import config_option, serving_options, source_option


@click.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin serve logs/state\n"
        "  muntin serve logs/state --config muntin.toml --port 8080\n"
        "  muntin serve market.py risk.ipynb"
    )
)
@click.argument("what", nargs=-1, metavar="[STATE] [APP.py ...]")
@source_option
@config_option
@serving_options
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    metavar="N",
    help="Processes that send to viewers, from 2 on; for more than one core [0].",
)
@click.option(
    "--private", is_flag=True, help="Run apps once for each viewer, so that their controls work."
)
def serve(
    launcher: Launcher,
    what: tuple[str, ...],
    sources: tuple[str, ...],
    config: Path | None,
    workers: int | None,
    private: bool,
) -> None:
    """Serve the pages of all installed plugins on STATE, and Panel apps as they are.

    STATE is a directory of state documents or a source URL. Without it, `state` in muntin.toml,
    MUNTIN_STATE or STATE_DIR names it. The state is only ever read.

    Each APP is a Panel script or notebook, or a directory with a main.py.
    It is run once and shown to all viewers.
    """
    from muntin.cli.served import with_apps
    from muntin.cli.sources import named_sources
    from muntin.settings import load_config

    settings, state = with_apps(load_config(config), what, private=private)
    if workers is not None:
        settings = replace(settings, workers=workers)
    named = named_sources(sources)
    if launcher.dev and not launcher.supervised:
        words = ["serve", *(["--config", str(config)] if config else [])]
        words += [word for source in sources for word in ("--source", source)]
        words += ["--private"] if private else []
        words += ["--", *what] if what else []
        launcher.supervise(settings, words, config)
    launcher.serve(settings, state, sources=named)


__all__ = ["serve"]
