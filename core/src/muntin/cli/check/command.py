"""``muntin check``: what is wrong with feeds, panels and plugins, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muntin.cli.options import config_option, json_option, source_option

if TYPE_CHECKING:
    from muntin.cli.check.report import FeedCheck, Report
    from muntin.panel.broadcast.inspection import AppCheck


@click.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin check logs/state\n"
        "  muntin check logs/state --json\n"
        "  muntin check market.py"
    )
)
@click.argument("what", nargs=-1, metavar="[STATE] [APP.py ...]")
@source_option
@config_option
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    what: tuple[str, ...],
    sources: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> None:
    """Read every feed once, render every panel once, run every app, and say what is wrong.

    Of an app it says which controls need Python, and are not in use where one run of it is shown
    to all viewers, and where its code reads what is one viewer's own.

    Exit code 0: every required feed is live or late, every panel renders, every app starts, no
    plugin is broken or incompatible. 1: not so. 2: a wrong option, setting or directory.
    """
    from muntin.cli.check.report import check_site
    from muntin.cli.served import with_apps
    from muntin.cli.sources import named_sources
    from muntin.settings import load_config
    from muntin.site import build_site

    named = named_sources(sources)
    settings, state = with_apps(load_config(config), what)
    report = check_site(build_site(settings, state=state, sources=named))
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else _text(report))
    ctx.exit(0 if report.ok else 1)


def _text(report: Report) -> str:
    from muntin.cli.plugins.listing import plugin_table
    from muntin.cli.text import aligned, duration

    feeds = aligned(
        ("FEED", "STATUS", "AGE", "", "PROBLEM"),
        (
            (one.name, one.status, duration(one.age), _verdict(one), one.problem)
            for one in report.feeds
        ),
    )
    panels = aligned(
        ("PAGE", "PANEL", "RESULT", "TIME", "PROBLEM"),
        (
            (f"/{one.page}", one.panel, one.status, f"{1000 * one.seconds:.0f} ms", one.problem)
            for one in report.panels
        ),
    )
    apps = aligned(
        ("APP", "RESULT", "TIME", "PROBLEM"),
        (
            (f"/{one.page}", one.status, f"{1000 * one.seconds:.0f} ms", one.problem)
            for one in report.apps
        ),
    )
    state = [feeds, panels] if report.feeds or report.panels or not report.apps else []
    parts = [*state, *([apps] if report.apps else []), *_told(report.apps)]
    verdict = "All is well." if report.ok else "Something is wrong; see above."
    parts = [f"State: {report.location}", *parts, plugin_table(report.plugins)]
    return "\n\n".join([*parts, *(f"Note: {note}" for note in report.notes), verdict])


def _told(apps: Iterable[AppCheck]) -> Iterator[str]:
    """Yield what does not work of apps that are run once for all viewers."""
    for app in apps:
        if app.controls:
            named = "".join(f"\n  {name}" for name in app.controls)
            yield f"/{app.page}: these controls need Python and are not in use when shared:{named}"
        if app.personal:
            reads = "".join(f"\n  {read}" for read in app.personal)
            yield (
                f"/{app.page}: this belongs to one viewer, and reading it is an error when shared:"
                f"{reads}\n  Leave it out, or serve the app with --private."
            )


def _verdict(feed: FeedCheck) -> str:
    """Return whether a feed's status fails the check."""
    return "optional" if feed.optional else "fine" if feed.ok else "FAILS"


__all__ = ["check"]
