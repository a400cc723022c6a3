"""The commands, their options and their help. What they need is imported when they run."""

from __future__ import annotations

import errno
import json
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

import muntin
from muntin.cli.users import users
from muntin.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from muntin.check import FeedCheck, Report
    from muntin.settings import Config
    from muntin.site import Site

C = TypeVar("C", bound=Callable[..., Any])


class Mistake(click.ClickException):
    """A user's mistake: told in a sentence each, exit code 2, never a traceback."""

    exit_code = 2


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
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def _listening(command: C) -> C:
    """Add the options that say where to listen."""
    address = click.option("--address", metavar="IP", help="Address to listen on [127.0.0.1].")
    port = click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [5006].")
    return address(port(command))


#: Who comes in, by ``access.mode``.
_WHO = {
    "open": "everybody who reaches this address",
    "users": "whoever signs in with a name and a password",
    "oidc": "whoever the provider signs in",
    "proxy": "whoever the proxy vouches for",
}


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
    "--workers",
    type=click.IntRange(0, 64),
    metavar="N",
    help="Processes that send to viewers, from 2 on; for more than one core [0].",
)
def serve(
    state: str | None, config: Path | None, address: str | None, port: int | None,
    workers: int | None,
) -> None:  # fmt: skip
    """Serve the pages of all installed plugins on STATE.

    STATE is a directory of state documents or a source URL. Without it, `state` in muntin.toml,
    MUNTIN_STATE or STATE_DIR names it. The state is only ever read.
    """
    from muntin.settings import load_config
    from muntin.site import build_site

    settings = load_config(config)
    if workers is not None:
        settings = replace(settings, workers=workers)
    _run(build_site(settings, state=state), settings, address, port)


def log_to_stderr() -> None:
    """Send log lines to standard error: standard output says what is served, and where."""
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


def _run(site: Site, settings: Config, address: str | None, port: int | None) -> None:
    """Say what is about to be served, and serve it until a signal."""
    if not site.records:
        raise Mistake("no plugins are installed, so there is no page; pip install muntin-overview")
    host, chosen = address or settings.address, settings.port if port is None else port
    _require_access(settings, host)
    log_to_stderr()
    click.echo(_introduction(site))
    from muntin.web.server import run

    try:
        run(site, address=host, port=chosen, workers=settings.workers, announce=click.echo)
    except OSError as error:
        problem = _not_listening(error, host, chosen)
        if not problem:
            raise
        raise Mistake(problem) from error


def _require_access(settings: Config, host: str) -> None:
    """Refuse to serve where the settings lack what access control needs; say all of it."""
    from muntin.access import access_problems

    problems = list(access_problems(settings.access, host))
    if problems:
        raise ConfigError(problems)


def _not_listening(error: OSError, address: str, port: int) -> str:
    """Return why one cannot listen there and what to do; "" if the error is another one."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is already in use; choose another with --port"
    if error.errno == errno.EACCES and 0 < port < 1024:
        return (
            f"port {port} needs more rights than this user has; choose one above 1023 with --port"
        )
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{address} is no address of this machine; choose another with --address"
    return ""


def _introduction(site: Site) -> str:
    from muntin.cli.listing import states

    lines = [
        f"{site.config.site.title} · run mode {site.config.site.mode}",
        f"State: {site.source.location}",
        f"Access: {_WHO[site.config.access.mode]}",
        states(site.records),
        *(f"Note: {note}" for note in site.notes),
        *([] if site.pages else ["Note: no plugin adds a page that may be shown; see above."]),
    ]
    return "\n".join(lines)


@app.command(
    epilog=("\b\nExamples:\n  muntin demo\n  muntin demo --port 8080 --state /tmp/atlas --chaos")
)
@_listening
@click.option(
    "--state", type=click.Path(path_type=Path), metavar="DIR",
    help="Write the documents here and keep them, instead of a temporary directory.",
)  # fmt: skip
@click.option("--chaos", is_flag=True, help="Let documents go wrong now and then.")
@click.option("--seed", type=int, help="The same number gives the same fund.")
def demo(
    address: str | None, port: int | None, state: Path | None, chaos: bool, seed: int | None
) -> None:
    """Serve a simulated fund that writes real state documents."""
    from muntin.cli.demo import demo_config, ending_cleanly, producing, state_dir
    from muntin.settings import load_config
    from muntin.site import build_site

    settings = demo_config(load_config())
    with ending_cleanly(), state_dir(state) as folder, producing(folder, seed, chaos, click.echo):
        _run(build_site(settings, state=str(folder)), settings, address, port)


@app.command(epilog=("\b\nExamples:\n  muntin plugins\n  muntin plugins --json --pages"))
@_CONFIG
@_JSON
@click.option("--pages", is_flag=True, help="Also every page's panels, their feeds, import times.")
@click.option("--traces", is_flag=True, help="Also the whole trace of each broken plugin.")
def plugins(config: Path | None, as_json: bool, pages: bool, traces: bool) -> None:
    """List every installed plugin: version, state, pages, and the reason if it is not in use.

    A plugin is active, disabled (by muntin.toml), incompatible (with this Muntin) or broken.
    """
    from muntin.cli.listing import listing
    from muntin.settings import load_config
    from muntin.site import load_plugins

    found = load_plugins(load_config(config))
    click.echo(listing(found, as_json=as_json, with_pages=pages))
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
