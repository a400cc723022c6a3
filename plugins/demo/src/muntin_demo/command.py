"""The command: its options, and what runs beside the server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from muntin import Feed
from muntin.cli import CommandError, Launcher, serving_options
from muntin.settings import Config, load_config

TITLE = "Atlas Fund (simulated)"
DISCLAIMER = "Simulated data. Not an offer; figures are unaudited."


@click.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin demo\n"
        "  muntin demo --login\n"
        "  muntin demo --port 8080 --state /tmp/atlas --chaos"
    )
)
@serving_options
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the documents here and keep them, instead of a temporary directory.",
)
@click.option("--chaos", is_flag=True, help="Let documents go wrong now and then.")
@click.option("--seed", type=int, help="The same number gives the same fund.")
@click.option("--login", is_flag=True, help="Require signing in; names and password are printed.")
def demo(
    launcher: Launcher, state: Path | None, chaos: bool, seed: int | None, login: bool
) -> None:
    """Serve a simulated fund that writes real state documents.

    Feeds of installed plugins that the fund does not have are written from their own examples.
    """
    from muntin_demo.folder import state_folder
    from muntin_demo.people import signing_in
    from muntin_demo.running import ending_cleanly, producing

    if login and launcher.dev:
        raise CommandError("--login and --dev do not go together; leave out one of them")
    config = demo_config(load_config())
    if launcher.supervised:  # the supervisor's process has the fund
        launcher.serve(config, str(state), beside=_examples_in(Path(str(state))))
        return
    with (
        ending_cleanly(),
        state_folder(state) as folder,
        producing(folder, seed, click.echo, chaos=chaos),
    ):
        if launcher.dev:
            launcher.supervise(config, ["demo", "--state", str(folder)])
        with signing_in(config, click.echo) if login else nullcontext(config) as settings:
            launcher.serve(settings, str(folder), beside=_examples_in(folder))


def demo_config(config: Config) -> Config:
    """Return the settings with the demo's own title and run mode."""
    disclaimer = config.site.disclaimer or DISCLAIMER
    site = replace(config.site, title=TITLE, mode="DEMO", disclaimer=disclaimer)
    return replace(config, site=site)


def _examples_in(folder: Path) -> Callable[[Iterable[Feed[Any]]], Any]:
    """Return what writes the examples of feeds while the server runs, and names them."""
    from muntin_demo.examples import examples, summary, writing

    @contextmanager
    def beside(feeds: Iterable[Feed[Any]]) -> Iterator[str]:
        found, problems = examples(feeds, folder)
        with writing(found, time.time):
            yield summary(found, problems)

    return beside


__all__ = ["demo"]
