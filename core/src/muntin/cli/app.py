"""The commands, their options and their help. What they need is imported when they run."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import muntin
from muntin.cli.new import new
from muntin.cli.running import Mistake, Run
from muntin.cli.schema import schema
from muntin.cli.users import users
from muntin.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from muntin.check import FeedCheck, Report

C = TypeVar("C", bound=Callable[..., Any])


class Commands(click.Group):
    """Commands whose wrong settings and sources end as a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what a user can mend into a sentence that says how."""
        try:
            return super().invoke(ctx)
        except (ConfigError, SourceError) as error:
            raise Mistake(str(error)) from error


_CONFIG = click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Settings file; ./muntin.toml is read where there is one.",
)  # fmt: skip
_STATE = click.argument("state", required=False, metavar="[STATE]")
_DEV = click.option("--dev", is_flag=True, help="Start again whenever a file changes; show traces.")
_TRACE = click.option(
    "--trace", is_flag=True, help="Log each call of a hook or view, and its time."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def _listening(command: C) -> C:
    """Add the options that say where to listen."""
    address = click.option("--address", metavar="IP", help="Address to listen on [127.0.0.1].")
    port = click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [5006].")
    return address(port(command))


@click.group(
    cls=Commands,
    epilog=(
        "\b\n"
        "Try it:         muntin demo\n"
        "On your data:   muntin serve path/to/state\n"
        "What is wrong:  muntin check path/to/state"
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(muntin.__version__, prog_name="muntin")
def app() -> None:
    """Live pages, made by plugins, on the state that a trading system publishes."""


app.add_command(new)
app.add_command(schema)
app.add_command(users)


@app.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin serve logs/state\n"
        "  muntin serve logs/state --config muntin.toml --port 8080"
    )
)
@_STATE
@_CONFIG
@_listening
@click.option(
    "--workers", type=click.IntRange(0, 64), metavar="N",
    help="Processes that send to viewers, from 2 on; for more than one core [0].",
)  # fmt: skip
@_DEV
@_TRACE
@click.pass_context
def serve(
    ctx: click.Context,
    state: str | None,
    config: Path | None,
    address: str | None,
    port: int | None,
    workers: int | None,
    dev: bool,
    trace: bool,
) -> None:
    """Serve the pages of all installed plugins on STATE.

    STATE is a directory of state documents or a source URL. Without it, `state` in muntin.toml,
    MUNTIN_STATE or STATE_DIR names it. The state is only ever read.
    """
    from muntin.settings import load_config

    settings = load_config(config)
    if workers is not None:
        settings = replace(settings, workers=workers)
    run = Run(settings, address, port, trace, ctx.obj)
    if dev and ctx.obj is None:
        named = ["--config", str(config)] if config else []
        words = ["serve", *named, *_flags(dev, trace), *(["--", state] if state else [])]
        ctx.exit(run.supervise(words, config))
    run.serve(state)


def _flags(dev: bool, trace: bool) -> list[str]:
    return [name for name, given in (("--dev", dev), ("--trace", trace)) if given]


@app.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin demo\n"
        "  muntin demo --login\n"
        "  muntin demo --port 8080 --state /tmp/atlas --chaos"
    )
)
@_listening
@click.option(
    "--state", type=click.Path(path_type=Path), metavar="DIR",
    help="Write the documents here and keep them, instead of a temporary directory.",
)  # fmt: skip
@click.option("--chaos", is_flag=True, help="Let documents go wrong now and then.")
@click.option("--seed", type=int, help="The same number gives the same fund.")
@click.option("--login", is_flag=True, help="Ask to sign in; names and password are printed.")
@_DEV
@_TRACE
@click.pass_context
def demo(  # noqa: PLR0913, PLR0917 - one for each option
    ctx: click.Context,
    address: str | None,
    port: int | None,
    state: Path | None,
    chaos: bool,
    seed: int | None,
    login: bool,
    dev: bool,
    trace: bool,
) -> None:
    """Serve a simulated fund that writes real state documents.

    Feeds of installed plugins that the fund does not know are written from their own examples.
    """
    from muntin.cli.demo import demo_config, ending_cleanly, producing, state_dir
    from muntin.cli.logins import signing_in
    from muntin.settings import load_config

    if login and dev:
        raise Mistake("--login and --dev do not go together; leave out one of them")
    config = demo_config(load_config())
    run = Run(config, address, port, trace, ctx.obj)
    if ctx.obj is not None:  # the supervisor has the fund
        run.serve(str(state), with_examples=True)
        return
    with ending_cleanly(), state_dir(state) as folder, producing(folder, seed, chaos, click.echo):
        if dev:
            words = ["demo", "--state", str(folder), *_flags(dev, trace)]
            ctx.exit(run.supervise(words, None))
        with signing_in(config, click.echo) if login else nullcontext(config) as settings:
            replace(run, settings=settings).serve(str(folder), with_examples=True)


@app.command(epilog=("\b\nExamples:\n  muntin plugins\n  muntin plugins --json --pages"))
@_CONFIG
@_JSON
@click.option(
    "--pages", is_flag=True, help="Also where each panel stands, its feeds, import times."
)
@click.option("--traces", is_flag=True, help="Also the whole trace of each broken plugin.")
def plugins(config: Path | None, as_json: bool, pages: bool, traces: bool) -> None:
    """List every installed plugin: version, state, pages, and the reason if it is not in use.

    A plugin is active, disabled (by muntin.toml), incompatible (with this Muntin) or broken.
    """
    from muntin.cli.listing import listing
    from muntin.settings import load_config
    from muntin.site import load_plugins

    settings = load_config(config)
    found = load_plugins(settings)
    click.echo(listing(found, settings, as_json=as_json, with_pages=pages))
    for record in found.failed if traces else ():
        click.echo(f"\n{record.owner}: {record.reason}\n{record.trace}", err=True)


@app.command(epilog=("\b\nExamples:\n  muntin check logs/state\n  muntin check logs/state --json"))
@_STATE
@_CONFIG
@_JSON
@click.pass_context
def check(ctx: click.Context, state: str | None, config: Path | None, as_json: bool) -> None:
    """Read every feed once, draw every panel once, and say what is wrong.

    Exit code 0: every required feed is live or late, every panel can be drawn, no plugin is broken
    or incompatible. 1: not so. 2: a wrong option, setting or directory.
    """
    from muntin.check import check_site
    from muntin.settings import load_config
    from muntin.site import build_site

    report = check_site(build_site(load_config(config), state=state))
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else _report(report))
    ctx.exit(0 if report.ok else 1)


def _report(report: Report) -> str:
    from muntin.cli.listing import states
    from muntin.cli.text import aligned, duration

    feeds = aligned(
        ("FEED", "STATUS", "AGE", "", "PROBLEM"),
        (
            (one.name, one.status, duration(one.age), _worry(one), one.problem)
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
    verdict = "All is well." if report.ok else "Something is wrong; see above."
    parts = [f"State: {report.location}", feeds, panels, states(report.plugins)]
    return "\n\n".join([*parts, *(f"Note: {note}" for note in report.notes), verdict])


def _worry(feed: FeedCheck) -> str:
    """Return whether a feed's status fails the check, in words."""
    return "optional" if feed.optional else "fine" if feed.ok else "FAILS"
