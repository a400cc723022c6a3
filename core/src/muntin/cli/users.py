"""``muntin users``: who may sign in with a password, where ``access.mode`` is "users"."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muntin.cli.text import aligned
from muntin.errors import ConfigError

if TYPE_CHECKING:
    from muntin.access.users import UserRecord


def _key(_context: click.Context, _option: click.Parameter, name: str) -> str:
    from muntin.access.names import good_name

    return good_name(name)


_NAME = click.argument("name", callback=_key)
_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, one line."
)
_ROLE = click.option(
    "--role", "roles", multiple=True, metavar="ROLE", help="A role to give; may be repeated."
)
_CLAIM = click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="KEY=TEXT",
    help="What plugins learn of the user, such as holder=H-7; may be repeated.",
)


def _at(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the users file is; the command gets its path."""

    @wraps(command)
    def found(*args: Any, file: Path | None, config: Path | None, **options: Any) -> None:
        from muntin.settings import find_users

        command(*args, path=file or find_users(config), **options)

    of_file = click.option(
        "--file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The users file itself.",
    )
    of_config = click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Settings file that names the users file; ./muntin.toml where there is one.",
    )
    return of_config(of_file(found))


@click.group(
    epilog=(
        "\b\nExamples:\n"
        "  muntin users add anna --role investor\n"
        "  muntin users passwd anna\n"
        "  muntin users roles anna investor operator"
    )
)
def users() -> None:
    """Say who may sign in; a running server follows within seconds."""


@users.command()
@_NAME
@_ROLE
@_CLAIM
@_STDIN
@_at
def add(
    name: str, roles: tuple[str, ...], claims: tuple[str, ...], password_stdin: bool, path: Path
) -> None:
    """Add a user, who may sign in with NAME in any case."""
    from muntin.access.editing import editing, good_role
    from muntin.access.users import UserRecord, read_users

    given = tuple(dict.fromkeys(good_role(role) for role in roles))
    said = dict(_claim(text) for text in claims)
    if path.exists() and name in read_users(path):  # told before a password is asked for
        raise _exists(name)
    record = UserRecord(_password(name, from_stdin=password_stdin), given, claims=said)
    with editing(path) as found:
        if name in found:
            raise _exists(name)
        found[name] = record
    click.echo(f"{name} may sign in{_with(given)}. Users are in {path}.")


def _exists(name: str) -> ConfigError:
    return ConfigError([f"there is already a user {name!r}; change it with passwd or roles"])


@users.command()
@_NAME
@_STDIN
@_at
def passwd(name: str, password_stdin: bool, path: Path) -> None:
    """Set a new password; the user's sessions end."""
    from muntin.access.editing import known
    from muntin.access.users import read_users

    known(dict(read_users(path)), name)
    password = _password(name, from_stdin=password_stdin)
    _change(path, name, lambda record: replace(record, password=password))
    click.echo(f"{name} has a new password; earlier sessions end.")


@users.command()
@_NAME
@click.argument("role", nargs=-1)
@_at
def roles(name: str, role: tuple[str, ...], path: Path) -> None:
    """Set the roles of a user to these, in place of the former; without any, take all away."""
    from muntin.access.editing import good_role

    given = tuple(dict.fromkeys(good_role(one) for one in role))
    _change(path, name, lambda record: replace(record, roles=given))
    click.echo(f"{name} may sign in{_with(given)}.")


@users.command()
@_NAME
@_at
def disable(name: str, path: Path) -> None:
    """Disable a user and end their sessions; `enable` lets them sign in again."""
    _change(path, name, lambda record: record.without_access())
    click.echo(f"{name} may not sign in any more; sessions end.")


@users.command()
@_NAME
@_at
def enable(name: str, path: Path) -> None:
    """Let a user in again who was disabled."""
    _change(path, name, lambda record: replace(record, disabled=False))
    click.echo(f"{name} may sign in.")


@users.command()
@_NAME
@_at
def remove(name: str, path: Path) -> None:
    """Remove a user; their sessions end."""
    from muntin.access.editing import editing, known

    with editing(path) as found:
        known(found, name)
        del found[name]
    click.echo(f"{name} is removed; sessions end.")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
@_at
def listing(as_json: bool, path: Path) -> None:
    """List the users and their roles; never a password's hash."""
    from muntin.access.users import read_users

    found = sorted(read_users(path).items())
    if as_json:
        rows = [{"name": name, **_shown(one.as_json())} for name, one in found]
        click.echo(json.dumps(rows, indent=2))
        return
    table = [
        (
            name,
            ", ".join(one.roles) or "–",
            "disabled" if one.disabled else "may sign in",
            ", ".join(f"{key}={value}" for key, value in one.claims.items()),
        )
        for name, one in found
    ]
    click.echo(aligned(("NAME", "ROLES", "STATE", "CLAIMS"), table))


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in {"password", "generation"}}


def _with(given: tuple[str, ...]) -> str:
    return f" as {', '.join(given)}" if given else ", without any role"


def _change(path: Path, name: str, change: Callable[[UserRecord], UserRecord]) -> None:
    from muntin.access.editing import editing, known
    from muntin.access.users import read_users

    read_users(path)  # where there is no file, none is made
    with editing(path) as found:
        found[name] = change(known(found, name))


def _claim(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals or not text.isprintable():
        raise ConfigError([f"--claim {text[:40]!r}: give it as KEY=TEXT"])
    return key, value


def _password(name: str, *, from_stdin: bool) -> str:
    """Return the hash of a password that is read from standard input or asked for twice."""
    from muntin.access.passwords import LONGEST, Passwords

    if from_stdin:
        text = sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
    elif sys.stdin.isatty():
        text = click.prompt(f"Password for {name}", hide_input=True, confirmation_prompt="Again")
    else:
        raise ConfigError(
            ["there is no terminal to ask for the password on; give it by --password-stdin"]
        )
    return Passwords().hash(text)
