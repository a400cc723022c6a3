"""``muntin mirror``: copies feeds from one source to another, continuously."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muntin.errors import ConfigError

if TYPE_CHECKING:
    from muntin.mirror import Mirror
    from muntin.settings import Config
    from muntin.state.feeds import Feed


@click.command(
    epilog=(
        "\b\n"
        "Examples:\n"
        "  muntin mirror logs/state redis://127.0.0.1/0\n"
        "  muntin mirror quant /srv/copy --metrics-port 9101   # quant: a table of [sources]\n"
        "  muntin mirror s3://bucket/state /srv/copy --feed nav --feed risk=deep/risk.json --once"
    )
)
@click.argument("origin", metavar="FROM")
@click.argument("to", metavar="TO")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Settings file; ./muntin.toml is read where there is one.",
)
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    metavar="NAME[=PATH]",
    help="Copy this feed, instead of those that installed plugins read; may be repeated.",
)
@click.option("--once", is_flag=True, help="Copy what is there and end; exit 1 if some is not.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Serve /metrics for Prometheus on this port of 127.0.0.1.",
)
@click.pass_context
def mirror(
    ctx: click.Context,
    origin: str,
    to: str,
    config: Path | None,
    feeds: tuple[str, ...],
    once: bool,
    metrics_port: int | None,
) -> None:
    """Copy feeds FROM one source TO another, until a signal.

    Each is a directory, a source URL, or the name of a table of [sources] in muntin.toml, whose
    settings are then used. Documents are copied byte by byte and whole; a mirror that is killed
    goes on where it was. Logs are not copied.
    """
    from muntin.settings import load_config

    made = _mirror(origin, to, load_config(config), feeds)
    for one in made.logs:
        click.echo(f"Note: {one.name} is a log, which is not copied", err=True)
    if once:
        ctx.exit(0 if made.run_once(10.0) else 1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: made.stop())
    if metrics_port is not None:
        click.echo(f"Metrics at http://127.0.0.1:{_serve_metrics(made, metrics_port)}/metrics")
    click.echo(f"Copying {len(made.copies)} feeds to {made.target.location}")
    made.run()


def _mirror(origin: str, to: str, config: Config, named: tuple[str, ...]) -> Mirror:
    from muntin.mirror import Mirror
    from muntin.opening import Opener
    from muntin.site import load_plugins, unique_feeds

    plugins = load_plugins(config)
    feeds = [_feed(one) for one in named] or list(unique_feeds(plugins.pages))
    if not feeds:
        raise ConfigError(["no feeds: install a plugin that reads some, or name them with --feed"])
    opener = Opener(plugins)
    source = opener.source(*_place(origin, config, opener))
    return Mirror(source, opener.target(*_place(to, config, opener)), feeds)


def _feed(option: str) -> Feed[Any]:
    from muntin.state.feeds import Feed

    name, _, path = option.partition("=")
    try:
        return Feed(name, lambda raw: raw, path)
    except ValueError as error:
        raise ConfigError([f"--feed {option}: {error}"]) from None


def _place(text: str, config: Config, opener: Any) -> tuple[str, Any, str]:
    """Return URL, settings and the settings' path of what an argument names."""
    table = config.sources.get(text)
    if table is None:
        return text, {}, "source"
    url, options = opener.located(text, table)
    return url, options, f"sources.{text}"


def _serve_metrics(made: Mirror, port: int) -> int:
    from prometheus_client import CollectorRegistry, start_http_server

    from muntin.cli.mirror_metrics import MirrorCollector

    registry = CollectorRegistry()
    registry.register(MirrorCollector(made))
    server, _ = start_http_server(port, addr="127.0.0.1", registry=registry)
    return int(server.server_port)
