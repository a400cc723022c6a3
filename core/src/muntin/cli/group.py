"""The group of commands: core's own, and those that plugins add by ``muntin_commands``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from muntin.cli.errors import CommandError
from muntin.errors import ConfigError, SourceError
from muntin.plugins import Contribution, load_commands
from muntin.settings import Config, load_config
from muntin.settings.parsing import hint

#: Distributions that add a command which core's documentation names, by the command.
ELSEWHERE = {"demo": "muntin-demo"}


class CommandLine(click.Group):
    """Finds commands in core first, then in plugins; mistakes of the user end as a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print what a user can mend as a sentence that says how."""
        try:
            return super().invoke(ctx)
        except (ConfigError, SourceError) as error:
            raise CommandError(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands; those of a plugin that fails are left out."""
        names = set(super().list_commands(ctx))
        for contribution in self._contributions(_settings_or_default()):
            names |= contribution.commands.keys()
        return sorted(names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None if neither core nor a plugin has it.

        The plugin of that name is asked first, so that its command starts without the others.
        """
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        added = self._contributions(_settings_or_default(), cmd_name)
        return next((one.commands[cmd_name] for one in added if cmd_name in one.commands), None)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name; raise CommandError if there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0].startswith("-"):
                raise
            raise CommandError(self._missing(ctx, args[0])) from error

    def _missing(self, ctx: click.Context, name: str) -> str:
        """Return why there is no such command, and what to do."""
        package = ELSEWHERE.get(name)
        records = [one.record for one in self._contributions(load_config(), name)]
        for record in records:
            if package and record.distribution == package:
                return f"`muntin {name}`: {record.owner} is {record.state}: {record.reason}"
        if package:
            return f"`muntin {name}` needs another package: pip install {package}"
        notes = [f"{one.owner} adds no commands: {one.reason}" for one in records if one.failed]
        return "\n".join(
            [f"No such command {name!r}{hint(name, self.list_commands(ctx))}.", *notes]
        )

    def _contributions(self, config: Config, first: str = "") -> Iterator[Contribution]:
        return load_commands(
            click.Group,
            reserved=self.commands,
            first=first,
            only=config.plugins.only,
            disable=config.plugins.disable,
        )


def _settings_or_default() -> Config:
    """Return the settings, or the defaults if they are wrong: a command says so when it runs."""
    try:
        return load_config()
    except ConfigError:
        return Config()


__all__ = ["CommandLine"]
