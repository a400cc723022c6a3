"""Running a server from the command line: what is said first, where it listens, what goes wrong."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muntin.errors import ConfigError

if TYPE_CHECKING:
    from muntin.dev import Child
    from muntin.settings import Config
    from muntin.site import Site


#: Who comes in, by ``access.mode``.
_WHO = {
    "open": "everybody who reaches this address",
    "users": "whoever signs in with a name and a password",
    "oidc": "whoever the provider signs in",
    "proxy": "whoever the proxy vouches for",
}


class Mistake(click.ClickException):
    """A user's mistake: told in a sentence each, exit code 2, never a traceback."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a server: its settings, and the options that go before them."""

    settings: Config
    address: str | None = None
    port: int | None = None
    #: Log the calls of hooks and views.
    trace: bool = False
    #: Set in a server that lives under a supervisor: ``--dev``.
    child: Child | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Address and port to listen on."""
        port = self.settings.port if self.port is None else self.port
        return self.address or self.settings.address, port

    def serve(self, state: str | None, *, with_examples: bool = False) -> None:
        """Say what is about to be served, and serve it until a signal."""
        from muntin.cli.lines import log_to
        from muntin.cli.tracing import log_calls
        from muntin.site import build_site

        log_to()
        seen = log_calls if self.trace else None
        site = build_site(self.settings, state=state, seen=seen)
        if not site.records and self.child is None:
            raise Mistake(
                "no plugins are installed, so there is no page; pip install muntin-overview"
            )
        self._require_access()
        with ExitStack() as meanwhile:
            said = [_introduction(site, again=self.child is not None and self.child.again)]
            if with_examples:
                said.append(_examples(site, state or "", meanwhile))
            if any(said):
                click.echo("\n".join(filter(None, said)))
            self._listen(replace(site, dev=self.child is not None))

    def _require_access(self) -> None:
        """Refuse to serve where the settings lack what access control needs; say all of it."""
        from muntin.access import access_problems

        problems = list(access_problems(self.settings.access, self.place[0]))
        if problems:
            raise ConfigError(problems)

    def _listen(self, site: Site) -> None:
        from muntin.web.server import run

        host, port = self.place
        if self.child is not None:
            child = self.child
            run(
                site, address=host, port=port, sockets=child.sockets(),
                announce=lambda _words: child.serving(),
            )  # fmt: skip
            return
        try:
            run(site, address=host, port=port, workers=self.settings.workers, announce=click.echo)
        except OSError as error:
            raise self._refused(error) from error

    def supervise(self, words: Sequence[str], config: Path | None) -> int:
        """Have a command's server run under a supervisor, and return the exit code."""
        from muntin.access import is_loopback
        from muntin.dev import supervise
        from muntin.web.server import listen, url_of

        host, port = self.place
        if not is_loopback(host):
            raise Mistake(
                f"--dev shows the insides of plugins to whoever looks, so not on {host};"
                " use --address 127.0.0.1, or leave out --dev"
            )
        try:
            sockets = listen(host, port)
        except OSError as error:
            raise self._refused(error) from error
        click.echo(f"Serving at {url_of(sockets[0])} and starting again whenever a file changes")
        return supervise([words[0], "--address", host, *words[1:]], sockets, config, click.echo)

    def _refused(self, error: OSError) -> Exception:
        """Return why one cannot listen there and what to do; the error itself if it is another."""
        problem = _not_listening(error, *self.place)
        return Mistake(problem) if problem else error


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


def _introduction(site: Site, *, again: bool = False) -> str:
    """Return what is served, from where; after a change of a file only what is wrong."""
    from muntin.cli.listing import states

    config = site.config.site
    head = [
        f"{config.title} · run mode {config.mode}",
        f"State: {site.source.location}",
        f"Access: {_WHO[site.config.access.mode]}",
    ]
    shown = site.plugins.failed if again else site.records
    lines = [
        *([] if again else head),
        *([states(shown)] if shown else []),
        *(f"Note: {note}" for note in site.notes),
        *([] if site.pages else ["Note: no plugin adds a page that may be shown; see above."]),
    ]
    return "\n".join(lines)


def _examples(site: Site, folder: str, meanwhile: ExitStack) -> str:
    """Have the examples of feeds that nobody simulates written, and return which they are."""
    from muntin.cli.examples import examples, told, writing

    found, problems = examples(site.feeds, Path(folder))
    meanwhile.enter_context(writing(found))
    return told(found, problems)
