"""Starting a server from a command: what is printed first, where it listens, what can go wrong."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from muntin.cli.errors import CommandError
from muntin.cli.invocation import Invocation
from muntin.errors import ConfigError

if TYPE_CHECKING:
    from muntin.settings import Config
    from muntin.site import Site
    from muntin.state.feeds import Feed

#: Entered before the server starts, with the site's feeds; gives text to print.
Beside = Callable[[Iterable["Feed[Any]"]], AbstractContextManager[str]]

_NO_SOURCES: Mapping[str, str] = MappingProxyType({})

#: Who may open pages, by ``access.mode``.
_ACCESS = {
    "open": "everyone who can reach this address",
    "users": "users who sign in with a name and a password",
    "oidc": "users whom the provider signs in",
    "proxy": "users whom the proxy names",
}


@dataclass(frozen=True, slots=True)
class Launcher:
    """Serves a site as the options of a command say; `serving_options` makes it."""

    invocation: Invocation
    address: str | None = None
    port: int | None = None
    #: True if the server restarts when a file changes.
    dev: bool = False
    #: True if calls of hooks and views are logged.
    trace: bool = False

    @property
    def supervised(self) -> bool:
        """True in a server process that ``--dev`` has started; `serve` is called there."""
        return self.invocation.child is not None

    def serve(
        self,
        config: Config,
        state: str | None,
        *,
        sources: Mapping[str, str] = _NO_SOURCES,
        beside: Beside | None = None,
    ) -> None:
        """Serve the site of these settings until a signal; print first what is served.

        `state` is a directory or a source URL, `sources` are more URLs by name; both take
        precedence over `config`. `beside` is entered with the site's feeds and left when the server
        has stopped; the text it gives is printed. Raises ConfigError, SourceError or CommandError
        with what to do.
        """
        from muntin.cli.call_log import log_call
        from muntin.cli.log_lines import log_to
        from muntin.site import build_site

        log_to()
        on_call = log_call if self.trace else None
        site = build_site(config, state=state, sources=sources, on_call=on_call)
        if not self.supervised and _has_nothing(site):
            raise CommandError("no installed plugin adds a page; pip install muntin-overview")
        self._require_access(config)
        with ExitStack() as stack:
            child = self.invocation.child
            printed = [_introduction(site, again=child is not None and child.again)]
            if beside is not None:
                printed.append(stack.enter_context(beside(site.feeds)))
            if any(printed):
                click.echo("\n".join(filter(None, printed)))
            self._listen(replace(site, dev=self.supervised))

    def supervise(self, config: Config, words: Sequence[str], file: Path | None = None) -> NoReturn:
        """Run a command's server under a supervisor that restarts it, and exit at its end.

        `words` are the command and its own options; those of `serving_options` are added. `file`
        is the settings file if one was named.
        """
        from muntin.access import is_loopback
        from muntin.cli.dev import supervise
        from muntin.web.server import listen, url_of

        host, port = self._place(config)
        if not is_loopback(host):
            raise CommandError(
                f"--dev shows tracebacks to everyone who opens a page, so not on {host};"
                " use --address 127.0.0.1, or leave out --dev"
            )
        try:
            sockets = listen(host, port)
        except OSError as error:
            raise self._cannot_listen(error, config) from error
        click.echo(f"Serving at {url_of(sockets[0])}; restarts when a file changes")
        flags = ["--address", host, "--dev", *(["--trace"] if self.trace else [])]
        command = [words[0], *flags, *words[1:]]
        code = supervise(self.invocation.run, command, sockets, file, click.echo)
        click.get_current_context().exit(code)

    def _place(self, config: Config) -> tuple[str, int]:
        """Return address and port to listen on."""
        return self.address or config.address, config.port if self.port is None else self.port

    def _require_access(self, config: Config) -> None:
        """Raise ConfigError naming all that access control lacks."""
        from muntin.access import access_problems

        problems = list(access_problems(config.access, self._place(config)[0]))
        if problems:
            raise ConfigError(problems)

    def _listen(self, site: Site) -> None:
        from muntin.web.server import GRACE, run

        host, port = self._place(site.config)
        child = self.invocation.child
        if child is not None:
            run(
                site,
                address=host,
                port=port,
                sockets=child.sockets(),
                announce=lambda _text: child.announce(),
                grace=GRACE,
            )
            return
        try:
            run(
                site,
                address=host,
                port=port,
                workers=site.config.workers,
                announce=click.echo,
                grace=GRACE,
            )
        except OSError as error:
            raise self._cannot_listen(error, site.config) from error

    def _cannot_listen(self, error: OSError, config: Config) -> Exception:
        """Return why the address cannot be used and what to do, or the error if it is another."""
        problem = _listen_problem(error, *self._place(config))
        return CommandError(problem) if problem else error


def _listen_problem(error: OSError, address: str, port: int) -> str:
    """Return why the address cannot be used and what to do; "" if the error is another one."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is already in use; choose another with --port"
    if error.errno == errno.EACCES and 0 < port < 1024:
        return f"port {port} needs more rights than this user has; use --port above 1023"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{address} is no address of this machine; choose another with --address"
    return ""


def _has_nothing(site: Site) -> bool:
    """Return True if there is no page, and no plugin that could have one."""
    return not site.pages and all(one.active and not one.pages for one in site.records)


def _introduction(site: Site, *, again: bool = False) -> str:
    """Return what is served and from where; after a restart only what is wrong."""
    from muntin.cli.plugins.listing import plugin_table

    config = site.config.site
    head = [
        f"{config.title} · run mode {site.mode}" if site.mode else config.title,
        f"State: {site.location}",
        f"Access: {_ACCESS[site.config.access.mode]}",
    ]
    shown = site.plugins.failed if again else site.records
    lines = [
        *([] if again else head),
        *([plugin_table(shown)] if shown else []),
        *(f"Note: {note}" for note in site.notes),
        *([] if site.pages else ["Note: no plugin adds a page that may be shown; see above."]),
    ]
    return "\n".join(lines)


__all__ = ["Launcher"]
