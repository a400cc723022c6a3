"""``muntin plugins``: every installed plugin and its state."""

from __future__ import annotations

from pathlib import Path

import click

from muntin.cli.options import config_option, json_option


@click.command(epilog="\b\nExamples:\n  muntin plugins\n  muntin plugins --json --pages")
@config_option
@json_option
@click.option(
    "--pages", is_flag=True, help="Also where each panel stands, its feeds, import times."
)
@click.option("--traces", is_flag=True, help="Also the traceback of each broken plugin.")
def plugins(config: Path | None, as_json: bool, pages: bool, traces: bool) -> None:
    """List every installed plugin: version, state, pages, and the reason if it is not in use.

    A plugin is active, disabled (by muntin.toml), incompatible (with this Muntin) or broken.
    """
    from muntin.cli.plugins.listing import listing
    from muntin.settings import load_config
    from muntin.site import load_plugins

    settings = load_config(config)
    found = load_plugins(settings)
    click.echo(listing(found, settings, as_json=as_json, with_pages=pages))
    for record in found.failed if traces else ():
        click.echo(f"\n{record.owner}: {record.reason}\n{record.trace}", err=True)


__all__ = ["plugins"]
